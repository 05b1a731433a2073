import { nowOf } from '../../../../shared/domain/instant';
import type { NsgReading } from '../../../../shared/domain/networkSecurityGroup';
import { closingStep } from '../../../../shared/domain/window/closingStep';
import {
  answeredAtOf,
  confirmStep,
  rememberedOf,
} from '../../../../shared/domain/window/confirmStep';
import type { Confirmation, Knowledge } from '../../../../shared/domain/window/knowledge';
import { knowsNothing } from '../../../../shared/domain/window/knowledge';
import { missingStep } from '../../../../shared/domain/window/missingStep';
import { nextStep } from '../../../../shared/domain/window/nextStep';
import { openingStep } from '../../../../shared/domain/window/openingStep';
import { planWindow } from '../../../../shared/domain/window/plan';
import { watchStep } from '../../../../shared/domain/window/watchStep';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { foreignRule, grantOf, minute, nsgNic, rowOf, signer } from '../../../support/grants';
import { nsgReading, readingsOf } from '../../../support/planReadings';

const time = createTime();
const T = time.now;
const row = rowOf(time, grantOf(time));
const [first] = planWindow(row, 'abc123', signer, readingsOf([nsgNic])).placements;
if (first === undefined) throw new Error('nothing was planned');
const planned = first;
const { rule } = planned;
const closeAt = row.wantedUntil - 3 * minute;
const of = (changes: Partial<Placement>): Placement => ({ ...planned, ...changes });
const at = (hostMs: number, skewMs = 0) => nowOf(hostMs, skewMs);
const knows = (changes: Partial<Knowledge>): Knowledge => ({ ...knowsNothing, ...changes });
const read = (startedAt: number, changes: Partial<NsgReading> = {}): Partial<Knowledge> => ({
  observation: { kind: 'read', reading: nsgReading(nsgNic, { startedAt, ...changes }) },
});
const standing = (answeredAt: number): Partial<Knowledge> => ({
  confirmation: { kind: 'standing', answeredAt },
});
const updating = { provisioningState: 'Updating' };
const unreadable = (startedAt: number): Partial<Knowledge> => ({
  observation: { kind: 'unreadable', startedAt, fault: facts('unavailable') },
});
const absent = (startedAt: number): Partial<Knowledge> => ({
  observation: { kind: 'absent', startedAt },
});

describe('a confirmation', () => {
  const confirm = (
    confirmation: Confirmation | null,
    remembered: number | null = null,
    changes: Partial<Placement> = {},
  ) => confirmStep(of(changes), knows({ confirmation }), at(T), remembered);

  it('is asked for unless the row remembers one that is young', () => {
    expect(confirm(null)).toEqual({ do: 'confirm' });
    expect(confirm(null, T - 30_001)).toEqual({ do: 'confirm' });
    expect(confirm(null, T - 30_000)).toBeNull();
  });

  it.each<[Confirmation, Partial<Placement>, ReturnType<typeof confirmStep>]>([
    [{ kind: 'standing', answeredAt: T }, {}, null],
    [{ kind: 'standing', answeredAt: T - 30_001 }, {}, { do: 'wait', until: T + 10_000 }],
    [{ kind: 'lacking', answeredAt: T }, {}, { do: 'noteLacking', until: T + 10_000 }],
    [{ kind: 'shorter', answeredAt: T }, {}, { do: 'noteLacking', until: T + 10_000 }],
    [
      { kind: 'shorter', answeredAt: T },
      { unconfirmedSince: T - 30_000 },
      { do: 'closeWindow', reason: 'confirmationLost' },
    ],
    [{ kind: 'withheld' }, {}, { do: 'wait', until: T + 5_000 }],
    [{ kind: 'unknown', fault: facts('unavailable') }, {}, { do: 'wait', until: T + 8_000 }],
  ])('%j %j', (confirmation, changes, step) => {
    // What the row remembers never outweighs an answer that came.
    expect(confirm(confirmation, T, changes)).toEqual(step);
  });

  it('has a time only if it stands, and is remembered only while no delete hint is open', () => {
    expect(answeredAtOf(knows(standing(T)))).toBe(T);
    expect(answeredAtOf(knows({ confirmation: { kind: 'lacking', answeredAt: T } }))).toBe(0);
    expect(answeredAtOf(knowsNothing)).toBe(0);
    expect(rememberedOf({ endHintAt: null }, of({ confirmedAt: T }))).toBe(T);
    expect(rememberedOf({ endHintAt: T }, of({ confirmedAt: T }))).toBeNull();
  });
});

