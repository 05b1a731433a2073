import type { OverrunClass } from './oracle/overrun';
import type { SeedResult } from './seeds';

type Counts = Record<string, number>;

/**
 * What seeds have come to, added up: plain data, which does not grow with their number. Adding
 * results in another order gives the same tally.
 */
export type Tally = {
  seeds: number;
  twice: number;
  differing: number[];
  windows: number;
  foreignEdits: number;
  seedsWithCalls: number;
  seedsWithNights: number;
  failing: { seed: number; violations: string[] }[];
  /** Violations by invariant. */
  violations: Counts;
  faults: Counts;
  sometimes: Counts;
  crossings: Counts;
  answers: Counts;
  deeds: Counts;
  nights: Counts;
  overruns: Partial<Record<OverrunClass, OverrunTally>>;
};

/** How many rules ended how late: counted by tenths of a second, negative before the deadline. */
type OverrunTally = { byTenth: Counts; maxMs: number; seedOfMax: number };

/** Before any seed. */
export function emptyTally(): Tally {
  return {
    seeds: 0,
    twice: 0,
    differing: [],
    windows: 0,
    foreignEdits: 0,
    seedsWithCalls: 0,
    seedsWithNights: 0,
    failing: [],
    violations: {},
    faults: {},
    sometimes: {},
    crossings: {},
    answers: {},
    deeds: {},
    nights: {},
    overruns: {},
  };
}

/** Adds one seed to a tally. */
export function addSeed(tally: Tally, result: SeedResult): void {
  const { seed, hash, second, windows, foreignEdits, violations } = result;
  tally.seeds += 1;
  tally.windows += windows;
  tally.foreignEdits += foreignEdits;
  if (second !== null) tally.twice += 1;
  if (second !== null && second !== hash) tally.differing.push(seed);
  if (Object.keys(result.answers).length > 0) tally.seedsWithCalls += 1;
  if (Object.keys(result.nights).length > 0) tally.seedsWithNights += 1;
  if (violations.length > 0) {
    const told = violations.map(({ invariant, what }) => `${invariant}: ${what}`);
    tally.failing.push({ seed, violations: told });
  }
  for (const { invariant } of violations) addCounts(tally.violations, { [invariant]: 1 });
  addCounts(tally.faults, result.faults);
  addCounts(tally.sometimes, result.sometimes);
  addCounts(tally.crossings, result.crossings);
  addCounts(tally.answers, result.answers);
  addCounts(tally.deeds, result.deeds);
  addCounts(tally.nights, result.nights);
  for (const { kind, overrunMs } of result.overruns) {
    const one = (tally.overruns[kind] ??= { byTenth: {}, maxMs: -Infinity, seedOfMax: seed });
    addCounts(one.byTenth, { [Math.round(overrunMs / 100)]: 1 });
    if (overrunMs < one.maxMs || (overrunMs === one.maxMs && seed >= one.seedOfMax)) continue;
    Object.assign(one, { maxMs: overrunMs, seedOfMax: seed });
  }
}

function addCounts(sum: Counts, counts: Readonly<Counts>): void {
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
}

/** The most frequent first; equal ones by name. */
export function inOrder(counts: Readonly<Counts>): Counts {
  const byName = Object.entries(counts).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(byName.toSorted(([, one], [, other]) => other - one));
}

/** How many they are, and in seconds the value that so large a share of them stays below. */
export function sharesOf({ byTenth }: OverrunTally): {
  readonly count: number;
  readonly at: (share: number) => number;
} {
  const sorted = Object.entries(byTenth)
    .map(([tenth, count]) => ({ seconds: Number(tenth) / 10, count }))
    .toSorted((one, other) => one.seconds - other.seconds);
  const count = sorted.reduce((sum, one) => sum + one.count, 0);
  const at = (share: number): number => {
    let left = Math.min(count - 1, Math.floor(count * share));
    for (const one of sorted) {
      if (left < one.count) return one.seconds;
      left -= one.count;
    }
    return 0;
  };
  return { count, at };
}
