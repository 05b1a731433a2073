import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';
import { idOf } from './ids';
import { minute } from '../units';
import {
  endMs,
  id,
  name,
  nsgId,
  path,
  truth,
  properties,
  at,
  put,
  remove,
  stay,
  line,
  look,
  sent,
  shadowed,
  good,
  plan,
  circumstances,
  violated,
  overrun,
  down,
  shown,
  notShown,
} from './goodWindow';
import type { History, Written } from './history';
import { type Circumstances, judgeRun } from './judge';

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
    const bySweeper = violated({ ...late, sweeperLines: [line(21, overrun)] });
    expect(bySweeper).not.toContain('late rules are told of');
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

  it('knows whose a rule is, with the ledger lost, by what the app put at its place alone', () => {
    const lost = { ...down, kind: 'ledger lost', group: 'ledger' as const };
    const afflictions = [{ ...lost, atMs: at(10), untilMs: at(10) }];
    const late = (description: string): string[] =>
      violated(
        { stays: [stay, { ...stay, properties: { ...properties, description }, toMs: at(24) }] },
        { afflictions },
      );
    expect(late(properties.description ?? '')).toContain('no rule outlives');
    expect(late((properties.description ?? '').replace(/a$/, 'b'))).not.toContain(
      'no rule outlives',
    );
    const endedAt = (minutes: number): string[] => {
      const ended = { ...truth, endedEarlyAt: new Date(at(minutes)).toISOString() };
      return violated({}, { activations: [ended], afflictions });
    };
    expect(endedAt(10.1)).toEqual([]);
    expect(endedAt(5)).toEqual(['early end']);
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

  it('takes a refusal that was judged again for no end, and one after the grant for a second end', () => {
    const refused = (minutes: number) =>
      line(minutes, { event: 'window.refused', windowId: id, outcome: 'refused' });
    expect(violated({ lines: [refused(0), ...good.lines] })).toEqual([]);
    expect(violated({ lines: [...good.lines, refused(21)] })).toContain('conservation');
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
