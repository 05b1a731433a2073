import type { Simulation } from '../support/simulatedAzure';
import type { SimulatedClock } from './clock';
import { isIdle } from './idle';
import type { Night } from './night/night';
import type { EstateWatch } from './oracle/watch';
import type { RunOptions } from './run';
import type { Affliction, Skew } from './stage';
import { minute } from './units';

type Parts = {
  readonly clock: SimulatedClock;
  readonly simulation: Simulation;
  readonly skew: Skew;
  readonly watch: EstateWatch;
  readonly night: Night | undefined;
  readonly afflictions: readonly Affliction[];
  readonly options: RunOptions;
};

/** Within this time after the last end and after faults have stopped, everything must be at rest. */
const restMs = 8 * 60_000;
const quietMsDefault = 30 * 60_000;

/** Faults have stopped: now everything must close, and then nothing may be written any more. */
export async function comeToRest(parts: Parts): Promise<void> {
  const { clock, simulation, skew, watch, night, afflictions, options } = parts;
  simulation.azure.resourceManager.faults.clear();
  Object.assign(simulation.azure.eventGrid.knobs, {
    lossChance: 0,
    delayMs: 0,
    duplicateChance: 0,
  });
  skew.set(0);
  const last = Math.max(...simulation.azure.pim.truth().map(({ endAt }) => Date.parse(endAt)), 0);
  const felt = Math.max(...afflictions.map(({ untilMs }) => untilMs), 0);
  const restAt = Math.max(clock.now(), last, felt) + restMs;
  if (options.restsEarly !== true) await clock.runUntil(restAt);
  // Whoever was told to ask again in an hour does so, and is done with it then.
  const isPatient = afflictions.some(({ kind }) => kind.startsWith('429 Retry-After 3600'));
  const lastMs = restAt + (isPatient ? 3_600_000 : 0);
  while (clock.now() < lastMs && !(await isIdle(simulation))) {
    await clock.runUntil(clock.now() + minute);
  }
  await night?.comeToRest();
  const { live, windows } = simulation.ledger();
  watch.rest({
    // Of a window that is over it may still be asked who ended it, a quarter of an hour long.
    live: (await live.list()).flatMap(({ row }) => (row.kind === 'ended' ? [] : [row.id])),
    open: (await windows.list()).flatMap(({ row }) => (row.concludedAt === null ? [row.id] : [])),
  });
  await clock.runUntil(clock.now() + (options.quietMs ?? quietMsDefault));
  watch.quiet();
}
