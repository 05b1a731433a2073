import { type ApiStage, openApiStage, type SendCall } from './apiStage';

/** How fast one kind of call is answered, one after the other on one core. */
export type CallFigures = {
  name: string;
  calls: number;
  /** Of the wall clock, which other work on the machine slows down; and of our own CPU time. */
  perSecond: number;
  perCpuSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Requests to Resource Manager for one answer. */
  requestsEach: number;
};

/** The heap under load. */
export type HeapFigures = {
  seconds: number;
  calls: number;
  /** After a collection; without one where the process may not ask for it. */
  isCollected: boolean;
  startMb: number;
  middleMb: number;
  endMb: number;
  /** Of a line through all samples. */
  slopeKbPer1000Calls: number;
};

export type ApiFigures = {
  windows: number;
  calls: CallFigures[];
  heap: HeapFigures;
  faults: string[];
};

export type ApiOptions = {
  /** Open windows. */
  windows: number;
  /** Calls of each kind that are timed. */
  calls: number;
  /** How long the heap is watched, seconds of the wall clock. */
  loadSeconds: number;
};

/** Lists and dry runs against so many open windows: times, then the heap under a load of both. */
export async function measureApi({ windows, calls, loadSeconds }: ApiOptions): Promise<ApiFigures> {
  const stage = await openApiStage(windows);
  try {
    const { listAll, listOwn, dryRun } = stage.calls;
    const faults = await faultsOf(stage, windows);
    const figures = [
      await timed(stage, 'list, by the administrator of all', listAll, 200, calls),
      await timed(stage, 'list, by the owner of a hundred', listOwn, 200, calls),
    ];
    await stage.makeRoom();
    figures.push(await timed(stage, 'request, dry run', dryRun, 202, calls));
    const heap = await watchHeap([listAll, listOwn, dryRun], loadSeconds);
    const { writes, deletes } = stage.door.sent();
    if (writes + deletes > 0) faults.push(`${writes} writes and ${deletes} deletes were sent.`);
    return { windows, calls: figures, heap, faults };
  } finally {
    await stage.close();
  }
}

/** A list that shows less than there is would be a fast one. */
async function faultsOf(stage: ApiStage, windows: number): Promise<string[]> {
  const all = await stage.listed('administrator');
  const own = await stage.listed('owner');
  return [
    ...(all === windows ? [] : [`The administrator is shown ${all} windows of ${windows}.`]),
    ...(own === Math.min(windows, 100) ? [] : [`The owner is shown ${own} windows.`]),
  ];
}

const msOf = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e6;

async function timed(
  { door }: ApiStage,
  name: string,
  send: SendCall,
  wanted: number,
  count: number,
): Promise<CallFigures> {
  // The first ones are dearer: code is not compiled yet.
  for (let at = 0; at < Math.ceil(count / 5); at++) await expectStatus(send, wanted, name);
  door.forget();
  const took: number[] = [];
  const cpuFrom = process.cpuUsage();
  const began = process.hrtime.bigint();
  for (let at = 0; at < count; at++) {
    const from = process.hrtime.bigint();
    await expectStatus(send, wanted, name);
    took.push(msOf(from));
  }
  const wallMs = msOf(began);
  const cpu = process.cpuUsage(cpuFrom);
  const { reads, queries, writes, deletes } = door.sent();
  const sorted = took.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    name,
    calls: count,
    perSecond: (count * 1_000) / wallMs,
    perCpuSecond: (count * 1e6) / (cpu.user + cpu.system),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: sorted.at(-1) ?? 0,
    requestsEach: (reads + queries + writes + deletes) / count,
  };
}

async function expectStatus(send: SendCall, wanted: number, name: string): Promise<void> {
  const status = await send();
  if (status !== wanted) throw new Error(`${name} was answered ${status}.`);
}

type Sample = { readonly calls: number; readonly mb: number };

const samplesWanted = 12;

/** Calls of all kinds in turn for so long; the heap is looked at a dozen times, after a collection. */
async function watchHeap(sends: readonly SendCall[], seconds: number): Promise<HeapFigures> {
  const everyMs = (seconds * 1_000) / samplesWanted;
  // What is built once, and what the opening of the stage left behind, is no growth.
  const warm = process.hrtime.bigint();
  while (msOf(warm) < everyMs) for (const send of sends) await send();
  const began = process.hrtime.bigint();
  const samples: Sample[] = [{ calls: 0, mb: heapMb() }];
  let calls = 0;
  while (samples.length <= samplesWanted) {
    for (const send of sends) await send();
    calls += sends.length;
    if (msOf(began) >= samples.length * everyMs) samples.push({ calls, mb: heapMb() });
  }
  const mb = (at: number): number => samples.at(at)?.mb ?? 0;
  return {
    seconds,
    calls,
    isCollected: global.gc !== undefined,
    startMb: mb(0),
    middleMb: mb(samplesWanted / 2),
    endMb: mb(-1),
    slopeKbPer1000Calls: slopeOf(samples) * 1_024 * 1_000,
  };
}

function heapMb(): number {
  // What finalizers let go of is collected by the second one.
  global.gc?.();
  global.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** MB per call, by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number): number =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [calls, mb] = [mean((one) => one.calls), mean((one) => one.mb)];
  const spread = samples.reduce((sum, one) => sum + (one.calls - calls) ** 2, 0);
  const together = samples.reduce((sum, one) => sum + (one.calls - calls) * (one.mb - mb), 0);
  return spread === 0 ? 0 : together / spread;
}
