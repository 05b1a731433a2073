import type { GrantTarget } from '../grant';
import type { Now } from '../instant';
import { cleanText } from '../text';
import type { WindowRow } from '../window/windowRow';
import type { ConnectKnowledge, MachineFacts } from './facts';
import type { ConnectLine } from './lines';
import { loginRoleOfGrant } from './loginRole';
import { missing, type Missing } from './missing';
import { osOf, type Os } from './osOf';
import { loginAt, loginMissing, machineMissing, type SeenLogin } from './signIn';
import { lineTargetOf, type Situation, situationOf } from './situation';
import { type RdpHelp, waysIn } from './waysIn';
import { letsIn, portTexts } from './windowPorts';

/** How one machine of a window is reached, and what is in the way. */
export type MachineHelp = {
  readonly id: string;
  readonly name: string;
  readonly os: Os;
  readonly login: SeenLogin;
  readonly lines: readonly ConnectLine[];
  readonly rdp: RdpHelp | null;
  readonly missing: readonly Missing[];
};

/** Help for one machine of a window that lives. */
export function machineHelp(
  row: WindowRow,
  target: GrantTarget,
  knowledge: ConnectKnowledge,
  now: Now,
): MachineHelp {
  const { index, roles } = knowledge;
  const machine = 'facts' in index ? machineOf(index.facts.machines, target.vmId) : null;
  const os = osOf(machine);
  const login = loginAt(target.vmId, loginRoleOfGrant(row.grant), roles, now);
  const name = cleanText(target.name, 100);
  const shown = { id: cleanText(target.vmId, 500), name, os, login };
  const stop = stopped(row, target, machine);
  const lineTarget = lineTargetOf(target.vmId);
  if (stop !== null || lineTarget === null) {
    return { ...shown, lines: [], rdp: null, missing: [stop ?? missing('strangeId')] };
  }
  const situation = situationOf(row, lineTarget, machine, os, index);
  const { lines, rdp } = waysIn(situation);
  const lacks = [
    ...unseen(machine, index),
    ...(machine === null ? [] : machineMissing(machine, os)),
    ...loginMissing(login, roles),
    ...portMissing(row, os),
    ...hostNameMissing(situation, machine),
    ...bastionMissing(situation),
  ];
  return { ...shown, lines, rdp, missing: lacks };
}

function machineOf(machines: readonly MachineFacts[], vmId: string): MachineFacts | null {
  const wanted = vmId.toLowerCase();
  return machines.find((one) => one.vmId.toLowerCase() === wanted) ?? null;
}

/** Why no line could be right, if so. */
function stopped(
  { placements, refusals }: WindowRow,
  { vmId, vmGuid }: GrantTarget,
  machine: MachineFacts | null,
): Missing | null {
  const isThis = (one: { readonly vmId: string }) => one.vmId.toLowerCase() === vmId.toLowerCase();
  const isPlaced = placements.some(({ targets }) => targets.some(isThis));
  const refused = isPlaced ? undefined : refusals.find(isThis);
  if (refused !== undefined) {
    const { rule, next } = refused;
    return missing('vmRefused', { rule: cleanText(rule, 500), next: cleanText(next, 500) });
  }
  const isOther =
    machine !== null &&
    machine.vmGuid !== '' &&
    machine.vmGuid.toLowerCase() !== vmGuid.toLowerCase();
  return isOther ? missing('vmReplaced') : null;
}

function unseen(machine: MachineFacts | null, index: ConnectKnowledge['index']): Missing[] {
  if (machine !== null) return [];
  if ('facts' in index) return [missing('vmNotSeen')];
  return [missing('factsUnknown', { reason: cleanText(index.unknown, 80) })];
}

function portMissing({ grant }: WindowRow, { family }: Os): Missing[] {
  if (family === 'unknown') return [];
  const port = family === 'windows' ? 3389 : 22;
  if (letsIn(grant.portSets, port)) return [];
  return [missing('portNotInWindow', { port, ports: portTexts(grant.portSets).join(', ') })];
}

function hostNameMissing({ os, hostName, row }: Situation, machine: MachineFacts | null) {
  const isAsked = os.family === 'windows' && letsIn(row.grant.portSets, 3389);
  if (machine === null || !isAsked || hostName !== '') return [];
  return [missing(machine.computerName === '' ? 'hostNameUnknown' : 'hostNameStrange')];
}

function bastionMissing({ bastions }: Situation): Missing[] {
  return bastions.flatMap(({ name, letIn, lacks }) =>
    lacks.length === 0 && !letIn ? [missing('bastionNotInWindow', { name })] : lacks,
  );
}
