import { feedWorkers } from '../feed';
import { type Aim, pairedAimsAt, play, type Played } from './play';
import { workloads, type Workload } from './workloads';

/** Strikes to be played: alone, or each with every one that can follow it. */
export type CrashTask = {
  readonly workload: string;
  readonly first: readonly Aim[];
  readonly pairs: boolean;
  /** Of the pairs only each `of`th, beginning with number `part`, from 1. */
  readonly part: number;
  readonly of: number;
};

/** What came of one task: runs added up, and those that failed. */
export type CrashResult = {
  readonly workload: string;
  readonly played: number;
  /** Runs in which a strike found nothing to strike. */
  readonly missed: number;
  readonly overrunMs: number | null;
  readonly failed: readonly Played[];
};

/** The argument that makes a process of the program a worker. */
export const crashWorker = '--crash-worker';

/** What a worker process does. */
export function serveAsCrashWorker(): void {
  process.on('message', (task: CrashTask) => {
    void carryOut(task).then((result) => process.send?.(result));
  });
}

/** The workload of a name. Throws where there is none. */
export function workloadNamed(name: string): Workload {
  const workload = workloads.find((one) => one.name === name);
  if (workload !== undefined) return workload;
  const names = workloads.map((one) => one.name).join(', ');
  throw new Error(`There is no workload "${name}", but ${names}.`);
}

async function carryOut({
  workload: name,
  first,
  pairs,
  part,
  of,
}: CrashTask): Promise<CrashResult> {
  const workload = workloadNamed(name);
  const all: Played[] = [];
  for (const aim of first) {
    const { played, places } = await play(workload, [aim]);
    if (!pairs) {
      all.push(played);
      continue;
    }
    // The second strikes whatever the first has led to, its recovery included.
    const seconds = pairedAimsAt(places.filter(({ n }) => n > aim.n));
    const mine = seconds.filter((_second, at) => (at + aim.n) % of === part - 1);
    for (const second of mine) all.push((await play(workload, [aim, second])).played);
  }
  return sum(name, all);
}

function sum(workload: string, all: readonly Played[]): CrashResult {
  const overruns = all.flatMap(({ overrunMs }) => (overrunMs === null ? [] : [overrunMs]));
  return {
    workload,
    played: all.length,
    missed: all.filter(({ took }) => !took).length,
    overrunMs: overruns.length === 0 ? null : Math.max(...overruns),
    failed: all.filter(({ violations }) => violations.length > 0),
  };
}

/** Has all tasks carried out by so many processes of this very program. */
export async function carryOutAll(
  program: string,
  workers: number,
  tasks: readonly CrashTask[],
  onResult: (result: CrashResult) => void,
): Promise<void> {
  const left = [...tasks];
  const kind = { program, argument: crashWorker, count: Math.min(workers, tasks.length) };
  await feedWorkers(kind, () => left.shift(), onResult);
}
