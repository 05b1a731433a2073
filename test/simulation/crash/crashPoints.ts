import Table from 'cli-table3';
import {
  aimsAt,
  countPlaces,
  pairedAimsAt,
  play,
  type Aim,
  type Place,
  type Played,
  tell,
} from './play';
import { carryOutAll, type CrashResult, type CrashTask, workloadNamed } from './workers';
import { workloads } from './workloads';

/** What `--crash-points` was asked for. */
export type CrashOptions = {
  /** The names of those that are played; all if absent. */
  readonly workload?: readonly string[];
  readonly singles: boolean;
  readonly pairs: boolean;
  readonly part: { readonly part: number; readonly of: number };
  readonly workers: number;
};

type Count = { played: number; missed: number; seconds: number; failed: Played[] };

/** One workload's line of the table. */
export type CrashReport = {
  readonly workload: string;
  readonly boundaries: ReturnType<typeof countPlaces>;
  /** Ways of striking one boundary; `coinciding` of them are another one's, and played once. */
  readonly points: number;
  readonly coinciding: number;
  /** Points that pairs begin with. */
  readonly paired: number;
  readonly singles: Count | null;
  readonly pairs: Count | null;
  /** Seconds past the end, of the latest rule; negative: before it. */
  overrunMs: number | null;
};

/** So many failures are listed. */
const linesMost = 40;

/** So many strikes are given to a worker at once. */
const chunk = 12;
/** Progress is told after so many tasks: that many first strikes of pairs, or chunks of singles. */
const toldAfter = 50;

/** Plays every crash point of every workload. `say` is told of progress. */
export async function crashPoints(
  program: string,
  options: CrashOptions,
  say: (text: string) => void,
): Promise<CrashReport[]> {
  const chosen = options.workload?.map(workloadNamed) ?? workloads;
  const reports: CrashReport[] = [];
  for (const workload of chosen) {
    const { played, places } = await play(workload, []);
    if (played.violations.length > 0) throw new Error(await tell(workload, []));
    const report = await strikeAll(program, workload.name, places, options, say);
    reports.push({ ...report, overrunMs: later(report.overrunMs, played.overrunMs) });
    say(`${workload.name}: ${describe(report.singles)} singles, ${describe(report.pairs)} pairs\n`);
  }
  return reports;
}

async function strikeAll(
  program: string,
  workload: string,
  places: readonly Place[],
  { singles, pairs, part, workers }: CrashOptions,
  say: (text: string) => void,
): Promise<CrashReport> {
  const { aims, coinciding } = aimsAt(places);
  const paired = pairedAimsAt(places);
  let overrunMs: number | null = null;
  const strike = async (first: readonly Aim[], isPairs: boolean): Promise<Count> => {
    const began = process.hrtime.bigint();
    const size = isPairs ? 1 : chunk;
    const tasks = Array.from(
      { length: Math.ceil(first.length / size) },
      (_item, at): CrashTask => ({
        workload,
        first: first.slice(at * size, (at + 1) * size),
        pairs: isPairs,
        ...part,
      }),
    );
    const results: CrashResult[] = [];
    await carryOutAll(program, workers, tasks, (result) => {
      results.push(result);
      if (results.length % toldAfter === 0)
        say(`${workload}: ${results.length} of ${tasks.length}\n`);
    });
    for (const result of results) overrunMs = later(overrunMs, result.overrunMs);
    return {
      played: results.reduce((sum, { played }) => sum + played, 0),
      missed: results.reduce((sum, { missed }) => sum + missed, 0),
      seconds: Math.round(Number(process.hrtime.bigint() - began) / 1e9),
      failed: results.flatMap(({ failed }) => failed),
    };
  };
  const alone = singles ? await strike(aims, false) : null;
  const both = pairs ? await strike(paired, true) : null;
  return {
    workload,
    boundaries: countPlaces(places),
    points: aims.length + coinciding,
    coinciding,
    paired: paired.length,
    singles: alone,
    pairs: both,
    overrunMs,
  };
}

function later(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

function describe(count: Count | null): string {
  if (count === null) return 'no';
  return `${count.played} (${count.failed.length} failed, ${count.seconds} s)`;
}

/** True where nothing was violated. */
export function isUnbroken(reports: readonly CrashReport[]): boolean {
  return failuresOf(reports).length === 0;
}

function failuresOf(reports: readonly CrashReport[]): { workload: string; played: Played }[] {
  return reports.flatMap(({ workload, singles, pairs }) =>
    [...(singles?.failed ?? []), ...(pairs?.failed ?? [])].map((played) => ({ workload, played })),
  );
}

/** The stories of the first failures, one for each invariant and workload. */
export async function crashStories(
  reports: readonly CrashReport[],
  most: number,
): Promise<string[]> {
  const told = new Map<string, { workload: string; played: Played }>();
  for (const failure of failuresOf(reports)) {
    const key = `${failure.workload} ${failure.played.violations[0]?.invariant}`;
    if (!told.has(key)) told.set(key, failure);
  }
  const stories: string[] = [];
  for (const { workload, played } of [...told.values()].slice(0, most)) {
    stories.push(await tell(workloadNamed(workload), played.aims));
  }
  return stories;
}

/** The reports as a table, and what the numbers mean. */
export function printCrashPoints(reports: readonly CrashReport[], { part }: CrashOptions): string {
  const columns = ['points', 'played once', 'singles', 'pair points', 'pairs', 'violations'];
  const table = new Table({
    head: ['workload', 'boundaries', ...columns, 'missed', 'latest end (s)', 'seconds'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of reports) table.push(rowOf(one));
  const share = part.of === 1 ? '' : ` Of the pairs, part ${part.part} of ${part.of} was played.`;
  const failed = failuresOf(reports).map(
    ({ workload, played: { strikes, violations } }) =>
      `${workload}: ${strikes.join(', then ')}: ${violations[0]?.invariant}`,
  );
  return [table.toString(), `${meaning}${share}`, ...failed.slice(0, linesMost)].join('\n');
}

const meaning = `A point is a boundary, a moment (before, unacknowledged, after) and a fault. "Played once": a death
after a boundary is the death before the next. Singles are all points. Pairs are every pair point of
the bare run, each followed by every pair point of the run that it leads to; pair points are the
faults and deaths at what changes ledger, network or task hub: between two such changes all deaths
are one. "Missed": a strike found nothing to strike. "Latest end": of a rule, after its deadline.`;

function rowOf(report: CrashReport): string[] {
  const { workload, boundaries, points, coinciding, paired, singles, pairs, overrunMs } = report;
  const of = (key: 'played' | 'missed' | 'seconds'): number =>
    (singles?.[key] ?? 0) + (pairs?.[key] ?? 0);
  const failed = (singles?.failed.length ?? 0) + (pairs?.failed.length ?? 0);
  return [
    workload,
    Object.entries(boundaries)
      .map(([kind, count]) => `${kind} ${count}`)
      .join('\n'),
    String(points),
    String(coinciding),
    singles === null ? '-' : String(singles.played),
    String(paired),
    pairs === null ? '-' : String(pairs.played),
    String(failed),
    String(of('missed')),
    overrunMs === null ? '-' : (overrunMs / 1_000).toFixed(1),
    String(of('seconds')),
  ];
}
