import type { World } from '../../shared/ports/world';
import type { Simulation } from '../support/simulatedAzure';
import { starterOf } from '../support/starterOf';
import { installVirtualTime, type VirtualTime } from '../virtualTime';
import { faultsOf } from './counting';
import { createDoor, type Door } from './door';
import type { Layout } from './layouts';
import { activationMs, playWindows, startAt, startProduct } from './playWindows';

/** One repetition. */
type Repetition = {
  cpuMs: number;
  wallMs: number;
  virtualMs: number;
  requests: number;
  steps: number;
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
  /** Activities that the sleepers of one lifetime call. */
  stepsPerLifetime: number;
  /** CPU time of one read of an NSG through adapter, SDK and local Resource Manager, nothing else. */
  bareReadMs: number;
  /** CPU time of a sleeper that is started for nothing: a start, two episodes, a step without work. */
  bareStepMs: number;
  /** Lifetimes per second of CPU time if they were bare reads and bare steps and nothing else. */
  ceilingPerCpuSecond: number;
  repetitions: Repetition[];
  faults: string[];
};

export type LifetimeOptions = { repetitions: number; warmUps: number };

/** Plays the layout so often, one batch of windows after the other, on one product. */
export async function measureLifetimes(
  layout: Layout,
  { repetitions: count, warmUps }: LifetimeOptions,
): Promise<LifetimeFigures> {
  const bench = await startBench(layout);
  try {
    for (let at = 0; at < warmUps; at++) await playOnce(bench);
    const repetitions: Repetition[] = [];
    for (let at = 0; at < count; at++) repetitions.push(await playOnce(bench));
    const faults = faultsAfter(bench, warmUps + count);
    const bare = { readMs: await bareReadMs(bench), stepMs: await bareStepMs(bench) };
    return figuresOf(layout, warmUps, repetitions, bare, faults);
  } finally {
    bench.door.close();
    await bench.simulation.close();
    bench.time.uninstall();
  }
}

type Bench = {
  layout: Layout;
  time: VirtualTime;
  door: Door;
  simulation: Simulation;
  world: World;
  /** Activities called so far. */
  steps: () => number;
};

async function startBench(layout: Layout): Promise<Bench> {
  const time = installVirtualTime(startAt);
  const door = createDoor();
  // How often a caller may ask is another question than how fast we are; see the notes.
  const resourceManager = { isThrottled: false };
  let world: World | undefined;
  let steps = 0;
  const simulation = await startProduct(layout, {
    resourceManager,
    onAnswer: door.onAnswer,
    trace: ({ kind }) => {
      if (kind === 'activity') steps += 1;
    },
    wrapWorld: (built) => {
      world = built;
      return built;
    },
  });
  if (world === undefined) throw new Error('The simulation built no world.');
  return { layout, time, door, simulation, world, steps: () => steps };
}

const bareReads = 1_000;

async function bareReadMs({ layout, world }: Bench): Promise<number> {
  const nsgId = layout.estate().networkSecurityGroups[0]?.id ?? '';
  return cpuMsOf(bareReads, async () => {
    for (let at = 0; at < bareReads; at++) {
      if ((await world.network.readNsg(nsgId)) === null) throw new Error(`${nsgId} is not there.`);
    }
  });
}

/** Sleepers of windows that do not exist: each looks once, finds no row and ends. */
const bareSteps = 500;

async function bareStepMs({ simulation, time, steps }: Bench): Promise<number> {
  const before = steps();
  const starter = starterOf(simulation);
  const stepMs = await cpuMsOf(bareSteps, async () => {
    for (let at = 0; at < bareSteps; at++) {
      const id = `nobody${at}`;
      await starter.start('accessWindow', id, { id, successor: 0 });
    }
    await time.pass(1_000);
  });
  if (steps() - before !== bareSteps) throw new Error('Not every bare step was taken.');
  return stepMs;
}

async function cpuMsOf(count: number, work: () => Promise<void>): Promise<number> {
  const cpuFrom = process.cpuUsage();
  await work();
  const cpu = process.cpuUsage(cpuFrom);
  return (cpu.user + cpu.system) / 1_000 / count;
}

/**
 * One batch; what its activations' ends bring about later is let pass before the next, untimed. No
 * forced garbage collection between batches: it would throw compiled code away with the garbage.
 */
async function playOnce({ layout, time, door, simulation, steps }: Bench): Promise<Repetition> {
  const sentBefore = totalOf(door);
  const stepsBefore = steps();
  const virtualFrom = time.now();
  const wallFrom = process.hrtime.bigint();
  const cpuFrom = process.cpuUsage();
  await playWindows(simulation, layout, time);
  const cpu = process.cpuUsage(cpuFrom);
  const wallMs = Number(process.hrtime.bigint() - wallFrom) / 1e6;
  const repetition = {
    cpuMs: (cpu.user + cpu.system) / 1_000,
    wallMs,
    virtualMs: time.now() - virtualFrom,
    requests: totalOf(door) - sentBefore,
    steps: steps() - stepsBefore,
  };
  // A whole number of minutes: every batch meets the two timers at the same seconds.
  await time.pass(2 * activationMs - repetition.virtualMs);
  return repetition;
}

function totalOf(door: Door): number {
  const { reads, queries, writes, deletes } = door.sent();
  return reads + queries + writes + deletes;
}

function faultsAfter({ layout, door, simulation }: Bench, batches: number): string[] {
  const slots = batches * layout.slotsPerWindow * layout.scopes.length;
  return [...faultsOf(layout.name, door.sent(), slots), ...simulation.verdict().reasons];
}

function figuresOf(
  layout: Layout,
  warmUps: number,
  repetitions: Repetition[],
  bare: { readonly readMs: number; readonly stepMs: number },
  faults: string[],
): LifetimeFigures {
  const windows = layout.scopes.length;
  const requests = median(sorted(repetitions.map((one) => one.requests / windows)));
  const steps = median(sorted(repetitions.map((one) => one.steps / windows)));
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
    requestsPerLifetime: requests,
    stepsPerLifetime: steps,
    bareReadMs: bare.readMs,
    bareStepMs: bare.stepMs,
    ceilingPerCpuSecond: 1_000 / (requests * bare.readMs + steps * bare.stepMs),
    repetitions,
    faults,
  };
}

function sorted(numbers: number[]): number[] {
  return numbers.toSorted((one, other) => one - other);
}

function median(ascending: number[]): number {
  const middle = ascending.length / 2;
  const upper = ascending[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((ascending[middle - 1] ?? 0) + upper) / 2 : upper;
}
