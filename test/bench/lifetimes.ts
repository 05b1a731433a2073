import type { World } from '../../shared/ports/world';
import type { Simulation } from '../support/simulatedAzure';
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
  /** CPU time of one read of an NSG through adapter, SDK and local Resource Manager, nothing else. */
  bareReadMs: number;
  /** CPU time of a lifetime / that of as many bare reads as it has requests: 1 cannot be reached. */
  lifetimeToItsReads: number;
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
    return figuresOf(layout, warmUps, repetitions, await bareReadMs(bench), faults);
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
  network: World['network'];
};

async function startBench(layout: Layout): Promise<Bench> {
  const time = installVirtualTime(startAt);
  const door = createDoor();
  // How often a caller may ask is another question than how fast we are; see the notes.
  const resourceManager = { isThrottled: false };
  let network: World['network'] | undefined;
  const simulation = await startProduct(layout, {
    resourceManager,
    onAnswer: door.onAnswer,
    wrapWorld: (world) => {
      ({ network } = world);
      return world;
    },
  });
  if (network === undefined) throw new Error('The simulation built no world.');
  return { layout, time, door, simulation, network };
}

const bareReads = 1_000;

async function bareReadMs({ layout, network }: Bench): Promise<number> {
  const nsgId = layout.estate().networkSecurityGroups[0]?.id ?? '';
  const cpuFrom = process.cpuUsage();
  for (let at = 0; at < bareReads; at++) {
    if ((await network.readNsg(nsgId)) === null) throw new Error(`${nsgId} cannot be read.`);
  }
  const cpu = process.cpuUsage(cpuFrom);
  return (cpu.user + cpu.system) / 1_000 / bareReads;
}

/**
 * One batch; what its activations' ends bring about later is let pass before the next, untimed. No
 * forced garbage collection between batches: it would throw compiled code away with the garbage.
 */
async function playOnce({ layout, time, door, simulation }: Bench): Promise<Repetition> {
  const sentBefore = totalOf(door);
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
  readMs: number,
  faults: string[],
): LifetimeFigures {
  const windows = layout.scopes.length;
  const requests = median(sorted(repetitions.map((one) => one.requests / windows)));
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
    bareReadMs: readMs,
    lifetimeToItsReads: 1_000 / median(perCpu) / (requests * readMs),
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
