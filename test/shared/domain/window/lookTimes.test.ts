import * as fc from 'fast-check';
import { planWindow } from '../../../../shared/domain/window/plan';
import {
  firstLookMs,
  type Sighting,
  sightingOf,
  withSighting,
} from '../../../../shared/domain/window/lookTimes';
import { nsgReading, readingsOf } from '../../../support/planReadings';
import { createTime } from '../../../support/fakeNetwork';
import { grantOf, nsgNic, rowOf, signer } from '../../../support/grants';

const seen = (tookMs: number): Sighting => ({ atMs: 0, tookMs, seen: true });
const missed = (tookMs: number): Sighting => ({ atMs: 0, tookMs, seen: false });

/** Windows one every three minutes, whose operations take this long: the reads each of them cost. */
function readsOf(operationMs: number, windows: number): number[] {
  let sightings: readonly Sighting[] = [];
  return Array.from({ length: windows }, (_item, window) => {
    const first = firstLookMs(sightings);
    const looks = [first ?? 3_000, 3_000, 12_000, 30_000, 60_000, 90_000, 120_000];
    let reads = 0;
    let last = 0;
    for (const at of looks) {
      if (at <= last) continue;
      reads += 1;
      last = at;
      sightings = withSighting(sightings, {
        atMs: window * 180_000 + at,
        tookMs: at,
        seen: at >= operationMs,
      });
      if (at >= operationMs) break;
    }
    return reads;
  });
}

describe('the first look after a write', () => {
  it('is as usual while nothing is known', () => {
    expect(firstLookMs([])).toBeNull();
    expect(firstLookMs([missed(3_000)])).toBeNull();
  });

  it('is by the least that was enough, and more than what was not', () => {
    expect(firstLookMs([seen(9_000), seen(5_000)])).toBe(3_750);
    expect(firstLookMs([missed(5_000), seen(4_000)])).toBeNull();
    expect(firstLookMs([missed(5_000), seen(5_000)])).toBeNull();
    expect(firstLookMs([missed(4_000), seen(7_000)])).toBe(7_000);
  });

  it('remembers the last sixteen of each kind, an hour long, and no late ones', () => {
    expect(withSighting([], seen(12_001))).toEqual([]);
    expect(withSighting([], seen(12_000))).toEqual([seen(12_000)]);
    expect(withSighting([], missed(12_001))).toEqual([missed(12_000)]);
    expect(withSighting([missed(3_000)], seen(4_000))).toEqual([seen(4_000), missed(3_000)]);
    const many = Array.from({ length: 20 }, (_item, index) => seen(1_000 + index));
    const kept = many.reduce<readonly Sighting[]>(withSighting, [missed(3_000)]);
    expect(kept).toEqual([...many.slice(4), missed(3_000)]);
    const anHour = { ...missed(3_000), atMs: 3_600_000 };
    expect(withSighting([seen(4_000)], anHour)).toEqual([seen(4_000), anHour]);
    expect(withSighting([seen(4_000)], { ...anHour, atMs: 3_600_001 })).toHaveLength(1);
  });

  it('is tried sooner than what was enough, and not again what was too soon', () => {
    expect(firstLookMs([missed(3_000), seen(12_000)])).toBe(9_000);
    expect(firstLookMs([missed(3_000), seen(12_000), missed(9_000), seen(12_000)])).toBe(12_000);
    expect(firstLookMs([missed(3_000), seen(5_100)])).toBe(5_100);
    expect(firstLookMs([missed(12_000)])).toBe(12_000);
  });

  it.each([
    [800, 1],
    [4_000, 1],
    [7_000, 1],
    [11_000, 1],
  ])('costs one read each before long where operations take %d ms', (operationMs, reads) => {
    const counts = readsOf(operationMs, 20);
    expect(counts.slice(8, 14)).toEqual(Array.from({ length: 6 }, () => reads));
    // Now and then something shorter is tried.
    expect(counts.slice(4).filter((count) => count > reads).length).toBeLessThanOrEqual(2);
  });

  it('is not tried too soon again by many windows that open at once', () => {
    const wave = Array.from({ length: 100 }, () => seen(12_000));
    const kept = [missed(9_000), ...wave].reduce<readonly Sighting[]>(withSighting, []);
    expect(firstLookMs(kept)).toBe(12_000);
    // After an hour nobody knows that any more.
    const later = withSighting(kept, { ...seen(12_000), atMs: 3_600_001 });
    expect(firstLookMs(later)).toBe(9_000);
  });

  it('is never later than 12 s and never sooner than 1 s, whatever was seen', () => {
    const sighting = fc.record({
      atMs: fc.nat(10_000_000),
      tookMs: fc.nat(10_000_000),
      seen: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 60 }), (all) => {
        const kept = all.reduce<readonly Sighting[]>(withSighting, []);
        expect(kept.length).toBeLessThanOrEqual(32);
        const afterMs = firstLookMs(kept);
        if (afterMs === null) return;
        expect(afterMs).toBeGreaterThanOrEqual(1_000);
        expect(afterMs).toBeLessThanOrEqual(12_000);
      }),
    );
  });
});

