import { wishClosed } from '../../shared/domain/window/judgeRow';
import type { World } from '../../shared/ports/world';
import { SweepMemory } from './memory';
import { type SweepSummary, sweepRules } from './sweepRules';

/** One sweep of the main app, which may also wish windows closed. Never throws. */
export async function sweep(
  world: World,
  memory = new SweepMemory(world.sweepPeriodMs),
): Promise<SweepSummary> {
  return sweepRules(world, { memory, closeWindow: (id, etag) => closeWindow(world, id, etag) });
}

/** Somebody else's save is no failure: the next sweep sees what became of it. */
async function closeWindow({ ledger, clock }: World, id: string, etag: string): Promise<boolean> {
  const stored = await ledger.windows.get(id);
  if (stored === null || stored.etag !== etag || stored.row.wish === 'closed') return false;
  const next = wishClosed(stored.row, 'changedByOthers', clock.now());
  return (await ledger.windows.replace(next, stored.etag)) !== 'changed';
}
