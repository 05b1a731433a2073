import type { World } from '../../shared/ports/world';
import { sweep, type SweepSummary } from '../sweep/sweep';

/** What the timer does each time it fires, and the host once when it starts. Never throws. */
export async function sweepDue(world: World): Promise<SweepSummary> {
  return sweep(world);
}

/** NCRONTAB for a period that divides a minute or an hour: `0 * * * * *`, and every 5 s for 5,000 ms. */
export function sweepSchedule(periodMs: number): string {
  const seconds = Math.max(1, Math.round(periodMs / 1000));
  if (seconds < 60) return `*/${seconds} * * * * *`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes === 1 ? '0 * * * * *' : `0 */${Math.min(59, minutes)} * * * *`;
}
