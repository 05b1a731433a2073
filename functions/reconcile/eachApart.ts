import { factsOf } from '../../shared/domain/fault';
import type { LogFields } from '../../shared/ports/log';
import { eachOf } from '../activities/window/eachOf';
import type { ReconcileRun } from './reconcileRun';

/**
 * Works through `items` like `eachOf`; what fails costs its own part only. It is counted, and told
 * as `event` with the fields that name it. Never throws.
 */
export async function eachApart<Item>(
  { world, tally }: ReconcileRun,
  items: readonly Item[],
  { width, event, name }: { width: number; event: string; name?: (item: Item) => LogFields },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  await eachOf(items, width, async (item) => {
    try {
      await work(item);
    } catch (error) {
      const { kind, code } = factsOf(error);
      tally.failed += 1;
      world.log.warn(event, { ...name?.(item), faultKind: kind, azureCode: code });
    }
  });
}