describe('an NSG that is not found', () => {
  const missing = (changes: Partial<Placement>, knowledge: Partial<Knowledge>) =>
    missingStep(of(changes), knows(knowledge), at(T));

  it('is searched for by the rule’s name', () => {
    expect(missing({}, {})).toEqual({ do: 'search' });
    const failed = { kind: 'failed', fault: facts('unavailable') } as const;
    expect(missing({}, { search: failed })).toEqual({
      do: 'noteMissing',
      since: T,
      until: T + 10_000,
    });
    const nowhere = { search: { kind: 'nowhere' } as const };
    expect(missing({}, nowhere)).toEqual({ do: 'noteMissing', since: T, until: T + 30_000 });
    expect(missing({ nsgMissingSince: T - 599_999 }, nowhere)).toEqual({
      do: 'noteMissing',
      since: T - 599_999,
      until: T + 30_000,
    });
    expect(missing({ nsgMissingSince: T - 600_000 }, nowhere)).toEqual({
      do: 'proveClosed',
      at: T,
      kind: 'nsgGone',
    });
  });
});

describe('a placement that opens', () => {
  const opening = (placement: Placement, hostMs: number, knowledge: Partial<Knowledge> = {}) =>
    openingStep(row, placement, knows(knowledge), at(hostMs));
  const putting = of({ phase: 'putting', lastPutAt: T, confirmedAt: T });

  it('says when it tries again', () => {
    expect(opening(planned, T, { ...standing(T), mayOpen: false })).toEqual({
      do: 'wait',
      until: T + 30_000,
    });
    const conflict = of({ fault: facts('conflict') });
    expect(opening(conflict, T, unreadable(T))).toEqual({ do: 'wait', until: T + 8_000 });
    expect(opening(conflict, T, absent(T))).toEqual({ do: 'search' });
    expect(opening(putting, T + 1, unreadable(T))).toEqual({ do: 'wait', until: T + 8_001 });
    expect(opening(putting, T + 1, absent(T))).toEqual({ do: 'search' });
    expect(opening(putting, T + 4_000, read(T + 4_000))).toEqual({
      do: 'wait',
      until: T + 12_000,
    });
  });

  it('goes on after a fault that passes, and stops at one that does not', () => {
    expect(opening(of({ fault: facts('busy'), faults: 9 }), T)).toEqual({ do: 'confirm' });
    expect(opening(of({ fault: facts('licence') }), T)).toEqual({
      do: 'refuse',
      code: 'putDenied',
      detail: 'Test-licence',
    });
  });

  it('finds the priority taken by any other inbound rule, whatever the casing of its own', () => {
    const rules = (other: Partial<typeof rule>) => ({
      rules: [foreignRule({ priority: rule.priority, ...other })],
    });
    const put = standing(T);
    const own = { name: rule.name.toUpperCase() };
    expect(opening(planned, T, { ...put, ...read(T, rules(own)) }).do).toBe('putRule');
    const elsewhere = { priority: rule.priority + 1 };
    expect(opening(planned, T, { ...put, ...read(T, rules(elsewhere)) }).do).toBe('putRule');
    expect(opening(planned, T, { ...put, ...read(T, rules({})) })).toEqual({ do: 'replan' });
    expect(opening(planned, T, { ...put, ...unreadable(T) }).do).toBe('putRule');
    expect(opening(putting, T + 1, read(T + 1, rules({})))).toEqual({ do: 'replan' });
  });

  it('puts again what is absent 12 s after the PUT, and not before', () => {
    const sure = standing(T + 12_000);
    const early = { ...sure, ...read(T + 11_999) };
    expect(opening(putting, T + 12_000, early)).toEqual({ do: 'wait', until: T + 30_000 });
    const late = { ...sure, ...read(T + 12_000) };
    expect(opening(putting, T + 12_000, late).do).toBe('putRule');
  });

  it('takes other content for somebody else’s from settle on, and not before', () => {
    const other = { rules: [{ ...rule, sources: ['*'] }] };
    expect(opening(putting, T + 120_000, read(T + 119_999, other))).toEqual({
      do: 'wait',
      until: T + 150_000,
    });
    expect(opening(putting, T + 120_000, read(T + 120_000, other)).do).toBe('closeWindow');
  });

  it('is proved by a read that began with the PUT, and looked at again in time', () => {
    expect(opening(putting, T, read(T, { rules: [rule] }))).toEqual({
      do: 'proveOpen',
      answeredAt: T,
      lookAt: T + 10 * minute,
    });
    const late = closeAt - 3 * minute;
    const last = of({ phase: 'putting', lastPutAt: late, confirmedAt: late });
    expect(opening(last, late, read(late, { rules: [rule] }))).toEqual({
      do: 'proveOpen',
      answeredAt: late,
      lookAt: closeAt,
    });
    const again = { ...read(T, { rules: [rule] }), ...standing(T + 2) };
    expect(opening(putting, T, again)).toMatchObject({ answeredAt: T + 2 });
  });
});

