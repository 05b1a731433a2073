/** A window as it should be, and what the oracle is told of it: tests change a part of it. */
import type { ActivationTruth } from '../../../local/azure/contract';
import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';
import { vmId } from '../../../local/estate';
import { administratorLogin, people } from '../../../local/tenant';
import { groupScope } from '../estate';
import { drawPlan } from '../plan';
import { minute } from '../units';
import type { History, Line, NsgLook, SentPut, Stay, Written } from './history';
import { idOf, windowIdFor } from './ids';
import { type Circumstances, judgeRun } from './judge';

const startMs = Date.parse('2026-01-01T10:00:00.000Z');
export const endMs = startMs + 20 * minute;
const assignment = `${groupScope}/providers/Microsoft.Authorization/roleAssignments/one`;
export const id = windowIdFor(assignment, startMs);
export const name = `postern-local1-${id}-0`;
export const nsgId = `${groupScope}/providers/Microsoft.Network/networkSecurityGroups/nsg-vm-1`;
export const path = `${nsgId}/securityRules/${name}`;

export const truth: ActivationTruth = {
  roleAssignmentId: assignment,
  requestName: 'request',
  principalId: people.ada.objectId,
  roleDefinitionGuid: administratorLogin,
  scope: groupScope,
  startAt: new Date(startMs).toISOString(),
  endAt: new Date(endMs).toISOString(),
};

export const properties: SecurityRuleProperties = {
  description: `postern1|${endMs / 1_000}|1|${'a'.repeat(86)}`,
  protocol: 'Tcp',
  sourcePortRange: '*',
  sourceAddressPrefix: people.ada.ipAddress,
  destinationAddressPrefix: '10.10.1.4',
  destinationPortRanges: ['22', '3389'],
  access: 'Allow',
  priority: 200,
  direction: 'Inbound',
};

export const at = (minutes: number): number => startMs + minutes * minute;

export const put: Written = {
  atMs: at(0.1),
  by: 'app',
  method: 'PUT',
  path,
  status: 201,
  outcome: 'succeeded',
  effectiveAtMs: at(0.2),
  properties,
  existed: false,
};
export const remove: Written = {
  ...put,
  atMs: at(17),
  method: 'DELETE',
  status: 202,
  effectiveAtMs: at(17.1),
  properties: null,
  existed: true,
};
export const stay: Stay = {
  nsgId,
  name,
  properties,
  fromMs: at(0.2),
  toMs: at(17.1),
  by: 'app',
};
export const line = (minutes: number, fields: Record<string, unknown>): Line => ({
  atMs: at(minutes),
  fields,
});

/** What a read of the NSG showed that was begun then. */
export const look = (minutes: number, names: readonly string[], state = 'Succeeded'): NsgLook => ({
  nsgId: nsgId.toLowerCase(),
  fromMs: at(minutes),
  toMs: at(minutes) + 100,
  body: JSON.stringify({
    properties: {
      provisioningState: state,
      securityRules: names.map((one) => ({ name: one, properties })),
    },
  }),
});
export const sent = (minutes: number, changes: Partial<SentPut> = {}): SentPut => ({
  path: path.toLowerCase(),
  atMs: at(minutes),
  body: 'one',
  status: 201,
  ...changes,
});
export const [shown, notShown] = [look(0.3, [name]), look(18, ['theirs'])];

const denyAll: SecurityRuleProperties = {
  protocol: '*',
  sourcePortRange: '*',
  sourceAddressPrefix: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '*',
  access: 'Deny',
  priority: 150,
  direction: 'Inbound',
};
export const shadowed: NsgLook = {
  ...shown,
  body: JSON.stringify({
    properties: {
      provisioningState: 'Succeeded',
      securityRules: [
        { name, properties },
        { name: 'nobody', properties: denyAll },
      ],
    },
  }),
};

/** A window as it should be: opened, closed in time, told. */
export const good: History = {
  stays: [stay],
  writes: [put, remove],
  looks: [shown, notShown],
  puts: [sent(0.1)],
  lists: [],
  addresses: [
    {
      atMs: startMs,
      held: new Map([[vmId('vm-1').toLowerCase(), ['10.10.1.4']]]),
    },
  ],
  foreignChanges: [],
  foreignEdits: 0,
  sweeperLines: [],
  lines: [
    line(0, { event: 'intake.confirmed', intake: idOf('event|e1'), outcome: 'granted' }),
    line(0, { event: 'window.granted', windowId: id }),
    line(0.4, { event: 'rule.open', rule: name, nsgId }),
    line(19, { event: 'rule.closed', rule: name, nsgId, kind: 'deleted' }),
    line(19, { event: 'window.closed', windowId: id, outcome: 'expired' }),
  ],
  taken: [
    {
      atMs: at(0),
      eventId: 'e1',
      operation: 'Microsoft.Authorization/roleAssignments/write',
      resource: assignment.toLowerCase(),
    },
  ],
  accepted: [],
  askedToClose: [],
  calls: [],
  malformed: 0,
  standingAtRest: [],
  ledgerAtRest: { live: [], open: [] },
  quietWrites: [],
};

export const plan = {
  ...drawPlan(1, []),
  longestMinutes: 180,
  caps: { windowsPerPerson: 10, windows: 100 },
  polling: null,
  machines: [{ ownNsg: true }],
  subnetNsg: false,
};

export const circumstances: Circumstances = {
  plan,
  activations: [truth],
  afflictions: [],
  outages: [],
  deployments: [],
  endMs: at(60),
  staleMs: 0,
};

export function violated(changes: Partial<History>, more: Partial<Circumstances> = {}): string[] {
  const { violations } = judgeRun({ ...good, ...changes }, { ...circumstances, ...more });
  return [...new Set(violations.map(({ invariant }) => invariant))];
}

export const overrun = { event: 'overrun', alarm: true, rule: name, nsgId, provedAt: 'then' };

export const down = { kind: '503 before', id: 1, group: 'resourceManager' as const };
