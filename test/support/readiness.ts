import type { MachineFacts } from '../../shared/domain/connect/facts';
import { nowOf } from '../../shared/domain/instant';
import type { MachineReading } from '../../shared/domain/remediation/machineReading';
import type { SecurityRule } from '../../shared/domain/networkSecurityGroup';
import type { ReadinessFact } from '../../shared/domain/remediation/readiness/fact';
import {
  localAccountPolicies,
  type LocalAccountPolicy,
} from '../../shared/domain/remediation/readiness/localAccountPolicies';
import {
  type Readiness,
  type ReadinessKnowledge,
  readinessOf,
} from '../../shared/domain/remediation/readiness/readinessOf';
import type { RoleHolder } from '../../shared/domain/remediation/readiness/rolesPart';
import { extensionOf, windowsCandidate } from './candidates';
import { bastion, bastionPrefix, windowsVm } from './connecting';
import { vmIdOf } from './grants';

export const administratorLogin = '1c0163c0-47e6-4577-8991-ea5c82e286e4';
export const userLogin = 'fb879df8-f326-4884-b1cf-06f3ad86be52';
export const vmId = vmIdOf('vm-1');
export const now = nowOf(Date.parse('2026-01-01T10:00:00Z'), 0);

/** A Server 2022 that lacks nothing. */
export const readyVm = windowsCandidate({
  identity: { system: true, userAssigned: [] },
  extensions: [extensionOf()],
});

export function holder(changes: Partial<RoleHolder> = {}): RoleHolder {
  const scope = vmId.slice(0, vmId.indexOf('/providers/'));
  const role = { roleDefinitionGuid: administratorLogin, startAt: null, endAt: null };
  return { scope, ...role, principalId: 'ada', ...changes };
}

/** One rule of an NSG, over TCP. */
export function nsgRule(changes: Partial<SecurityRule> = {}): SecurityRule {
  return {
    name: 'rule',
    priority: 100,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: ['*'],
    sourceAsgIds: [],
    sourcePorts: ['*'],
    destinations: ['*'],
    destinationAsgIds: [],
    destinationPorts: ['*'],
    description: '',
    ...changes,
  };
}

/** The last of the rules that Azure puts into every NSG: what nothing lets in is denied. */
export const denyAll = nsgRule({
  name: 'DenyAllInBound',
  priority: 65_500,
  access: 'Deny',
  protocol: '*',
});

/** Everything is known of a VM that is ready, with a Bastion beside it. */
export function knowledge(changes: Partial<ReadinessKnowledge> = {}): ReadinessKnowledge {
  const machine: MachineFacts = windowsVm();
  const letIn = nsgRule({ sources: [bastionPrefix], destinationPorts: ['3389'] });
  return {
    machine: { facts: readyVm },
    candidate: { facts: readyVm },
    index: { facts: { bastions: [bastion()], machine } },
    roles: { facts: { holders: [holder()], isWhole: true } },
    ownNsg: { facts: null },
    targetNsgs: { facts: [{ id: '/x/nsg-app', rules: [letIn, denyAll] }] },
    localAccounts: { facts: [] },
    cloud: 'AzureCloud',
    ...changes,
  };
}

export function readyOf(changes: Partial<ReadinessKnowledge> = {}): Readiness {
  return readinessOf(vmId, knowledge(changes), now);
}

/** The facts of one part. */
export function factsOn(
  part: ReadinessFact['part'],
  changes: Partial<ReadinessKnowledge> = {},
): readonly ReadinessFact[] {
  return readyOf(changes).facts.filter((one) => one.part === part);
}

/** Reads of VMs: there is the one that is ready, and no other. */
export async function readReady(id: string): Promise<MachineReading | null> {
  if (id.toLowerCase() !== readyVm.vmId.toLowerCase()) return null;
  const provisioning = { state: 'Succeeded', error: null };
  return { candidate: readyVm, etag: '"1"', provisioning, statuses: [] };
}

/** One of the policies that look at local accounts, by its id. */
export function localAccountPolicy(id: string): LocalAccountPolicy {
  const found = localAccountPolicies.definitions.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no policy ${id}.`);
  return found;
}