describe('what would send a request to open', () => {
  it.each<[string, Placement, Partial<Knowledge>, string]>([
    ['a look', of({ phase: 'putting', lastPutAt: T }), {}, 'look'],
    ['a confirmation', planned, {}, 'confirm'],
    ['a search', of({ phase: 'open', lastPutAt: T, openedAt: T }), absent(T), 'search'],
    ['a PUT', planned, standing(T), 'putRule'],
  ])('%s is held back while closes need the budget', (_, placement, knowledge, what) => {
    expect(nextStep(row, placement, knows(knowledge), at(T)).do).toBe(what);
    const short = knows({ ...knowledge, budgetPauseMs: 1 });
    expect(nextStep(row, placement, short, at(T))).toEqual({ do: 'wait', until: T + 2_000 });
  });

  it('is done only when it is closed, whatever its pause', () => {
    const closed = of({ phase: 'closed', notBefore: T + 5 });
    expect(nextStep(row, closed, knowsNothing, at(T))).toEqual({ do: 'done' });
    const gone = of({ phase: 'gone', lastPutAt: T, notBefore: T + 5 });
    expect(nextStep(row, gone, knowsNothing, at(T))).toEqual({ do: 'wait', until: T + 5 });
    expect(nextStep(row, gone, knowsNothing, at(T + 5))).toEqual({ do: 'look' });
  });
});

describe('a placement that is open', () => {
  const open = of({ phase: 'open', lastPutAt: T, openedAt: T + 3_000 });
  const watch = (placement: Placement, hostMs: number, knowledge: Partial<Knowledge>) =>
    watchStep(row, placement, knows(knowledge), at(hostMs));
  const t = T + 20 * minute;

  it('is looked at every ten minutes, and never later than closing begins', () => {
    expect(watch(open, t, {})).toEqual({ do: 'look' });
    const same = { rules: [rule] };
    expect(watch(open, t, read(t, same))).toEqual({ do: 'wait', until: t + 10 * minute });
    const late = closeAt - minute;
    expect(watch(open, late, read(late, same))).toEqual({ do: 'wait', until: closeAt });
  });

  it('is looked at again soon when the read says nothing', () => {
    const soon = { do: 'wait', until: t + 10_000 };
    expect(watch(open, t, read(t, updating))).toEqual(soon);
    expect(watch(open, t, read(T + 3_000))).toEqual(soon);
    expect(watch(open, t, read(T + 3_001))).toMatchObject({ do: 'closeWindow' });
    expect(watch(open, t, unreadable(t))).toEqual({ do: 'wait', until: t + 10_000 });
    const late = closeAt - 1_000;
    expect(watch(open, late, unreadable(late))).toEqual({ do: 'wait', until: closeAt });
    expect(watch(open, late, read(late, updating))).toEqual({ do: 'wait', until: closeAt });
    expect(watch(open, t, absent(t))).toEqual({ do: 'search' });
  });

  it('keeps a rule that lost its marker until its time, and none that was changed', () => {
    const bare = { rules: [{ ...rule, description: 'x' }] };
    expect(watch(open, t, read(t, bare))).toEqual({ do: 'noteUnsigned', until: t + 10 * minute });
    const wide = { rules: [{ ...rule, description: 'x', sources: ['*'] }] };
    expect(watch(open, t, read(t, wide))).toEqual({
      do: 'closeWindow',
      reason: 'changedByOthers',
    });
    expect(watch(open, t, read(t))).toEqual({ do: 'closeWindow', reason: 'removedByOthers' });
  });
});

