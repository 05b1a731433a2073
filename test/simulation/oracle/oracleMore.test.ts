import { secondAddress } from '../people';
import {
  at,
  circumstances,
  endMs,
  good,
  id,
  line,
  name,
  nsgId,
  overrun,
  path,
  plan,
  properties,
  put,
  remove,
  stay,
  truth,
  violated,
} from './goodWindow';
import { windowIdFor } from './ids';

const later = '/roleAssignments/two';
const other = {
  ...truth,
  roleAssignmentId: `${truth.scope}/providers/Microsoft.Authorization${later}`,
};
const otherId = windowIdFor(other.roleAssignmentId, Date.parse(other.startAt));

/** The ledger was lost at each of these minutes. */
const lostAt = (...minutes: number[]) => ({
  afflictions: minutes.map((one) => ({
    kind: 'ledger lost',
    id: one,
    group: 'ledger' as const,
    atMs: at(one),
    untilMs: at(one),
  })),
});

describe('what the oracle guards besides', () => {
  it('counts the windows that stand, of a person and in all', () => {
    const two = {
      stays: [stay, { ...stay, name: name.replace(id, otherId), fromMs: at(1) }],
    };
    const with_ = (caps: typeof plan.caps) =>
      violated(two, { activations: [truth, other], plan: { ...plan, caps } });
    expect(with_({ windowsPerPerson: 2, windows: 2 })).not.toContain('caps hold');
    expect(with_({ windowsPerPerson: 1, windows: 2 })).toContain('caps hold');
    expect(with_({ windowsPerPerson: 2, windows: 1 })).toContain('caps hold');
  });

  it('knows which keys the sweeper app has', () => {
    const renewed = { kind: 'signing key renewed', id: 1, group: 'deploy' as const };
    const afflictions = [{ ...renewed, atMs: at(0), untilMs: at(0) }];
    expect(violated({}, { afflictions })).toEqual([]);
    const description = (properties.description ?? '').replace('|1|', '|2|');
    const writes = [{ ...put, properties: { ...properties, description } }, remove];
    expect(violated({ writes }, { afflictions })).toContain('the sweeper app knows each key');
  });

  it('wants a narrowed policy obeyed by all but what a lost ledger has forgotten', () => {
    const deployments = [{ narrowing: 'one port' as const, atMs: at(2) }];
    const lost = (minutes: number) => ({ ...lostAt(minutes), deployments });
    expect(violated({}, { deployments })).toContain('policy is obeyed');
    expect(violated({}, lost(1))).not.toContain('policy is obeyed');
    expect(violated({}, lost(0.1))).toContain('policy is obeyed');
  });

  it('lets a row of a second ledger speak of no rule of the first, whatever is lost later', () => {
    const said = line(3, { event: 'window.closed', windowId: id, outcome: 'asked' });
    const lines = [...good.lines, said];
    expect(violated({ lines })).toContain('closed means gone');
    expect(violated({ lines }, lostAt(2))).not.toContain('closed means gone');
    expect(violated({ lines }, lostAt(2, 10))).not.toContain('closed means gone');
    // Sent by the first, and landed in the second.
    expect(violated({ lines }, lostAt(0.15))).not.toContain('closed means gone');
    expect(violated({ lines }, lostAt(0.1, 10))).toContain('closed means gone');
  });

  it('lets whoever asks again after a lost ledger begin anew, as long as policy allows', () => {
    const again = { ...put, atMs: at(9), effectiveAtMs: at(9.1), existed: true };
    const with_ = (lost = {}): string[] =>
      violated(
        { writes: [put, again, remove] },
        { plan: { ...plan, longestMinutes: 12 }, ...lost },
      );
    expect(with_(lostAt(8))).not.toContain('deadline never grows');
    expect(with_(lostAt(10))).toContain('deadline never grows');
    expect(with_()).toContain('deadline never grows');
  });

  it('lets nothing be opened again for what a lost ledger may have known', () => {
    const again = { ...put, atMs: at(5), effectiveAtMs: at(5.1) };
    const reopened = { writes: [put, again, remove], puts: [] };
    expect(violated(reopened, lostAt(3))).toContain('no window reopens');
    expect(violated(reopened, lostAt(6))).not.toContain('no window reopens');
    expect(violated(reopened, lostAt(0.5))).not.toContain('no window reopens');
    const operation = 'Microsoft.Authorization/roleAssignments/write';
    const resource = truth.roleAssignmentId.toLowerCase();
    const taken = [{ atMs: at(4), eventId: 'e', operation, resource }];
    expect(violated({ ...reopened, taken }, lostAt(3))).not.toContain('no window reopens');
  });

  it('gives each of many rules that come back to one NSG at once the time of its own delete', () => {
    const latency = { put: 1_500, remove: 11_000, write: 3_000, read: 0 };
    const back = (minutes: number, changes: Partial<typeof stay> = {}) => {
      const again = { ...stay, by: 'others' as const, fromMs: at(18), toMs: at(18 + minutes) };
      return { ...again, ...changes };
    };
    const with_ = (
      minutes: number,
      others: number,
      changes: Partial<typeof stay> = {},
    ): string[] => {
      const beside = Array.from({ length: others }, (_, slot) =>
        back(1, { name: `postern-local1-${'a'.repeat(20)}-${slot}`, ...changes }),
      );
      const stays = [stay, back(minutes), ...beside];
      return violated({ stays }, { plan: { ...plan, latency, graphLagMs: 0 } });
    };
    expect(with_(3, 5)).not.toContain('no rule outlives');
    expect(with_(3.6, 5)).toContain('no rule outlives');
    expect(with_(3, 0)).toContain('no rule outlives');
    expect(with_(3, 5, { fromMs: at(17.5) })).toContain('no rule outlives');
    expect(with_(3, 5, { nsgId: `${nsgId}-2` })).toContain('no rule outlives');
  });

  it('lets whoever has lost the row go by a marker of before a later end', () => {
    const description = (properties.description ?? '').replace(/\d{5,}/, `${at(12) / 1_000}`);
    const early = { ...stay, properties: { ...properties, description } };
    const with_ = (toMs: number, lost = {}): string[] =>
      violated({ stays: [{ ...early, toMs }], lines: [...good.lines, line(13, overrun)] }, lost);
    const needless = 'only late rules are told of';
    expect(with_(at(13), lostAt(5))).not.toContain(needless);
    expect(with_(at(11), lostAt(5))).toContain(needless);
    expect(with_(at(13))).toContain(needless);
  });

  it('lets nothing be put where a lock stood before the activation', () => {
    const locked = { kind: 'locked before the opening', id: 1, group: 'editors' as const };
    const since = (minutes: number, where = nsgId): string[] =>
      violated(
        {},
        { afflictions: [{ ...locked, nsgId: where, atMs: at(minutes), untilMs: at(60) }] },
      );
    expect(since(-1)).toContain('what is locked is not opened');
    expect(since(1)).toEqual([]);
    expect(since(-1, `${nsgId}-2`)).toEqual([]);
  });

  it('wants no alarm for a rule of another deployment', () => {
    const alarm = (rule: string) => line(5, { event: 'foreignRule', alarm: true, rule, nsgId });
    const theirs = alarm(name.replace('local1', 'other1'));
    expect(violated({ lines: [...good.lines, theirs] })).toEqual([
      'other deployments are left alone',
    ]);
    expect(violated({ sweeperLines: [alarm(name)] })).toEqual([]);
  });

  it('wants a word before a rule goes long before its time', () => {
    const early = {
      writes: [put, { ...remove, atMs: at(10) }],
      stays: [{ ...stay, toMs: at(10.1) }],
    };
    expect(violated(early)).toContain('nothing goes before its time');
    const said = line(9.9, { event: 'window.closing', windowId: id, reason: 'asked' });
    const told = violated({ ...early, lines: [...good.lines, said], askedToClose: [id] });
    expect(told).not.toContain('nothing goes before its time');
  });

  it('lets nothing open, and closes in time, under a clock that is known to be wrong', () => {
    const skew = { kind: 'skew of 5 min', id: 1, group: 'clock' as const };
    const from = (minutes: number) => ({
      afflictions: [{ ...skew, atMs: at(minutes), untilMs: at(40) }],
    });
    expect(violated({}, from(-2))).toContain('no open while clocks disagree');
    expect(violated({}, from(-0.5))).toEqual([]);
    const late = { stays: [{ ...stay, toMs: endMs + 90_000 }] };
    expect(violated(late, from(10))).toContain('no rule outlives');
    expect(violated(late, from(19))).not.toContain('no rule outlives');
  });

  it('believes a second address only where nobody had told of the first', () => {
    const writes = [
      { ...put, properties: { ...properties, sourceAddressPrefix: `${secondAddress}/32` } },
      remove,
    ];
    const told = (minutes: number) => ({
      atMs: at(minutes),
      eventId: 'e2',
      operation: 'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
      resource: `${path}/roleassignmentschedulerequests/${truth.requestName}`,
    });
    expect(violated({ writes, taken: [...good.taken, told(-0.1)] })).toContain('rule shape');
    expect(violated({ writes, taken: [...good.taken, told(1)] })).not.toContain('rule shape');
  });

  it('wants what no event told of to be found, where no address has to be told', () => {
    const lost = { kind: 'events lost', id: 1, group: 'events' as const };
    const afflictions = [{ ...lost, atMs: at(0), untilMs: at(20) }];
    const quick = { ...plan, startMs: at(0), graphLagMs: 0, ranges: true };
    const none = { stays: [], writes: [], lines: [], looks: [], puts: [] };
    const found = (ranges: boolean) =>
      violated(none, { ...circumstances, afflictions, plan: { ...quick, ranges } });
    expect(found(true)).toContain('whoever activates gets in');
    expect(found(false)).not.toContain('whoever activates gets in');
  });
});
