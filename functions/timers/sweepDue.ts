import type { World } from '../../shared/ports/world';
import { sweep, type SweepSummary } from '../sweep/sweep';

/** What the timer does each time it fires, and the host once when it starts. Never throws. */
export async function sweepDue(world: World): Promise<SweepSummary> {
  return sweep(world);
}
