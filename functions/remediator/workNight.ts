import { factsOf } from '../../shared/domain/fault';
import type { Part } from '../http/healthAnswer';
import { isOver } from '../../shared/domain/remediation/remediationRow';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';
import { forgetRuns } from './forgetRuns';
import { NightRun } from './night/nightRun';
import { workRun } from './night/workRun';
import { patientLedger } from './patientLedger';

/** Less than the time that `host.json` gives a function. */
const workMs = 9 * 60_000;

/** A run whose row has not come by then was never begun. */
const unbornMs = 24 * 3_600_000;

/** What the timer does each time it fires, and what health tells of it. */
export type NightWork = { go(): Promise<void>; part(): Part };

/**
 * Works on the oldest run that is not over, wherever it was left: until it is over, or the time of
 * one invocation is. Everything that is decided stands in rows, so this may end anywhere.
 */
export function createNightWork(given: RemediatorWorld): NightWork {
  const world = { ...given, ledger: patientLedger(given.ledger, given.clock) };
  let working = false;
  let run: string | null = null;
  let trouble = '';
  return {
    go: async () => {
      // A timer does not run twice at once, but for a host that was told to.
      if (working) return;
      working = true;
      try {
        const endsAt = world.clock.now() + workMs;
        run = await workOn(world, endsAt);
        trouble = '';
      } catch (error) {
        const { kind, code } = factsOf(error);
        trouble = `${kind} ${code}`;
        world.log.warn('remediation.interrupted', { run, faultKind: kind, azureCode: code });
      } finally {
        working = false;
      }
    },
    part: () => ({
      ok: trouble === '',
      mode: 'on',
      version: world.version,
      run,
      working,
      trouble,
    }),
  };
}

async function workOn(world: RemediatorWorld, endsAt: number): Promise<string | null> {
  const live = (await world.ledger.remediationsLive.list()).sort(
    (one, other) => one.row.createdAt - other.row.createdAt || (one.row.id < other.row.id ? -1 : 1),
  );
  for (const { row, etag } of live) {
    const run = await NightRun.hold(world, row.id);
    // Somebody else has it: nothing is begun beside it.
    if (run === 'held') return row.id;
    if (run === 'absent') {
      // Its row comes after this one; whoever was to write it may have died in between.
      if (world.clock.now() - row.createdAt < unbornMs) continue;
    } else if (!isOver(run.row)) {
      await workRun(run, endsAt);
      if (!isOver(run.row)) return row.id;
      await forgetRuns(world, endsAt);
    }
    await world.ledger.remediationsLive.remove(row.id, etag);
  }
  return null;
}
