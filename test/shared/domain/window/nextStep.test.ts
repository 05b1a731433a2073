import { nowOf } from '../../../../shared/domain/instant';
import type { NsgReading } from '../../../../shared/domain/networkSecurityGroup';
import type { Knowledge, Observation } from '../../../../shared/domain/window/knowledge';
import { knowsNothing } from '../../../../shared/domain/window/knowledge';
import { nextStep } from '../../../../shared/domain/window/nextStep';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { nsgReading, readingsOf } from '../../../support/planReadings';
import { foreignRule, grantOf, minute, nsgNic, rowOf, signer } from '../../../support/grants';

const time = createTime();
const base = rowOf(time, grantOf(time));
const [first] = planWindow(base, 'abc123', signer, readingsOf([nsgNic])).placements;
if (first === undefined) throw new Error('nothing planned');
const planned = first;
const { rule } = planned;
const T = time.now;
const until = base.wantedUntil;
const lastPut = until - 5 * minute;

const row = (placement: Placement, changes: Partial<WindowRow> = {}): WindowRow => ({
  ...base,
  plans: 1,
  placements: [placement],
  ...changes,
});
const of = (changes: Partial<Placement>): Placement => ({ ...planned, ...changes });

const putting = of({ phase: 'putting', lastPutAt: T, confirmedAt: T });
const open = of({ phase: 'open', lastPutAt: T, openedAt: T + 3_000 });
const closing = of({ phase: 'closing', lastPutAt: T });

const read = (startedAt: number, changes: Partial<NsgReading> = {}): Partial<Knowledge> => ({
  observation: { kind: 'read', reading: nsgReading(nsgNic, { startedAt, ...changes }) },
});
const confirmed = (answeredAt: number): Partial<Knowledge> => ({
  confirmation: { kind: 'standing', answeredAt },
});
const absent = (startedAt: number): Observation => ({ kind: 'absent', startedAt });
const unreadable = (startedAt: number): Observation => ({
  kind: 'unreadable',
  startedAt,
  fault: facts('unavailable'),
});

function step(
  placement: Placement,
  atMs: number,
  knowledge: Partial<Knowledge> = {},
  changes: Partial<WindowRow> = {},
  skewMs = 0,
) {
  const now = nowOf(atMs, skewMs);
  return nextStep(row(placement, changes), placement, { ...knowsNothing, ...knowledge }, now);
}

