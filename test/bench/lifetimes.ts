import { installVirtualTime } from '../virtualTime';
import { faultsOf } from './counting';
import { createDoor } from './door';
import type { Layout } from './layouts';
import { playWindows, startAt, startProduct } from './playWindows';

/** One repetition. */
type Repetition = {
  seed: number;
  cpuMs: number;
  wallMs: number;
  virtualMs: number;
  requests: number;
};

/** From the event to the proof of closing, many windows at once, in time of our own CPU. */
export type LifetimeFigures = {
  layout: string;
  windows: number;
  warmUps: number;
  /** Lifetimes per second of CPU time (user and system, all threads): median of the repetitions. */
  perCpuSecond: number;
  perCpuSecondMin: number;
  perCpuSecondMax: number;
  /** Lifetimes per second of the wall clock: median. */
  perWallSecond: number;
  requestsPerLifetime: number;
  repetitions: Repetition[];
  faults: string[];
};

export type LifetimeOptions = { repetitions: number; warmUps: number };

/** Runs the layout so often, each time with another seed and everything made anew. */
export async function measureLifetimes(
  layout: Layout,
  { repetitions: count, warmUps }: LifetimeOptions,
): Promise<LifetimeFigures> {
  const faults: string[] = [];
  for (let at = 0; at < warmUps; at++) await playOnce(layout, 1_000 + at, faults);
  const repetitions: Repetition[] = [];
  for (let seed = 1; seed <= count; seed++) {
    repetitions.push(await playOnce(layout, seed, faults));
  }
  const windows = layout.scopes.length;
  const perCpu = sorted(repetitions.map(({ cpuMs }) => (windows * 1_000) / cpuMs));
  const perWall = sorted(repetitions.map(({ wallMs }) => (windows * 1_000) / wallMs));
  return {
    layout: layout.name,
    windows,
    warmUps,
    perCpuSecond: median(perCpu),
    perCpuSecondMin: perCpu[0] ?? 0,
    perCpuSecondMax: perCpu.at(-1) ?? 0,
    perWallSecond: median(perWall),
    requestsPerLifetime: median(sorted(repetitions.map(({ requests }) => requests / windows))),
    repetitions,
    faults,
  };
}

async function playOnce(layout: Layout, seed: number, faults: string[]): Promise<Repetition> {
  const time = installVirtualTime(startAt);
  const door = createDoor();
  // How often a caller may ask is another question than how fast we are; see the notes.
  const resourceManager = { isThrottled: false };
  const simulation = await startProduct(layout, { seed, resourceManager, onAnswer: door.onAnswer });
  try {
    globalThis.gc?.();
    const wallFrom = process.hrtime.bigint();
    const cpuFrom = process.cpuUsage();
    const virtualFrom = time.now();
    await playWindows(simulation, layout, time);
    const cpu = process.cpuUsage(cpuFrom);
    const wallMs = Number(process.hrtime.bigint() - wallFrom) / 1e6;
    const sent = door.sent();
    faults.push(
      ...faultsOf(layout.name, sent, layout.slotsPerWindow * layout.scopes.length),
      ...simulation.verdict().reasons,
    );
    return {
      seed,
      cpuMs: (cpu.user + cpu.system) / 1_000,
      wallMs,
      virtualMs: time.now() - virtualFrom,
      requests: sent.reads + sent.queries + sent.writes + sent.deletes,
    };
  } finally {
    await simulation.close();
    time.uninstall();
  }
}

function sorted(numbers: number[]): number[] {
  return numbers.toSorted((one, other) => one - other);
}

function median(ascending: number[]): number {
  const middle = ascending.length / 2;
  const upper = ascending[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((ascending[middle - 1] ?? 0) + upper) / 2 : upper;
}
