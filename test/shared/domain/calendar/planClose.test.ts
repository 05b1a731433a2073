import fc from 'fast-check';
import { networkPeriod } from '../../../../shared/domain/calendar/calendar';
import { deleteTokens } from '../../../../shared/domain/calendar/guard';
import { guardStartOf, planClose } from '../../../../shared/domain/calendar/planClose';
import type { LiveRow } from '../../../../shared/domain/live';
import {
  admitAll,
  closeOn,
  liveDeleteMs,
  liveEarliest,
  liveEnd,
  liveGuardMs,
  liveRowOf,
  startsOf,
} from '../../../support/liveRows';

const until = liveEnd;

describe('The calendar of closes', () => {
  it('leaves a window alone where there is room', () => {
    expect(planClose([], liveRowOf(0), liveDeleteMs, liveEarliest)).toBe(until - liveGuardMs);
    const ended = { ...liveRowOf(1), until: until + 3_600_000.5 };
    expect(planClose([ended], liveRowOf(0), liveDeleteMs, liveEarliest)).toBe(until - liveGuardMs);
  });

  it('plans 20 on one NSG one after another', () => {
    const starts = startsOf(admitAll(20, () => [closeOn(0)])).sort((one, other) => other - one);
    expect(starts).toEqual(starts.map((_start, at) => until - liveGuardMs - at * liveDeleteMs));
  });

  it('refuses only what would stand open for too short', () => {
    const live = admitAll(20, () => [closeOn(0)]);
    const late = liveRowOf(20, [closeOn(0)]);
    const place = until - liveGuardMs - 20 * liveDeleteMs;
    expect(planClose(live, late, liveDeleteMs, place)).toBe(place);
    expect(planClose(live, late, liveDeleteMs, place + 1)).toBeNull();
  });

  it('finds everybody the same place, the older first, whether they come alone or together', () => {
    const anyRows = fc.array(fc.record({ group: fc.nat(2), age: fc.nat(3) }), { maxLength: 12 });
    fc.assert(
      fc.property(anyRows, (asked) => {
        const together = asked.map(({ group, age }, at) => ({
          ...liveRowOf(at, [closeOn(group)]),
          createdAt: 1 + age,
        }));
        const alone: LiveRow[] = [];
        for (const row of together.toSorted((one, other) => one.createdAt - other.createdAt)) {
          const closeFrom = planClose(alone, row, liveDeleteMs, liveEarliest);
          expect(planClose(together, row, liveDeleteMs, liveEarliest)).toBe(closeFrom);
          alone.push({ ...row, closeFrom });
        }
      }),
    );
  });

  it('leaves those their place who have one, and goes before who is newer and has none', () => {
    const asked = { ...liveRowOf(1, [closeOn(0)]), createdAt: 5 };
    const newer = { ...liveRowOf(2, [closeOn(0)]), createdAt: 6 };
    const place = until - liveGuardMs;
    const plan = (...live: LiveRow[]) => planClose(live, asked, liveDeleteMs, liveEarliest);
    expect(plan(newer)).toBe(place);
    expect(plan({ ...newer, closeFrom: place })).toBe(place - liveDeleteMs);
    // Its own row, as it stands in the table, is not in its way.
    expect(plan({ ...asked, closeFrom: place })).toBe(place);
    // Who is older but finds no room after its own beginning is taken to begin at its guard.
    const late = { ...liveRowOf(0, [closeOn(0)]), createdAt: 4, until: until + 3_600_000 };
    expect(plan(late)).toBe(place);
  });

  it('books the older ones in the order of their age, in whatever order they are listed', () => {
    const half = liveDeleteMs / 2;
    const oldest = { ...liveRowOf(1, [closeOn(0)]), createdAt: 1 };
    const older = { ...liveRowOf(2, [closeOn(0)]), createdAt: 2, until: until - half };
    const self = { ...liveRowOf(3, [closeOn(0)]), createdAt: 3 };
    const place = until - liveGuardMs;
    for (const live of [
      [oldest, older],
      [older, oldest],
    ]) {
      // The oldest at its guard, the older right before it: no gap is left between the two.
      expect(planClose(live, self, liveDeleteMs, liveEarliest)).toBe(place - 2 * liveDeleteMs);
    }
  });

  it('never plans more than there is room for, nor later than the guard', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 60 }), (windows) => {
        const live: LiveRow[] = [];
        for (const [at, window] of windows.entries()) {
          const row = { ...liveRowOf(at, window.closes), until: window.until };
          const start = planClose(live, row, liveDeleteMs, liveEarliest);
          if (start === null) continue;
          expect(start).toBeLessThanOrEqual(guardStartOf(row));
          expect(start).toBeGreaterThanOrEqual(liveEarliest);
          live.push({ ...row, closeFrom: start });
        }
        expectRoom(live);
      }),
      { numRuns: 60 },
    );
  });
});

// Helpers

const anyWindow = fc.record({
  until: fc.integer({ min: 0, max: 40_000 }).map((ms) => until + ms),
  closes: fc
    .uniqueArray(fc.nat(12), { minLength: 1, maxLength: 3 })
    .chain((groups) =>
      fc
        .integer({ min: 1, max: 30 })
        .map((rules) => groups.map((group) => ({ ...closeOn(group, `${group % 2}`), rules }))),
    ),
});

/** Judges a plan by playing it: buckets that empty and refill, NSGs that are busy. */
function expectRoom(live: readonly LiveRow[]): void {
  const deletes = live.flatMap((row) =>
    row.closes.map((close) => ({ ...close, at: Math.floor((row.closeFrom ?? 0) / 1_000) })),
  );
  deletes.sort((one, other) => one.at - other.at);
  const subscriptions = new Set(deletes.map(({ nsgId }) => nsgId.split('/')[2]));
  for (const subscription of subscriptions) {
    let tokens: number = deleteTokens.burst;
    let last = 0;
    const own = deletes.filter(({ nsgId }) => nsgId.split('/')[2] === subscription);
    for (const { at, rules } of own) {
      tokens = Math.min(deleteTokens.burst, tokens + (at - last) * deleteTokens.perSecond);
      last = at;
      tokens -= rules;
      expect(tokens).toBeGreaterThanOrEqual(0);
      const period = own.filter((one) => one.at > at - networkPeriod.seconds && one.at <= at);
      const inPeriod = period.reduce((sum, one) => sum + one.rules, 0);
      expect(inPeriod).toBeLessThanOrEqual(networkPeriod.most);
    }
  }
  const busyUntil = new Map<string, number>();
  for (const { nsgId, at, rules } of deletes) {
    expect(at).toBeGreaterThanOrEqual(busyUntil.get(nsgId) ?? 0);
    busyUntil.set(nsgId, at + rules * Math.ceil(liveDeleteMs / 1_000));
  }
}