describe('opening', () => {
  it('asks for a confirmation before the first PUT, then puts exactly the plan', () => {
    expect(step(planned, T)).toEqual({ do: 'confirm' });
    expect(step(planned, T, confirmed(T - 30_000))).toEqual({
      do: 'putRule',
      rule,
      answeredAt: T - 30_000,
    });
  });

  it.each([
    ['an answer 30.001 s old', confirmed(T - 30_001), {}, 0],
    ['an answer from the future', confirmed(T + 30_001), {}, 0],
    ['an answer that is old by the safe end of now', confirmed(T - 20_000), {}, 15_000],
    ['no answer', { confirmation: { kind: 'unknown', fault: facts('throttled') } }, {}, 0],
    ['a delete hint', { confirmation: { kind: 'withheld' } }, {}, 0],
    ['a policy that is not in order', { ...confirmed(T), mayOpen: false }, {}, 0],
  ] as const)('waits on %s', (_, knowledge, changes, skewMs) => {
    expect(step(planned, T, knowledge, changes, skewMs)).toMatchObject({ do: 'wait' });
  });

  it('sends nothing while closes may need the requests that are left; closing never asks', () => {
    const short = { budgetPauseMs: 2_700 };
    const wait = { do: 'wait', until: T + 2_700 };
    expect(step(planned, T, short)).toEqual(wait);
    expect(step(planned, T, { ...confirmed(T), ...short })).toEqual(wait);
    expect(step(putting, T, short)).toEqual(wait);
    expect(step(planned, lastPut + 1, short).do).toBe('refuse');
    const leaving = { ...putting, phase: 'closing' as const };
    expect(step(leaving, T, short)).toEqual({ do: 'deleteRule' });
    expect(step({ ...leaving, lastDeleteAt: T - 1 }, T, short)).toEqual({ do: 'look' });
  });

  it('counts lacks, and gives up after two that are half a minute apart', () => {
    const lacking: Partial<Knowledge> = { confirmation: { kind: 'lacking', answeredAt: T } };
    expect(step(planned, T, lacking)).toMatchObject({ do: 'noteLacking' });
    expect(step(of({ unconfirmedSince: T - 29_999 }), T, lacking).do).toBe('noteLacking');
    expect(step(of({ unconfirmedSince: T - 30_000 }), T, lacking)).toEqual({
      do: 'closeWindow',
      reason: 'confirmationLost',
    });
  });

  it('sends nothing after until − guard − settle, by the safe end of now', () => {
    expect(step(planned, lastPut, confirmed(lastPut)).do).toBe('putRule');
    expect(step(planned, lastPut + 1, confirmed(lastPut)).do).toBe('refuse');
    expect(step(planned, lastPut - 5_000, confirmed(lastPut), {}, 5_001).do).toBe('refuse');
    expect(step(planned, T, confirmed(T), {}, 60_001).do).toBe('refuse');
    expect(step(putting, lastPut + 1)).toMatchObject({ do: 'refuse', code: 'neverOpened' });
  });

  it('plans again where the priority is seen taken, or a conflict was answered', () => {
    const taken = foreignRule({ priority: rule.priority });
    expect(step(planned, T, { ...read(T, { rules: [taken] }), ...confirmed(T) }).do).toBe('replan');
    expect(step(of({ fault: facts('conflict') }), T).do).toBe('look');
    expect(step(of({ fault: facts('conflict') }), T, read(T)).do).toBe('replan');
    const outbound = { ...taken, direction: 'Outbound' as const };
    expect(step(planned, T, { ...read(T, { rules: [outbound] }), ...confirmed(T) }).do).toBe(
      'putRule',
    );
  });

  it('waits with other content until every earlier PUT is settled', () => {
    const replanned = of({ lastPutAt: T });
    expect(step(replanned, T + 119_999, confirmed(T + 119_999))).toEqual({
      do: 'wait',
      until: T + 120_000,
    });
    expect(step(replanned, T + 120_000, confirmed(T + 120_000)).do).toBe('putRule');
  });

  it.each([
    ['denied', 'putDenied'],
    ['locked', 'putLocked'],
    ['invalid', 'putInvalid'],
    ['missing', 'nsgMissing'],
  ] as const)('refuses by name when the PUT was answered %s', (kind, code) => {
    expect(step(of({ fault: facts(kind) }), T)).toMatchObject({ do: 'refuse', code });
  });

  it('does nothing before its time', () => {
    expect(step(of({ notBefore: T + 5 }), T)).toEqual({ do: 'wait', until: T + 5 });
    expect(step(of({ notBefore: T + 5 }), T + 5).do).toBe('confirm');
  });
});

