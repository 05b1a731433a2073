import { feedWorkers } from './feed';
import { playSeed, type SeedResult } from './seeds';

type Task = { seeds: number[]; twiceBelow: number; quietMs: number };

const chunk = 8;

/** What a worker process does: plays what it is sent, and tells what came of each seed. */
export function serveAsWorker(): void {
  // A terminal sends it to every process: the one that hands out the seeds decides.
  process.on('SIGINT', () => undefined);
  process.on('message', (task: Task) => {
    void work(task);
  });
}

async function work({ seeds, twiceBelow, quietMs }: Task): Promise<void> {
  const results: SeedResult[] = [];
  for (const seed of seeds) {
    results.push(await playSeed(seed, { twice: seed < twiceBelow, quietMs }));
  }
  process.send?.(results);
}

/** Which seeds are played, and how. */
export type PlayOptions = {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  /** So many of the first ones are played a second time. */
  readonly twice: number;
  readonly quietMs: number;
  readonly untilViolation: boolean;
  /** Aborted: what is being played is played to its end, and nothing more is begun. */
  readonly signal?: AbortSignal;
  /** Seeds that have been played already. */
  readonly isDone?: (seed: number) => boolean;
  /** The Node that plays them; this one if absent. */
  readonly execPath?: string;
};

/** Plays all seeds on so many processes of this very program. */
export async function playSeeds(
  program: string,
  options: PlayOptions,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  const { from, seeds, workers, twice, quietMs, untilViolation, signal, ...rest } = options;
  const { isDone = () => false, ...runtime } = rest;
  let next = from;
  let isOver = false;
  const take = (): Task | undefined => {
    if (isOver || signal?.aborted === true) return undefined;
    const taken: number[] = [];
    for (; taken.length < chunk && next < from + seeds; next += 1) {
      if (!isDone(next)) taken.push(next);
    }
    return taken.length === 0 ? undefined : { seeds: taken, twiceBelow: from + twice, quietMs };
  };
  const heard = (result: SeedResult): void => {
    if (untilViolation && result.violations.length > 0) isOver = true;
    onResult(result);
  };
  const kind = { program, argument: '--worker', count: workers, runtime };
  await feedWorkers(kind, take, (results: SeedResult[]) => results.forEach(heard));
}
