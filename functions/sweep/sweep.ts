import { wishClosed } from '../../shared/domain/window/judgeRow';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { Stored } from '../../shared/ports/ledger';
import type { World } from '../../shared/ports/world';
import { SweepMemory } from './memory';
import { type SweepSummary, sweepRules } from './sweepRules';

/** One sweep of the main app, which may also wish windows closed. Never throws. */
export async function sweep(
  world: World,
  memory = new SweepMemory(world.sweepPeriodMs),
): Promise<SweepSummary> {
  return sweepRules(world, { memory, closeWindow: (stored) => closeWindow(world, stored) });
}

/** Somebody else's save is no failure: the next sweep sees what became of it. */
async function closeWindow(
  { ledger, clock }: World,
  { row, etag }: Stored<WindowRow>,
): Promise<boolean> {
  if (row.wish === 'closed') return false;
  const next = wishClosed(row, 'changedByOthers', clock.now());
  return (await ledger.windows.replace(next, etag)) !== 'changed';
}