describe('proving open', () => {
  const at = T + 3_000;

  it('takes an NSG that is settled and holds exactly the rule', () => {
    expect(step(putting, at)).toEqual({ do: 'look' });
    expect(step(putting, at, read(at, { rules: [rule] }))).toMatchObject({ do: 'proveOpen' });
  });

  it.each([
    ['an NSG that is updating', read(at, { rules: [rule], provisioningState: 'Updating' })],
    ['an NSG that has failed', read(at, { rules: [rule], provisioningState: 'Failed' })],
    ['a read begun before the PUT', read(T - 1, { rules: [rule] })],
    ['an absent rule, too early to tell', read(at)],
    ['an earlier content of ours', read(at, { rules: [{ ...rule, priority: 201 }] })],
    ['an NSG that cannot be read', { observation: unreadable(at) }],
  ])('takes nothing else for it: %s', (_, knowledge) => {
    expect(step(putting, at, knowledge).do).toBe('wait');
  });

  it('asks for a confirmation again when the one of the PUT has grown old', () => {
    const late = T + 31_000;
    expect(step(putting, late, read(late, { rules: [rule] })).do).toBe('confirm');
    expect(step(putting, at, read(at, { rules: [rule] }), { endHintAt: at }).do).toBe('confirm');
    const knowledge = { ...read(late, { rules: [rule] }), ...confirmed(late) };
    expect(step(putting, late, knowledge)).toMatchObject({ do: 'proveOpen', answeredAt: late });
  });

  it('puts again what is absent after a while, after a confirmation', () => {
    const late = T + 12_000;
    expect(step(putting, late, read(late)).do).toBe('confirm');
    expect(step(putting, late, { ...read(late), ...confirmed(late) }).do).toBe('putRule');
  });

  it('refuses what a foreign deny shadows, naming it', () => {
    const deny = foreignRule({
      name: 'lockdown',
      access: 'Deny',
      priority: 150,
      sources: ['*'],
      destinationPorts: ['*'],
    });
    expect(step(putting, at, read(at, { rules: [rule, deny] }))).toEqual({
      do: 'refuse',
      code: 'shadowed',
      detail: 'lockdown',
    });
  });

  it('closes when something else stands under our name after settle', () => {
    const late = T + 120_000;
    const knowledge = read(late, { rules: [{ ...rule, sources: ['*'] }] });
    expect(step(putting, late, knowledge)).toEqual({
      do: 'closeWindow',
      reason: 'changedByOthers',
    });
  });
});

describe('while open', () => {
  const at = T + 10 * minute;

  it.each([
    ['as planned', read(at, { rules: [rule] }), 'wait'],
    ['gone', read(at), 'closeWindow'],
    ['gone, in a read begun before the proof', read(T + 3_000), 'wait'],
    ['gone, while the NSG is updating', read(at, { provisioningState: 'Updating' }), 'wait'],
    ['widened', read(at, { rules: [{ ...rule, destinationPorts: ['*'] }] }), 'closeWindow'],
    ['without its marker', read(at, { rules: [{ ...rule, description: '' }] }), 'noteUnsigned'],
    ['in an NSG that cannot be read', { observation: unreadable(at) }, 'wait'],
    ['in an NSG that is not found', { observation: absent(at) }, 'search'],
  ] as const)('a rule %s', (_, knowledge, what) => {
    expect(step(open, at, knowledge).do).toBe(what);
  });

  it('is looked at again before closing begins', () => {
    const late = until - 4 * minute;
    expect(step(open, late, read(late, { rules: [rule] }))).toEqual({
      do: 'wait',
      until: until - 3 * minute,
    });
    expect(step(open, late, read(late, { rules: [rule] }), {}, 20_000)).toEqual({
      do: 'wait',
      until: until - 3 * minute - 20_000,
    });
  });
});

