import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { startNightApp, type NightApp } from '../../support/nightApp';
import { boundMs } from './boundMs';
import { createMeasuredLedger, type LargestRow } from './measuredLedger';
import type { NightLayout } from './nightLayouts';
import { nightWrites, type NightWrites } from './nightWrites';
import { openNight, type OpenNight } from './openNight';
import { judgeOutcomes, type OutcomeFigures } from './outcomes';

/** What our app made of a night. Times in ms of virtual time, from when the night's timer fired. */
export type OurNight = {
  readonly boundMs: number;
  /** `null`: the bound is so short that what a run takes to begin and to list is most of it. */
  readonly toBound: number | null;
  readonly writes: NightWrites;
  /** When the run was over: nothing is awaited any more. */
  readonly overMs: number;
  readonly kills: number;
  /** GETs of VMs, extensions and lists; and what Resource Graph was asked. */
  readonly reads: number;
  readonly readsEach: number;
  readonly queries: number;
  readonly outcomes: OutcomeFigures;
  readonly largestRow: LargestRow;
  readonly wallS: number;
  readonly cpuS: number;
};

const overMaxMs = 6 * 3_600_000;
const boundMsMin = 60_000;

/** Plays it: the real app with the real clients, from the night's timer to the run's end. */
export async function playOurs(layout: NightLayout, seed: number): Promise<OurNight> {
  const night = openNight(layout, seed);
  const wallFrom = process.hrtime.bigint();
  const cpuFrom = process.cpuUsage();
  try {
    const { ledger, largest } = createMeasuredLedger();
    let reads = 0;
    let queries = 0;
    const app = startNightApp(night.azure, {
      ledger,
      rules: {
        scopes: night.estate.subscriptions.map((one) => `/subscriptions/${one.subscriptionId}`),
      },
      onAnswer: ({ method }: PipelineRequest) => {
        if (method === 'GET') reads += 1;
        if (method === 'POST') queries += 1;
      },
    });
    const { runId, kills } = await untilDone(app, night);
    const overMs = night.time.now() - night.beganAt;
    app.kill();
    const writes = nightWrites(night.records(), night.beganAt);
    const bound = boundMs(layout);
    const cpu = process.cpuUsage(cpuFrom);
    return {
      boundMs: bound,
      toBound: bound < boundMsMin ? null : writes.lastFirstMs / bound,
      writes,
      overMs,
      kills,
      reads,
      readsEach: reads / layout.vms,
      queries,
      outcomes: await judgeOutcomes(night, ledger, runId),
      largestRow: largest(),
      wallS: Number(process.hrtime.bigint() - wallFrom) / 1e9,
      cpuS: (cpu.user + cpu.system) / 1e6,
    };
  } finally {
    night.close();
  }
}

/** Begins the night and lets time pass until its run is over, its process dying as often as it must. */
async function untilDone(
  app: NightApp,
  { time, layout }: OpenNight,
): Promise<{ runId: string; kills: number }> {
  let kills = 0;
  const every = layout.trouble?.killEveryMs;
  const killing = setInterval(() => {
    app.kill();
    app.start();
    kills += 1;
  }, every ?? overMaxMs);
  await app.startNight();
  let runId: string | undefined;
  let read = 0;
  const isDone = (): boolean => {
    for (; read < app.logs.length; read++) {
      const { event, run } = app.logs[read] ?? {};
      if (event === 'remediation.done') runId = String(run);
    }
    return runId !== undefined;
  };
  await time.passUntil(isDone, overMaxMs);
  clearInterval(killing);
  return { runId: runId ?? '', kills };
}
