import fc from 'fast-check';
import { networkPeriod } from '../../../../shared/domain/calendar/calendar';
import { deleteTokens, tokensMs } from '../../../../shared/domain/calendar/guard';
import { guardStartOf, planClose } from '../../../../shared/domain/calendar/planClose';
import type { LiveClose, LiveRow } from '../../../../shared/domain/live';

const deleteMs = 12_000;
const guardMs = 180_000;
const until = 1_800_000_000_000;
const hour = 3_600_000;

describe('The calendar of closes', () => {
  it('leaves a window alone where there is room', () => {
    expect(planClose([], rowOf(0), deleteMs, until - hour)).toBe(until - guardMs);
    const ended = { ...rowOf(1), until: until + 0.5 + hour };
    expect(planClose([ended], rowOf(0), deleteMs, until - hour)).toBe(until - guardMs);
  });

  it('plans 1,000 that end in the same second over the 80 s that their tokens take', () => {
    const live = admitAll(1_001, (at) => [closeOn(at)]);
    expect(live).toHaveLength(1_001);
    const starts = startsOf(live);
    const thousand = starts.slice(0, 1_000);
    expect(Math.max(...thousand)).toBe(until - guardMs);
    expect(Math.max(...thousand) - Math.min(...thousand)).toBe(tokensMs(1_000));
    // The provider takes the next one five minutes earlier.
    expect(Math.max(...starts) - Math.min(...starts)).toBe(networkPeriod.seconds * 1_000);
  });

  it('plans 20 on one NSG one after another', () => {
    const starts = startsOf(admitAll(20, () => [closeOn(0)])).sort((one, other) => other - one);
    expect(starts).toEqual(starts.map((_start, at) => until - guardMs - at * deleteMs));
  });

  it('counts each subscription by itself', () => {
    const live = admitAll(400, (at) => [closeOn(at, `${at % 2}`)]);
    expect(new Set(startsOf(live))).toEqual(new Set([until - guardMs]));
  });

  it('refuses only what would stand open for too short', () => {
    const live = admitAll(20, () => [closeOn(0)]);
    const late = rowOf(20, [closeOn(0)]);
    const place = until - guardMs - 20 * deleteMs;
    expect(planClose(live, late, deleteMs, place)).toBe(place);
    expect(planClose(live, late, deleteMs, place + 1)).toBeNull();
  });

  it('finds everybody the same place, whether they come one by one or all at once', () => {
    const all = Array.from({ length: 300 }, (_item, at) => rowOf(at, [closeOn(at % 40)]));
    const oneByOne = admitAll(300, (at) => [closeOn(at % 40)]);
    const atOnce = all.map((row) => planClose(all, row, deleteMs, until - hour));
    expect(atOnce).toEqual(startsOf(oneByOne));
  });

  it('never plans more than there is room for, nor later than the guard', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 60 }), (windows) => {
        const live: LiveRow[] = [];
        for (const [at, window] of windows.entries()) {
          const row = { ...rowOf(at, window.closes), until: window.until };
          const start = planClose(live, row, deleteMs, until - hour);
          if (start === null) continue;
          expect(start).toBeLessThanOrEqual(guardStartOf(row));
          expect(start).toBeGreaterThanOrEqual(until - hour);
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

function closeOn(group: number, subscription = '0'): LiveClose {
  const guid = `11111111-1111-4111-8111-${subscription.padStart(12, '0')}`;
  const provider = 'providers/microsoft.network/networksecuritygroups';
  const nsgId = `/subscriptions/${guid}/resourcegroups/rg/${provider}/nsg-${group}`;
  return { nsgId, region: 'westeurope', rules: 1 };
}

function rowOf(at: number, closes: readonly LiveClose[] = [closeOn(at)]): LiveRow {
  return {
    id: `w${String(at).padStart(5, '0')}`,
    kind: 'window',
    assignmentKey: '',
    personId: '',
    nsgIds: closes.map(({ nsgId }) => nsgId),
    until,
    createdAt: 1,
    guardMs,
    closeFrom: null,
    closes,
  };
}

/** Admits so many windows one after the other, as intake does. */
function admitAll(count: number, closesOf: (at: number) => LiveClose[]): LiveRow[] {
  const live: LiveRow[] = [];
  for (let at = 0; at < count; at++) {
    const row = rowOf(at, closesOf(at));
    const start = planClose(live, row, deleteMs, until - hour);
    if (start === null) continue;
    live.push({ ...row, closeFrom: start < guardStartOf(row) ? start : null });
  }
  return live;
}

function startsOf(live: readonly LiveRow[]): number[] {
  return live.map((row) => row.closeFrom ?? guardStartOf(row));
}

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
    busyUntil.set(nsgId, at + rules * Math.ceil(deleteMs / 1_000));
  }
}