describe('what a reading shows of a write', () => {
  const time = createTime();
  const row = rowOf(time, grantOf(time));
  const [planned] = planWindow(row, 'abc123', signer, readingsOf([nsgNic])).placements;
  if (planned === undefined) throw new Error('nothing was planned');
  const at = time.now;
  const putting = { ...planned, phase: 'putting', lastPutAt: at } as const;
  const closing = { ...planned, phase: 'closing', lastDeleteAt: at } as const;
  const reading = (isThere: boolean, afterMs = 5_000, provisioningState = 'Succeeded') =>
    nsgReading(nsgNic, {
      rules: isThere ? [planned.rule] : [],
      startedAt: at + afterMs,
      provisioningState,
    });

  it('is its effect in a settled NSG, and the time it took', () => {
    const put = { kind: 'put', atMs: at + 5_000, tookMs: 5_000 };
    expect(sightingOf(putting, reading(true))).toEqual({ ...put, seen: true });
    expect(sightingOf(putting, reading(false))).toEqual({ ...put, seen: false });
    expect(sightingOf(putting, reading(true, 5_000, 'Updating'))).toEqual({ ...put, seen: false });
    const gone = { kind: 'delete', atMs: at + 5_000, tookMs: 5_000 };
    expect(sightingOf(closing, reading(false))).toEqual({ ...gone, seen: true });
    expect(sightingOf(closing, reading(true))).toEqual({ ...gone, seen: false });
    expect(sightingOf(closing, reading(false, 5_000, 'Updating'))).toEqual({
      ...gone,
      seen: false,
    });
  });

  it('is nothing for a read begun before it, and where nothing is waited for', () => {
    expect(sightingOf(putting, reading(true, -1))).toBeNull();
    expect(sightingOf(closing, reading(true, -1))).toBeNull();
    expect(sightingOf({ ...closing, lastDeleteAt: null }, reading(true))).toBeNull();
    expect(sightingOf({ ...planned, phase: 'open' }, reading(true))).toBeNull();
    expect(sightingOf(planned, reading(true))).toBeNull();
    expect(sightingOf({ ...putting, phase: 'open' }, reading(true))).toBeNull();
    expect(sightingOf({ ...putting, lastPutAt: null }, reading(true))).toBeNull();
    expect(sightingOf({ ...closing, phase: 'gone' }, reading(false))).toBeNull();
  });

  it('begins with the write itself', () => {
    expect(sightingOf(putting, reading(true, 0))).toMatchObject({ tookMs: 0, seen: true });
    expect(sightingOf(closing, reading(false, 0))).toMatchObject({ tookMs: 0, seen: true });
  });
});
