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

/**
 * Only rows come here whose window lives and is wished open: of every other the rule is due, not
 * changed. Somebody else's save is no failure: the next sweep sees what became of it.
 */
async function closeWindow(
  { ledger, clock }: World,
  { row, etag }: Stored<WindowRow>,
): Promise<boolean> {
  const next = wishClosed(row, 'changedByOthers', clock.now());
  return (await ledger.windows.replace(next, etag)) !== 'changed';
}
