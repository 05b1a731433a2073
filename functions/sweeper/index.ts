import type { app as azure } from '@azure/functions';
import type { SweeperWorld } from '../../shared/ports/world';
import { healthAnswer } from '../http/healthAnswer';
import { clockPart, sweepPart } from '../http/sweepParts';
import { beat } from '../sweep/heartbeat';
import { SweepMemory } from '../sweep/memory';
import { createSweeps } from '../sweep/sweeps';
import { sweepRules } from '../sweep/sweepRules';

/** What the sweeper app asks of a Functions host: a timer, a start hook and one door. No engine. */
export type SweeperHost = Pick<typeof azure, 'http' | 'timer'> & {
  readonly hook: Pick<(typeof azure)['hook'], 'appStart'>;
};

/**
 * Every door into the sweeper app, the second of the two: the same sweep under an identity that can
 * read and delete rules and nothing else. It is there for the day on which the main app is dead for
 * good, so it needs nothing of it: no engine, no events, no policy, no private key.
 */
export function registerSweeper(host: SweeperHost, world: SweeperWorld): void {
  const memory = new SweepMemory(world.sweepPeriodMs);
  const sweeps = createSweeps(world.clock, world.sweepPeriodMs, async () => {
    const summary = await sweepRules(world, { memory, closeWindow: null });
    // Whoever does not see everything, or deletes nothing, is no one to rely on: it stays silent.
    if (summary.complete && world.sweep.mode === 'close') await beat(world);
    return summary;
  });
  const sweep = async (): Promise<void> => {
    await sweeps.start();
  };

  host.timer('sweepDue', { schedule: world.sweepSchedule, handler: sweep });
  // Not waited for: a host that starts while Resource Manager hangs must not hang with it.
  host.hook.appStart(() => {
    void sweep();
  });
  host.http('health', {
    methods: ['GET'],
    authLevel: 'function',
    route: 'health',
    handler: () =>
      healthAnswer({
        closing: { ok: world.settingFaults.length === 0, faults: world.settingFaults },
        sweep: sweepPart(world, sweeps.status()),
        clock: clockPart(world),
      }),
  });
}
