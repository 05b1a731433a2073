import { Fault } from '../../shared/domain/fault';
import { skewMaxMs } from '../../shared/domain/instant';
import type { Sighting } from '../../shared/domain/intake/sighting';
import type { Policy } from '../../shared/domain/policy/policy';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { eachOf } from '../activities/window/eachOf';
import { ledgerBornAt } from '../../shared/ledgerBornAt';
import { sightedByIndex } from './sightedByIndex';
import { sightedByLists } from './sightedByLists';
import { hasTime, type ReconcileRun } from './reconcileRun';
import { takeUp } from './takeUp';

/** Activations looked at side by side, and begun in one run: the next run goes on. */
const width = 8;
const takenUpMax = 100;
/** After a 429: how long discovery rests at least, doubled with each in a row, and at most. */
const restMs = 60_000;
const restMaxMs = 600_000;

/**
 * Finds activations that nobody told of, and takes each up as its event would have been. With
 * events switched off this alone opens windows, within one run of the index showing them.
 */
export async function discover(run: ReconcileRun): Promise<void> {
  const { world, memory, tally } = run;
  const { opening, clock, log, budget } = world;
  if ('faults' in opening || !hasTime(run)) return;
  // What closes may need is left to them.
  if (budget.queryPauseMs() > 0 || budget.pauseMs('') > 0) return;
  if (Math.abs(clock.skew().skewMs) > skewMaxMs || clock.now() < memory.restUntil) return;
  const { policy } = opening;
  try {
    const bornAt = await ledgerBornAt(world);
    const found = await sightings(run, policy);
    tally.seen = found.length;
    memory.pending.clear();
    await eachOf(found, width, async (sighting) => {
      if (!hasTime(run) || tally.discovered >= takenUpMax) {
        memory.pending.set(sighting.windowId, sighting);
        return;
      }
      try {
        await takeUp(run, policy, sighting, bornAt);
      } catch (error) {
        failed(run, error);
      }
    });
    const { size } = memory.pending;
    if (size > 0) log.warn('discovery.goesOn', { seen: found.length, left: size });
  } catch (error) {
    failed(run, error);
  }
}

/** From both sources; what one of them fails to tell is left to the other, and to the next run. */
async function sightings(run: ReconcileRun, policy: Policy): Promise<Sighting[]> {
  const now = nowOfWorld(run.world);
  // A list comes once in ten minutes: what the last run left over has to be kept until it is done.
  const found = new Map([...run.memory.pending].filter(([, one]) => one.endAt > now.latestMs));
  let faults = 0;
  for (const source of [sightedByIndex, sightedByLists]) {
    try {
      for (const sighting of await source(run, policy, now)) {
        found.set(sighting.windowId, sighting);
      }
    } catch (error) {
      faults += 1;
      failed(run, error);
    }
  }
  if (faults === 0) run.memory.rests = 0;
  const isNew = ({ windowId }: Sighting) =>
    !run.memory.settled.has(`${windowId}|${policy.version}`);
  return [...found.values()].filter(isNew);
}

/** Being told to wait slows discovery down, and nothing else. */
function failed({ world, memory, tally }: ReconcileRun, error: unknown): void {
  if (!(error instanceof Fault)) throw error;
  const { kind, code, retryAfterMs } = error.facts;
  tally.failed += 1;
  world.log.warn('discovery.failed', { faultKind: kind, azureCode: code });
  if (kind !== 'throttled') return;
  const ownMs = restMs * 2 ** Math.min(memory.rests, 8);
  memory.rests += 1;
  memory.restUntil = world.clock.now() + Math.min(Math.max(retryAfterMs ?? 0, ownMs), restMaxMs);
}