describe('closing', () => {
  const at = until - 3 * minute;
  const deleted = of({ phase: 'closing', lastPutAt: T, lastDeleteAt: at, deleteCount: 1 });

  it('deletes before it looks', () => {
    expect(step(closing, at)).toEqual({ do: 'deleteRule' });
    expect(step(deleted, at + 3_000)).toEqual({ do: 'look' });
  });

  it('closes without a look only what was never PUT', () => {
    expect(step(of({ phase: 'closing' }), at)).toMatchObject({
      do: 'proveClosed',
      kind: 'neverPut',
    });
  });

  it('is proved by a settled NSG without the rule, read settle after the last PUT', () => {
    expect(step(deleted, at + 3_000, read(at + 3_000))).toEqual({
      do: 'proveClosed',
      at: at + 3_000,
      kind: 'deleted',
    });
    const fresh = { ...deleted, lastPutAt: at };
    expect(step(fresh, at + 119_999, read(at + 119_999)).do).toBe('noteGone');
    expect(step(fresh, at + 130_000, read(at + 119_999)).do).toBe('noteGone');
    expect(step(fresh, at + 120_000, read(at + 120_000)).do).toBe('proveClosed');
  });

  it.each([
    ['updating', read(at + 3_000, { provisioningState: 'Updating' })],
    ['failed', read(at + 3_000, { provisioningState: 'Failed' })],
    ['unreadable', { observation: unreadable(at + 3_000) }],
  ])('is not proved by an NSG that is %s', (_, knowledge) => {
    expect(step(deleted, at + 3_000, knowledge).do).toBe('wait');
  });

  it('deletes again what is still there after a while', () => {
    expect(step(deleted, at + 3_000, read(at + 3_000, { rules: [rule] })).do).toBe('wait');
    expect(step(deleted, at + 12_000, read(at + 12_000, { rules: [rule] })).do).toBe('deleteRule');
    const updating = read(at + 12_000, { rules: [rule], provisioningState: 'Updating' });
    expect(step(deleted, at + 12_000, updating).do).toBe('wait');
    expect(step(deleted, at + 60_000, updating).do).toBe('deleteRule');
  });

  it('watches what is gone until settle, and deletes it when it comes back', () => {
    const gone = { ...deleted, phase: 'gone' as const, lastPutAt: at };
    expect(step(gone, at + 3_000, read(at + 3_000))).toEqual({ do: 'wait', until: at + 33_000 });
    expect(step(gone, at + 3_000, read(at + 3_000, { rules: [rule] })).do).toBe('noteBack');
  });

  it('searches for the rule when its NSG is not found, and believes it gone after ten minutes', () => {
    const knowledge = { observation: absent(at) };
    expect(step(deleted, at, knowledge).do).toBe('search');
    const nowhere = { ...knowledge, search: { kind: 'nowhere' } as const };
    expect(step(deleted, at, nowhere)).toMatchObject({ do: 'noteMissing', since: at });
    const missing = { ...deleted, nsgMissingSince: at - 10 * minute };
    expect(step(missing, at, nowhere)).toMatchObject({ do: 'proveClosed', kind: 'nsgGone' });
    const failed = { ...knowledge, search: { kind: 'failed', fault: facts('throttled') } as const };
    expect(step(missing, at, failed).do).toBe('noteMissing');
    const found = { ...knowledge, search: { kind: 'found', nsgId: '/moved' } as const };
    expect(step(missing, at, found)).toEqual({ do: 'follow', nsgId: '/moved' });
  });

  it('disarms what a lock or a missing right keeps, when the last PUT is settled', () => {
    for (const kind of ['locked', 'denied'] as const) {
      const kept = { ...closing, fault: facts(kind), faults: 1, alarms: ['closeRefused'] as const };
      const there = read(at, { rules: [rule] });
      expect(step(kept, at)).toEqual({ do: 'look' });
      expect(step(kept, at, there)).toEqual({
        do: 'disarmRule',
        rule: { ...rule, access: 'Deny' },
      });
      expect(step({ ...kept, lastPutAt: at - 1_000 }, at, there).do).toBe('deleteRule');
      expect(step({ ...kept, disarmAt: at - 1_000 }, at, there).do).toBe('deleteRule');
    }
  });

  it('takes a Deny that was asked for as disarmed, and goes on deleting it', () => {
    const disarming = { ...closing, disarmAt: at };
    const denied = read(at + 3_000, { rules: [{ ...rule, access: 'Deny' }] });
    expect(step(disarming, at + 3_000, denied)).toEqual({ do: 'proveDisarmed' });
    const disarmed = { ...disarming, phase: 'disarmed' as const };
    expect(step(disarmed, at + 63_000, denied).do).toBe('deleteRule');
    expect(step(disarmed, at, read(at, { rules: [rule] })).do).toBe('noteBack');
  });

  it('is done when it is closed', () => {
    expect(step(of({ phase: 'closed' }), at)).toEqual({ do: 'done' });
  });
});
