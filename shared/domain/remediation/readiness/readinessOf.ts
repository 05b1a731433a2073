import type { Told } from '../../connect/facts';
import { osOf, type Os } from '../../connect/osOf';
import { isHostName, rdpFile } from '../../connect/rdpFile';
import type { Now } from '../../instant';
import { cleanText } from '../../text';
import type { Candidate } from '../candidate';
import { type CloudName, type Endpoint, endpointsFor } from '../endpoints';
import { type BastionKnowledge, bastionParts } from './bastionParts';
import { factsOf, type ReadinessFact, type ReadinessPart } from './fact';
import { type LocalAccountState, localAccountsPart } from './localAccountsPart';
import { machineParts, outboundPart } from './machineParts';
import { type RoleHolders, rolesPart } from './rolesPart';

/** What was read for one VM: each question was answered, or says why not. */
export type ReadinessKnowledge = BastionKnowledge & {
  /** A read of the VM itself. */
  readonly machine: Told<Candidate>;
  /** What the index has of it; `null`: it is not there. */
  readonly candidate: Told<Candidate | null>;
  readonly roles: Told<RoleHolders>;
  /** What Azure Policy says of its local accounts. */
  readonly localAccounts: Told<readonly LocalAccountState[]>;
  readonly cloud: CloudName;
};

/** Whether somebody could sign in to a VM with Entra ID, part by part. */
export type Readiness = {
  readonly vmId: string;
  readonly name: string;
  readonly os: Os;
  /** By what the VM itself needs: identity, OS, extension, power, agent. */
  readonly state: 'ready' | 'notReady' | 'unknown';
  readonly facts: readonly ReadinessFact[];
  /** For Remote Desktop; `null`: no Windows, or no host name that a file can hold. */
  readonly rdp: { readonly fileName: string; readonly text: string } | null;
  /** What the VM has to reach. */
  readonly endpoints: readonly Endpoint[];
};

/** Parts without which nobody signs in, whatever way they come. */
const needed: readonly ReadinessPart[] = ['power', 'agent', 'identity', 'os', 'extension'];

/** Everything that is known of a VM, in one order, also where nothing is missing. Pure. */
export function readinessOf(vmId: string, knowledge: ReadinessKnowledge, now: Now): Readiness {
  const { machine, candidate, cloud } = knowledge;
  const indexed = 'facts' in candidate ? candidate.facts : null;
  const known = 'facts' in machine ? machine.facts : indexed;
  const os = osOf(known === null ? null : machineFactsOf(known));
  const facts = [
    ...(known === null ? unreadable(machine) : machineParts(known, sourceOf(machine))),
    outboundPart(indexed?.outbound ?? null),
    rolesPart(vmId, knowledge.roles, now),
    ...remoteDesktopPart(os),
    ...bastionParts(knowledge, os.family),
    signInAppPart(os),
    localAccountsPart(knowledge.localAccounts),
  ];
  return {
    vmId: cleanText(vmId, 500),
    name: cleanText(vmId.slice(vmId.lastIndexOf('/') + 1), 100),
    os,
    state: stateOf(facts),
    facts,
    rdp: rdpOf(os, known?.computerName ?? ''),
    endpoints: os.family === 'unknown' ? [] : endpointsFor(cloud, os.family),
  };
}

function sourceOf(machine: Told<Candidate>): 'machine' | 'index' {
  return 'facts' in machine ? 'machine' : 'index';
}

function unreadable(machine: Told<Candidate>): ReadinessFact[] {
  const why = 'unknown' in machine ? cleanText(machine.unknown, 80) : '';
  return needed.map((part) => factsOf(part, 'machine').unknown(`It could not be read (${why}).`));
}

function stateOf(facts: readonly ReadinessFact[]): Readiness['state'] {
  const states = facts.filter(({ part }) => needed.includes(part)).map(({ state }) => state);
  if (states.includes('missing')) return 'notReady';
  return states.includes('unknown') ? 'unknown' : 'ready';
}

function remoteDesktopPart({ family, webAccount, name }: Os): ReadinessFact[] {
  if (family !== 'windows') return [];
  const { ok, missing, unknown } = factsOf('remoteDesktop', null);
  const older = 'targetisaadjoined:i:1, from a PC that is joined or registered in the same tenant';
  if (webAccount === null) {
    return [unknown('Whether it signs in with a web account is not known.', `Else ${older}.`)];
  }
  return webAccount
    ? [ok('Sign in with a web account: enablerdsaadauth:i:1, and its host name as full address.')]
    : [missing(`${name} does not sign in with a web account.`, `Use ${older}.`)];
}

/**
 * The apps of the two kinds of sign-in, as Conditional Access knows them
 * (learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows, …-linux).
 */
const signInApps = {
  windows: '372140e0-b3b7-4226-8ef9-d57986796201',
  linux: 'ce6ff14a-7fdc-4685-bbe0-f6afdfcfa8e0',
} as const;

function signInAppPart({ family }: Os): ReadinessFact {
  const { notAssessed } = factsOf('signInApp', null);
  const app = family === 'unknown' ? Object.values(signInApps).join(' or ') : signInApps[family];
  return notAssessed(
    `Sign-in goes to app ${app}; whether the tenant has it, and what Conditional Access asks of ` +
      'it, is in the directory, which this app does not read.',
    'Look for the app among the enterprise applications, and exclude it from per-user MFA.',
  );
}

function rdpOf({ family, webAccount }: Os, hostName: string): Readiness['rdp'] {
  if (family !== 'windows' || !isHostName(hostName)) return null;
  // Where nobody knows which Windows it is, the newer way is the likelier one.
  return { fileName: `${hostName}.rdp`, text: rdpFile(hostName, webAccount ?? true) };
}

function machineFactsOf(candidate: Candidate) {
  const { vmId, vmGuid, osType, osName, osVersion, computerName, image, extensions } = candidate;
  const machine = { vmId, vmGuid, osType, osName, osVersion, computerName, image, extensions };
  return { ...machine, powerState: candidate.power, addresses: [], subnetIds: [] };
}
