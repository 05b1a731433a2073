import type { Crossing, CrossingKind, Decide } from '../boundaries';
import type { Violation } from '../oracle/judge';
import type { Outcome, RunOptions } from '../run';
import { playSafely } from '../seeds';
import { strikeOf, type Way, waysOf } from './kinds';
import type { Workload } from './workloads';

/** Which way of which crossing: plain data, the same in every process. */
export type Aim = {
  /** The crossing's number in a run that was struck by the aims before this one. */
  readonly n: number;
  /** The index of the way among `waysOf` this crossing. */
  readonly way: number;
};

/** A crossing as it is remembered: enough to know the ways of striking it. */
export type Place = Pick<Crossing, 'n' | 'kind' | 'name'>;

/** What came of a run that was struck, as plain data. */
export type Played = {
  readonly aims: readonly Aim[];
  /** The same in words. */
  readonly strikes: readonly string[];
  readonly violations: readonly Violation[];
  /** True where every strike took effect. */
  readonly took: boolean;
  /** The last rule's end minus its deadline; `null` where no rule stood. */
  readonly overrunMs: number | null;
};

/** Nothing may be written for so long at the end. */
const quietMs = 90_000;

/** Plays a workload with these strikes, and remembers the places that can be struck. */
export async function play(
  workload: Workload,
  aims: readonly Aim[],
  options: Pick<RunOptions, 'trace'> = {},
): Promise<{ played: Played; places: Place[]; outcome: Outcome }> {
  const { plan } = workload;
  const places: Place[] = [];
  const names: string[] = [];
  const decide: Decide = (crossing) => {
    const { n, kind, name, atMs } = crossing;
    if (atMs < plan.startMs + plan.calmAtMs) places.push({ n, kind, name });
    const aim = aims.find((one) => one.n === n);
    if (aim === undefined) return undefined;
    const way = waysOf(crossing)[aim.way];
    if (way === undefined) throw new Error(`Crossing ${n} has no way ${aim.way}.`);
    names.push(`${n} ${kind} ${name}: ${way.fault} (${way.at})`);
    return { ...strikeOf(way), id: n };
  };
  const outcome = await playSafely(plan, {
    ...workload.options,
    ...options,
    decide,
    quietMs,
    restsEarly: true,
  });
  const overruns = outcome.judgement.overruns.map((one) => one.overrunMs);
  const overrunMs = overruns.length === 0 ? null : Math.max(...overruns);
  const took = new Set(outcome.afflictions.map(({ id }) => id));
  const played = {
    aims,
    strikes: names,
    violations: [...outcome.judgement.violations, ...lateness(overrunMs, plan.startMs)],
    took: aims.every(({ n }) => took.has(n)),
    overrunMs,
  };
  return { played, places, outcome };
}

/** Resource Manager is healthy but for one request or two: that excuses nobody for being late. */
function lateness(overrunMs: number | null, atMs: number): Violation[] {
  if (overrunMs === null || overrunMs < 0) return [];
  return [{ invariant: 'in time', what: `a rule stood ${overrunMs} ms past its end`, atMs }];
}

/**
 * All aims at these places. Dying after a crossing is dying before the next one, by the very
 * definition of the moment: those are counted, and played once.
 */
export function aimsAt(places: readonly Place[]): { aims: Aim[]; coinciding: number } {
  const all = places.flatMap((place) =>
    waysAt(place).map((way, index) => ({ aim: { n: place.n, way: index }, way })),
  );
  const aims = all.filter(({ way }) => way.at !== 'after').map(({ aim }) => aim);
  return { aims, coinciding: all.length - aims.length };
}

/** The aims that pairs are made of. */
export function pairedAimsAt(places: readonly Place[]): Aim[] {
  return places.flatMap((place) =>
    waysAt(place).flatMap((way, index) => (way.isPaired ? [{ n: place.n, way: index }] : [])),
  );
}

function waysAt(place: Place): Way[] {
  return waysOf({ ...place, atMs: 0, subject: '', input: undefined });
}

/** How many places there are of each kind. */
export function countPlaces(places: readonly Place[]): Partial<Record<CrossingKind, number>> {
  const counts: Partial<Record<CrossingKind, number>> = {};
  for (const { kind } of places) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What happened in a run that was struck, as people read it. */
export async function tell(workload: Workload, aims: readonly Aim[]): Promise<string> {
  const { outcome, played } = await play(workload, aims, { trace: true });
  const told = outcome.lines.filter(
    (line) =>
      /^[\d.]+ (?:visit|fault|host|log)/.test(line) && !/log (?:sweep|reconcile)\.done/.test(line),
  );
  return [
    `${workload.name} (${workload.tells}), struck at ${JSON.stringify(aims)}`,
    ...played.strikes.map((name) => `  strike ${name}`),
    ...told.map((line) => `  ${line}`),
    ...played.violations.map(({ invariant, what }) => `  ${invariant}: ${what}`),
  ].join('\n');
}
