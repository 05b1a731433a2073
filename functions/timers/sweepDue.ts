import type { World } from '../../shared/ports/world';
import { watchSweeper } from '../sweep/heartbeat';
import { SweepMemory } from '../sweep/memory';
import { sweep } from '../sweep/sweep';
import { createSweeps, type Sweeps } from '../sweep/sweeps';

/**
 * What the timer does each time it fires, the host once when it starts, and a burst of hints: one
 * sweep, and a look at the sweeper app's heartbeat. None of it throws.
 */
export function sweepDue(world: World): Sweeps {
  const memory = new SweepMemory(world.sweepPeriodMs);
  return createSweeps(world.clock, world.sweepPeriodMs, async () => {
    const [summary] = await Promise.all([sweep(world, memory), watchSweeper(world, memory)]);
    return summary;
  });
}
