import { feedWorkers } from '../simulation/feed';
import { playStorm, type StormReport, stormsOf } from './storms';

/** One storm to be played: its place among those of so many windows. */
type StormTask = { readonly windows: number; readonly at: number; readonly seed: number };
type StormResult = { readonly at: number; readonly report: StormReport };

/** The argument that makes a process of the program a worker. */
export const stormWorker = '--storm-worker';

/** What a worker process does. */
export function serveAsStormWorker(): void {
  process.on('message', ({ windows, at, seed }: StormTask) => {
    const storm = stormsOf(windows)[at];
    if (storm === undefined) throw new Error(`There is no storm ${at}.`);
    void playStorm(storm, seed).then((report) => process.send?.({ at, report }));
  });
}

/** Which storms are played, and how. */
export type StormPlan = {
  readonly windows: number;
  readonly seed: number;
  /** A part of their names. */
  readonly only: string;
  readonly workers: number;
};

/**
 * Plays the storms on so many processes of this very program, `onBegin` and `onReport` told as they
 * come. Answers the reports in the order of the storms.
 */
export async function playStorms(
  program: string,
  { windows, seed, only, workers }: StormPlan,
  onBegin: (name: string) => void,
  onReport: (reports: readonly StormReport[]) => void,
): Promise<StormReport[]> {
  const names = stormsOf(windows).map(({ name }) => name);
  const left = names.flatMap((name, at) => (name.includes(only) ? [{ windows, at, seed }] : []));
  const reports = new Map<number, StormReport>();
  const inOrder = (): StormReport[] => names.flatMap((_name, at) => reports.get(at) ?? []);
  const kind = { program, argument: stormWorker, count: Math.min(workers, left.length) };
  const take = (): StormTask | undefined => {
    const task = left.shift();
    if (task !== undefined) onBegin(names[task.at] ?? '');
    return task;
  };
  const heard = ({ at, report }: StormResult): void => {
    reports.set(at, report);
    onReport(inOrder());
  };
  await feedWorkers(kind, take, heard);
  return inOrder();
}
