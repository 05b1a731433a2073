import { nowOf } from '../../../../shared/domain/instant';
import {
  closingStartOf,
  deadlineOf,
  hostClosingStartOf,
  hostLastPutMomentOf,
  isClosingTime,
  isExtending,
  isFreshConfirmation,
  isPutTime,
  lastPutMomentOf,
  mayStillSend,
  signedDeadlineOf,
} from '../../../../shared/domain/window/deadline';
import { hurry } from '../../../../shared/domain/window/hurry';
import { nextLookAfter } from '../../../../shared/domain/window/pace';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { WindowRow } from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { grantOf, minute, nsgNic, rowOf, signer } from '../../../support/grants';
import { readingsOf } from '../../../support/planReadings';

const time = createTime();
const T = time.now;
const end = T + 60 * minute;
const row = (changes: Partial<WindowRow> = {}): WindowRow => ({
  ...rowOf(time, grantOf(time)),
  wantedUntil: end,
  ...changes,
});
const guardStart = end - 3 * minute;
const lastPut = guardStart - 2 * minute;

describe('the deadline', () => {
  it.each<[string, Partial<WindowRow>, number, boolean]>([
    ['nothing proved: the wished one', {}, end, false],
    ['proved as wished', { until: end }, end, false],
    ['an extend under way: the proved one', { until: end - minute }, end - minute, true],
    ['wished shorter than proved: the wished one', { until: end + minute }, end, false],
    ['less than a second more is no extend', { until: end, wantedUntil: end + 999 }, end, false],
    ['a second more is one', { until: end, wantedUntil: end + 1_000 }, end, true],
  ])('%s', (_, changes, deadline, extending) => {
    expect(deadlineOf(row(changes))).toBe(deadline);
    expect(isExtending(row(changes))).toBe(extending);
  });

  it('is signed in whole seconds, never later than wished', () => {
    expect(signedDeadlineOf(row({ wantedUntil: 1_999 }))).toBe(1_000);
    expect(signedDeadlineOf(row({ wantedUntil: 2_000 }))).toBe(2_000);
  });

  it('closing begins at the guard or at the earlier planned start, never later', () => {
    expect(closingStartOf(row())).toBe(guardStart);
    expect(closingStartOf(row({ closeFrom: guardStart - 1 }))).toBe(guardStart - 1);
    expect(closingStartOf(row({ closeFrom: guardStart + 1 }))).toBe(guardStart);
    expect(lastPutMomentOf(row())).toBe(lastPut);
    expect(lastPutMomentOf(row({ closeFrom: guardStart - 5 }))).toBe(lastPut - 5);
  });

  it('is judged to the millisecond by the latest end of now', () => {
    expect(isClosingTime(row(), nowOf(guardStart - 1, 0))).toBe(false);
    expect(isClosingTime(row(), nowOf(guardStart, 0))).toBe(true);
    expect(isClosingTime(row(), nowOf(guardStart - 7, 7))).toBe(true);
    expect(isClosingTime(row(), nowOf(guardStart - 1, -7))).toBe(false);
    expect(isPutTime(row(), nowOf(lastPut, 0))).toBe(true);
    expect(isPutTime(row(), nowOf(lastPut + 1, 0))).toBe(false);
    expect(isPutTime(row(), nowOf(lastPut - 7, 8))).toBe(false);
    expect(isPutTime(row(), nowOf(T, 60_001))).toBe(false);
    expect(isPutTime(row(), nowOf(T, -60_001))).toBe(false);
  });

  it('shows on the host’s clock the earlier, the more that clock is behind', () => {
    expect(hostClosingStartOf(row(), nowOf(T, 0))).toBe(guardStart);
    expect(hostClosingStartOf(row(), nowOf(T, 9))).toBe(guardStart - 9);
    expect(hostClosingStartOf(row(), nowOf(T, -9))).toBe(guardStart);
    expect(hostLastPutMomentOf(row(), nowOf(T, 9))).toBe(lastPut - 9);
  });
});

describe('a confirmation', () => {
  it.each([
    [30_000, 0, true],
    [30_001, 0, false],
    [-30_000, 0, true],
    [-30_001, 0, false],
    [20_000, 10_000, true],
    [20_000, 10_001, false],
    [20_000, -50_000, true],
  ])('%d ms old with a skew of %d ms: fresh is %s', (ageMs, skewMs, fresh) => {
    expect(isFreshConfirmation(T - ageMs, nowOf(T, skewMs))).toBe(fresh);
  });
});

describe('what was announced', () => {
  it('leaves within 20 s, or half of settle where that is shorter, and never before', () => {
    expect(mayStillSend(row(), T, nowOf(T, 0))).toBe(true);
    expect(mayStillSend(row(), T, nowOf(T - 1, 0))).toBe(false);
    expect(mayStillSend(row(), T, nowOf(T + 20_000, 50_000))).toBe(true);
    expect(mayStillSend(row(), T, nowOf(T + 20_001, 0))).toBe(false);
    const { grant } = row();
    const short = row({ grant: { ...grant, limits: { ...grant.limits, settleMs: 30_000 } } });
    expect(mayStillSend(short, T, nowOf(T + 15_000, 0))).toBe(true);
    expect(mayStillSend(short, T, nowOf(T + 15_001, 0))).toBe(false);
  });
});

describe('hurry', () => {
  const [planned] = planWindow(row(), 'abc123', signer, readingsOf([nsgNic])).placements;
  if (planned === undefined) throw new Error('nothing was planned');
  const failed = {
    ...planned,
    phase: 'closing',
    fault: facts('unavailable'),
    notBefore: end + minute,
  } as const;

  it('leaves alone what has no fault, or no pause', () => {
    const now = nowOf(end - 10_000, 0);
    const clean = { ...failed, fault: null };
    expect(hurry(row(), clean, now)).toBe(clean);
    const free = { ...failed, notBefore: null };
    expect(hurry(row(), free, now)).toBe(free);
  });

  it('keeps a pause that is exactly as long as it may be, and shortens one that is longer', () => {
    const now = end - 40_000;
    const exact = { ...failed, notBefore: now + 5_000 };
    expect(hurry(row(), exact, nowOf(now, 0))).toBe(exact);
    const longer = { ...failed, notBefore: now + 5_001 };
    expect(hurry(row(), longer, nowOf(now, 0))).toEqual({ ...longer, notBefore: now + 5_000 });
  });

  it('rounds up, and goes by the deadline as the host’s clock shows it', () => {
    expect(hurry(row(), failed, nowOf(end - 40_001, 0)).notBefore).toBe(end - 40_001 + 5_001);
    expect(hurry(row(), failed, nowOf(end - 80_000, 40_000)).notBefore).toBe(end - 80_000 + 5_000);
    const proved = row({ until: end - 20_000 });
    expect(hurry(proved, failed, nowOf(end - 60_000, 0)).notBefore).toBe(end - 60_000 + 5_000);
  });
});

describe('the next look', () => {
  it('is strictly later, also after a write whose time lies ahead', () => {
    expect(nextLookAfter(T, T + 2_999)).toBe(T + 3_000);
    expect(nextLookAfter(T, T + 29_999)).toBe(T + 30_000);
    expect(nextLookAfter(T, T + 30_001)).toBe(T + 60_001);
    expect(nextLookAfter(T + 500, T)).toBe(T + 3_500);
  });
});
