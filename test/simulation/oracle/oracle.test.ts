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
const endMs = startMs + 20 * minute;
const assignment = `${groupScope}/providers/Microsoft.Authorization/roleAssignments/one`;
const id = windowIdFor(assignment, startMs);
const name = `postern-local1-${id}-0`;
const nsgId = `${groupScope}/providers/Microsoft.Network/networkSecurityGroups/nsg-vm-1`;
const path = `${nsgId}/securityRules/${name}`;

const truth: ActivationTruth = {
  roleAssignmentId: assignment,
  requestName: 'request',
  principalId: people.ada.objectId,
  roleDefinitionGuid: administratorLogin,
  scope: groupScope,
  startAt: new Date(startMs).toISOString(),
  endAt: new Date(endMs).toISOString(),
};

const properties: SecurityRuleProperties = {
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

const at = (minutes: number): number => startMs + minutes * minute;

const put: Written = {
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
const remove: Written = {
  ...put,
  atMs: at(17),
  method: 'DELETE',
  status: 202,
  effectiveAtMs: at(17.1),
  properties: null,
  existed: true,
};
const stay: Stay = {
  nsgId,
  name,
  properties,
  fromMs: at(0.2),
  toMs: at(17.1),
  by: 'app',
};
const line = (minutes: number, fields: Record<string, unknown>): Line => ({
  atMs: at(minutes),
  fields,
});

/** What a read of the NSG showed that was begun then. */
const look = (minutes: number, names: readonly string[], state = 'Succeeded'): NsgLook => ({
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
const sent = (minutes: number, changes: Partial<SentPut> = {}): SentPut => ({
  path: path.toLowerCase(),
  atMs: at(minutes),
  body: 'one',
  status: 201,
  ...changes,
});
const [shown, notShown] = [look(0.3, [name]), look(18, ['theirs'])];

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
const shadowed: NsgLook = {
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
const good: History = {
  stays: [stay],
  writes: [put, remove],
  looks: [shown, notShown],
  puts: [sent(0.1)],
  addresses: [
    {
      atMs: startMs,
      held: new Map([[vmId('vm-1').toLowerCase(), ['10.10.1.4']]]),
    },
  ],
  foreignChanges: [],
  foreignEdits: 0,
  lines: [
    line(0, { event: 'intake.confirmed', intake: idOf('event|e1'), outcome: 'granted' }),
    line(0, { event: 'window.granted', windowId: id }),
    line(0.4, { event: 'rule.open', rule: name, nsgId }),
    line(19, { event: 'rule.closed', rule: name, nsgId, kind: 'deleted' }),
    line(19, { event: 'window.closed', windowId: id, outcome: 'expired' }),
  ],
  taken: [
    { atMs: at(0), eventId: 'e1', operation: 'Microsoft.Authorization/roleAssignments/write' },
  ],
  accepted: [],
  askedToClose: [],
  malformed: 0,
  standingAtRest: [],
  ledgerAtRest: { live: [], open: [] },
  quietWrites: [],
};

const plan = {
  ...drawPlan(1, []),
  longestMinutes: 180,
  polling: null,
  machines: [{ ownNsg: true }],
  subnetNsg: false,
};

const circumstances: Circumstances = {
  plan,
  activations: [truth],
  afflictions: [],
  outages: [],
  deployments: [],
  endMs: at(60),
  staleMs: 0,
};

function violated(changes: Partial<History>, more: Partial<Circumstances> = {}): string[] {
  const { violations } = judgeRun({ ...good, ...changes }, { ...circumstances, ...more });
  return [...new Set(violations.map(({ invariant }) => invariant))];
}

const overrun = { event: 'overrun', alarm: true, rule: name, nsgId, provedAt: 'then' };

const down = { kind: '503 before', id: 1, group: 'resourceManager' as const };

describe('the oracle', () => {
  it('has nothing against a window that was closed in time', () => {
    expect(violated({})).toEqual([]);
    const { overruns } = judgeRun(good, circumstances);
    expect(overruns).toEqual([{ windowId: id, kind: 'healthy', overrunMs: -2.9 * minute }]);
  });

  it('takes an alarm for what it says, and lets the app say that it cannot look', () => {
    const late = { stays: [{ ...stay, toMs: at(20.5) }] };
    const told = violated({ ...late, lines: [...good.lines, line(21, overrun)] });
    expect(told).not.toContain('late rules are told of');
    const blind = [
      { ...overrun, faultKind: 'unavailable' },
      { ...overrun, provedAt: null },
    ];
    for (const fields of blind) {
      expect(violated({ lines: [...good.lines, line(21, fields)] })).toEqual([]);
    }
    const skew = { ...down, kind: 'skew of 5 min', group: 'clock' as const };
    const afflictions = [{ ...skew, atMs: at(1), untilMs: at(21) }];
    expect(violated({ lines: [...good.lines, line(21, overrun)] }, { afflictions })).toEqual([]);
  });

  it('goes by what stood, not by the record of a write that was superseded', () => {
    const theirs = { ...properties, description: 'do not touch' };
    const canceled: Written = { ...put, outcome: 'canceled', properties: theirs };
    expect(violated({ writes: [put, canceled, remove] })).toEqual([]);
    const stood: Written = { ...canceled, outcome: 'succeeded' };
    expect(violated({ writes: [put, stood, remove] })).toContain('deadline never grows');
  });

  it('judges a PUT by when it was sent, however late it lands', () => {
    const late: Written = { ...put, atMs: at(12) };
    const ended = { activations: [{ ...truth, endedEarlyAt: new Date(at(11)).toISOString() }] };
    const heard = { writes: [put, late, remove], puts: [sent(0.1), sent(10.9)] };
    expect(violated(heard, ended)).not.toContain('every open had a reason');
    const closed = [...good.lines, line(8, { event: 'window.closed', windowId: id })];
    expect(violated({ ...heard, lines: closed })).toContain('no window reopens');
    const before = { ...heard, lines: closed, puts: [sent(0.1)] };
    expect(violated(before)).not.toContain('no window reopens');
  });

  it('lets the same content follow at once, and another what was refused or is settled', () => {
    const same = [sent(0.1), sent(0.5), sent(0.9)];
    const refused = [sent(0.1, { status: 409 }), sent(0.2, { body: 'another' })];
    const settled = [sent(0.1), sent(2.2, { body: 'another' })];
    for (const puts of [same, refused, settled]) expect(violated({ puts })).toEqual([]);
  });

  it.each<[string, string, Partial<History>, Partial<Circumstances>?]>([
    ['no rule outlives', 'a rule that stays', { stays: [{ ...stay, toMs: null }] }],
    ['no rule outlives', 'a rule that goes too late', { stays: [{ ...stay, toMs: at(20.1) }] }],
    [
      'no rule outlives',
      'a rule that stays after Resource Manager is back',
      { stays: [{ ...stay, toMs: at(40) }] },
      { afflictions: [{ ...down, atMs: at(17), untilMs: at(30) }] },
    ],
    [
      'no rule outlives',
      'a PUT of the app that lands after the delete',
      {
        stays: [stay, { ...stay, fromMs: at(17.5), toMs: at(20.05) }],
      },
    ],
    [
      'early end',
      'a rule that stays when the role was given back',
      {},
      { activations: [{ ...truth, endedEarlyAt: new Date(at(10)).toISOString() }] },
    ],
    [
      'early end',
      'a rule that stays when its window was asked to close',
      { accepted: [{ atMs: at(10), windowId: id, untilMs: null }] },
    ],
    [
      'deadline never grows',
      'a marker beyond the longest time, whatever was wished',
      { accepted: [{ atMs: at(5), windowId: id, untilMs: endMs }] },
      { plan: { ...plan, longestMinutes: 15 } },
    ],
    [
      'late rules are told of',
      'a rule that goes half a minute too late, and no alarm',
      { stays: [{ ...stay, toMs: at(20.5) }] },
    ],
    [
      'late rules are told of',
      'the alarm of another rule',
      {
        stays: [{ ...stay, toMs: at(20.5) }],
        lines: [...good.lines, line(21, { ...overrun, rule: name.replace(/0$/, '1') })],
      },
    ],
    [
      'only late rules are told of',
      'an alarm for a rule that was gone in time',
      { lines: [...good.lines, line(21, overrun)] },
    ],
    [
      'other content waits',
      'another content while the first may still land',
      { puts: [sent(0.1), sent(1.6, { body: 'another' })] },
    ],
    [
      'what cannot be deleted is disarmed',
      'a rule that a lock keeps in place as it is',
      { stays: [{ ...stay, toMs: at(40) }] },
      {
        afflictions: [
          {
            kind: 'locked for an hour',
            id: 1,
            group: 'editors',
            atMs: at(16),
            untilMs: at(76),
          },
        ],
      },
    ],
    ['proof is a read', 'closed, and nobody looked', { looks: [shown] }],
    [
      'proof is a read',
      'closed by a look at an NSG in the middle of a change',
      { looks: [shown, look(18, [], 'Updating')] },
    ],
    [
      'proof is a read',
      'closed by a look that came when a PUT could still land',
      { puts: [sent(16.5, { status: null })] },
    ],
    [
      'proof is a read',
      'closed by a look that came too late to know',
      { looks: [shown, look(19.5, [])] },
    ],
    [
      'proof is a read',
      'closed by a body that was cut off',
      { looks: [shown, { ...notShown, body: notShown.body.slice(0, 40) }] },
    ],
    ['proof is a read', 'open, and no look had shown it', { looks: [notShown] }],
    [
      'proof is a read',
      'open by a look at an NSG in the middle of a change',
      { looks: [look(0.3, [name], 'Updating'), notShown] },
    ],
    ['proof is a read', 'open under a Deny for everything', { looks: [shadowed, notShown] }],
    [
      'proof is a read',
      'open by what another NSG shows',
      { looks: [{ ...shown, nsgId: `${shown.nsgId}-2` }, notShown] },
    ],
    ['orphan', 'a rule at rest', { standingAtRest: [`${nsgId}/${name}`] }],
    ['quiescence', 'a write in the silence', { quietWrites: ['PUT'] }],
    ['foreign bytes', 'a foreign rule changed', { foreignChanges: ['changed'] }],
    ['stray write', 'a write of the whole NSG', { writes: [put, remove, { ...put, path: nsgId }] }],
    [
      'every open had a reason',
      'a PUT after the role was given back',
      { writes: [put, { ...put, atMs: at(12) }, remove], puts: [sent(0.1), sent(12)] },
      {
        activations: [{ ...truth, endedEarlyAt: new Date(at(10)).toISOString() }],
        afflictions: [{ ...down, kind: 'x', group: 'pim', atMs: at(9), untilMs: at(9) }],
      },
    ],
    [
      'no late PUT',
      'a PUT shortly before the guard',
      { writes: [put, { ...put, atMs: at(16.5) }, remove], puts: [sent(16.5)] },
    ],
    [
      'one window per activation',
      'a rule of another window',
      { writes: [put, { ...put, path: path.replace(id, 'b'.repeat(20)) }, remove] },
    ],
    [
      'deadline never grows',
      'a marker beyond the end of PIM',
      {
        writes: [
          {
            ...put,
            properties: {
              ...properties,
              description: `postern1|${endMs / 1_000 + 1}|1|${'a'.repeat(86)}`,
            },
          },
          remove,
        ],
      },
    ],
    ...(
      [
        { sourceAddressPrefix: '0.0.0.0/0' },
        { destinationAddressPrefix: '10.10.1.5' },
        { destinationPortRanges: ['443'] },
        { direction: 'Outbound' },
        { priority: 100 },
      ] as const
    ).map((change): [string, string, Partial<History>] => [
      'rule shape',
      `a rule with ${JSON.stringify(change)}`,
      {
        writes: [
          {
            ...put,
            properties: { ...properties, ...change } as SecurityRuleProperties,
          },
          remove,
        ],
      },
    ]),
    [
      'closed means gone',
      'a line that calls a standing rule closed',
      {
        lines: [
          ...good.lines,
          line(10, { event: 'rule.closed', rule: name, nsgId, kind: 'deleted' }),
        ],
      },
    ],
    ['conservation', 'an event without an end', { lines: good.lines.slice(1) }],
    ['conservation', 'a window without an end', { lines: good.lines.slice(0, -1) }],
    [
      'conservation',
      'an event with two ends',
      {
        lines: [
          ...good.lines,
          line(1, { event: 'intake.stopped', intake: idOf('event|e1'), outcome: 'noAssignment' }),
        ],
      },
    ],
  ])('finds "%s": %s', (invariant, _story, changes, more = {}) => {
    expect(violated(changes, more)).toContain(invariant);
  });

  it('does not call it a leak while Resource Manager refuses or the app is dead', () => {
    const closed = line(32, { event: 'window.closed', windowId: id, outcome: 'expired' });
    const late = {
      stays: [{ ...stay, toMs: at(31) }],
      lines: [...good.lines.slice(0, 2), line(21, overrun), closed],
    };
    const refusing = [{ ...down, atMs: at(16), untilMs: at(30.5) }];
    expect(violated({ ...late, writes: [put] }, { afflictions: refusing })).toEqual([]);
    const dead = [{ fromMs: at(16), toMs: at(30.5) }];
    expect(violated(late, { outages: dead })).toEqual([]);
  });
});