describe('a placement that closes', () => {
  const t = closeAt;
  const deleted = of({ phase: 'closing', lastPutAt: T, lastDeleteAt: t, deleteCount: 1 });
  const closing = (
    placement: Placement,
    hostMs: number,
    knowledge: Partial<Knowledge> = {},
    changes: Partial<WindowRow> = {},
  ) => closingStep({ ...row, ...changes }, placement, knows(knowledge), at(hostMs));
  const there = { rules: [rule] };
  const deny = { rules: [{ ...rule, access: 'Deny' as const }] };

  it('is deleted at once the first time, and after a fault or a Deny only by a look', () => {
    const fresh = of({ phase: 'closing', lastPutAt: T });
    expect(closing(fresh, t)).toEqual({ do: 'deleteRule' });
    expect(closing({ ...fresh, fault: facts('busy') }, t)).toEqual({ do: 'look' });
    expect(closing({ ...fresh, disarmAt: t }, t)).toEqual({ do: 'look' });
    expect(closing(of({ phase: 'gone', lastPutAt: T }), t)).toEqual({ do: 'look' });
    expect(closing(deleted, t)).toEqual({ do: 'look' });
    expect(closing(of({ phase: 'closing' }), t)).toEqual({
      do: 'proveClosed',
      at: t,
      kind: 'neverPut',
    });
  });

  it('asks again after a minute where nothing can be read', () => {
    expect(closing(deleted, t + 59_999, unreadable(t))).toEqual({
      do: 'wait',
      until: t + 69_999,
    });
    expect(closing(deleted, t + 60_000, unreadable(t))).toEqual({ do: 'deleteRule' });
    const never = { ...deleted, lastDeleteAt: null };
    expect(closing(never, t, unreadable(t))).toEqual({ do: 'deleteRule' });
    expect(closing(deleted, t, absent(t))).toEqual({ do: 'search' });
  });

  it('asks nobody again while reads are refused for their number, but for its first and late ones', () => {
    const throttled = (startedAt: number): Partial<Knowledge> => ({
      observation: { kind: 'unreadable', startedAt, fault: facts('throttled') },
    });
    const lead = row.wantedUntil - row.grant.limits.leadMs;
    const early = { ...deleted, lastDeleteAt: lead - 10 * minute };
    const wait = { do: 'wait', until: lead - 1 + 10_000 };
    expect(closing(early, lead - 1, throttled(lead - 1))).toEqual(wait);
    expect(closing(early, lead, throttled(lead))).toEqual({ do: 'deleteRule' });
    // Whatever else keeps reads from being answered leaves room for closes.
    expect(closing(early, lead - 1, unreadable(lead - 1))).toEqual({ do: 'deleteRule' });
    const never = { ...deleted, lastDeleteAt: null };
    expect(closing(never, t, throttled(t))).toEqual({ do: 'deleteRule' });
  });

  it('asks again after 12 s what still stands, and looks when an answer may be there', () => {
    expect(closing(deleted, t + 4_000, read(t, there))).toEqual({ do: 'wait', until: t + 12_000 });
    expect(closing(deleted, t + 11_999, read(t, there)).do).toBe('wait');
    expect(closing(deleted, t + 12_000, read(t, there))).toEqual({ do: 'deleteRule' });
    const busy = { ...there, ...updating };
    expect(closing(deleted, t + 59_999, read(t, busy)).do).toBe('wait');
    expect(closing(deleted, t + 60_000, read(t, busy))).toEqual({ do: 'deleteRule' });
    const never = { ...deleted, lastDeleteAt: null };
    expect(closing(never, t, read(t, busy))).toEqual({ do: 'deleteRule' });
  });

  it('waits for the NSG to settle before absence proves anything', () => {
    expect(closing(deleted, t + 4_000, read(t, updating))).toEqual({
      do: 'wait',
      until: t + 12_000,
    });
    const never = { ...deleted, lastDeleteAt: null };
    expect(closing(never, t, read(t, updating))).toEqual({ do: 'wait', until: t + 3_000 });
    const gone = of({ phase: 'gone', lastPutAt: t });
    const late = t + 119_000;
    expect(closing(gone, late, read(late))).toEqual({ do: 'wait', until: t + 120_000 });
    expect(closing(gone, t + 1, read(t + 1))).toEqual({ do: 'wait', until: t + 30_001 });
    expect(closing({ ...gone, phase: 'closing' }, t + 1, read(t + 1))).toEqual({
      do: 'noteGone',
      at: t + 1,
    });
  });

  it('says who removed it: others only if we never asked for it', () => {
    const byOthers = { closeReason: 'removedByOthers' } as const;
    const kind = (placement: Placement, changes: Partial<WindowRow>) =>
      closing(placement, t, read(t), changes);
    const untouched = { ...deleted, deleteCount: 0 };
    expect(kind(untouched, byOthers)).toMatchObject({ kind: 'removedByOthers', at: t });
    expect(kind(deleted, byOthers)).toMatchObject({ kind: 'deleted' });
    expect(kind(untouched, { closeReason: 'expired' })).toMatchObject({ kind: 'deleted' });
  });

  it('disarms where the rule stands: others may have moved it, and taken its place', () => {
    const kept = of({ phase: 'closing', lastPutAt: T, fault: facts('locked'), faults: 1 });
    const moved = { rules: [{ ...rule, priority: 914 }] };
    const step = closing(kept, t, read(t, moved));
    expect(step).toMatchObject({ do: 'disarmRule', rule: { priority: 914, access: 'Deny' } });
  });

  it('disarms again after five minutes, and only what a lock or a right keeps', () => {
    const kept = of({ phase: 'closing', lastPutAt: T, fault: facts('locked'), faults: 1 });
    expect(closing(kept, t, read(t, there)).do).toBe('disarmRule');
    const tried = { ...kept, disarmAt: t, lastDeleteAt: t };
    expect(closing(tried, t + 299_999, read(t, there))).toEqual({ do: 'deleteRule' });
    expect(closing(tried, t + 300_000, read(t, there)).do).toBe('disarmRule');
    const busy = { ...kept, fault: facts('busy') };
    expect(closing(busy, t, read(t, there))).toEqual({ do: 'deleteRule' });
    const fresh = { ...kept, lastPutAt: t };
    expect(closing(fresh, t + 119_999, read(t, there))).toEqual({ do: 'deleteRule' });
    expect(closing(fresh, t + 120_000, read(t, there)).do).toBe('disarmRule');
  });

  it('disarms again soon where the Deny was accepted and another write has superseded it', () => {
    const sent = { lastPutAt: t, disarmAt: t, lastDeleteAt: t };
    const lost = of({ phase: 'closing', ...sent, fault: facts('locked'), faults: 1 });
    expect(closing(lost, t + 29_999, read(t, there)).do).toBe('deleteRule');
    // The same content once more: nothing has to settle before it.
    expect(closing(lost, t + 30_000, read(t, there)).do).toBe('disarmRule');
    const busy = { ...lost, fault: facts('busy') };
    expect(closing(busy, t + 30_000, read(t, there)).do).toBe('disarmRule');
    expect(
      closing(busy, t + 30_000, read(t, { ...there, provisioningState: 'Updating' })).do,
    ).not.toBe('disarmRule');
    const throttled = { ...lost, fault: facts('throttled') };
    expect(closing(throttled, t + 30_000, read(t, there)).do).toBe('deleteRule');
  });

  it('takes a Deny for disarmed only if it was asked for, and the NSG is settled', () => {
    const asked = of({ phase: 'closing', lastPutAt: T, disarmAt: t, lastDeleteAt: t });
    expect(closing(asked, t + 1, read(t, deny))).toEqual({ do: 'proveDisarmed' });
    expect(closing(asked, t + 1, read(t, { ...deny, ...updating }))).toEqual({
      do: 'wait',
      until: t + 60_001,
    });
    const unasked = { ...asked, disarmAt: null };
    expect(closing(unasked, t + 12_000, read(t, deny))).toEqual({ do: 'deleteRule' });
    const disarmed = { ...asked, phase: 'disarmed' as const };
    expect(closing(disarmed, t + 59_999, read(t, deny))).toEqual({
      do: 'wait',
      until: t + 119_999,
    });
    expect(closing(disarmed, t + 60_000, read(t, deny))).toEqual({ do: 'deleteRule' });
    expect(closing(disarmed, t, read(t, there))).toEqual({ do: 'noteBack' });
    expect(closing({ ...asked, phase: 'gone' }, t, read(t, deny))).toEqual({ do: 'noteBack' });
  });
});
