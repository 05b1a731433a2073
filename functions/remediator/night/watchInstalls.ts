import { nightTimes } from '../../../shared/domain/remediation/nightTimes';
import { stateOf } from '../../../shared/domain/remediation/loginExtension';
import type { ExtensionPage, SeenExtension } from '../../../shared/ports/machines';
import { askIndex } from './askIndex';
import type { BatchBook, OpenBatch } from './batchBook';
import type { NightRun } from './nightRun';
import { vmKey } from './parkedBatches';

/** When an install was last taken for over by the index, by `vmKey`, epoch ms. */
export type Woken = Map<string, number>;

type Place = { readonly batch: OpenBatch; readonly place: number };

const subscriptionsPerQuery = 100;

/**
 * Asks the index which installs are over, thousands of them by one query: a poll for each would
 * take more reads than there are. What it says only makes a VM be looked at, because it lags.
 * Throws `Fault`.
 */
export async function watchInstalls(run: NightRun, book: BatchBook, woken: Woken): Promise<void> {
  const { clock } = run.world;
  const open = [...underWay(book, clock.now()).values()];
  const subscriptions = [
    ...new Set([
      ...open.map(({ batch }) => batch.subscriptionId),
      ...book.parked.subscriptionIds(),
    ]),
  ];
  for (let from = 0; from < subscriptions.length; from += subscriptionsPerQuery) {
    const some = subscriptions.slice(from, from + subscriptionsPerQuery);
    await eachPage(run, some, (seen) => {
      // What is open and what is parked may have changed while the page was on its way.
      const now = clock.now();
      const installing = underWay(book, now);
      for (const one of seen) {
        if (stateOf(one) !== 'busy') wake(book, installing, one, woken, now);
      }
    });
  }
}

/** Installs that are under way in batches that are open, by `vmKey`. */
function underWay(book: BatchBook, now: number): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const batch of book.batches.values()) {
    for (const [place, { stage, sent, vmId }] of batch.entries.entries()) {
      const since = sent.at(-1)?.at ?? now;
      if (stage === 'extensionSent' && now - since >= nightTimes.watchFrom) {
        found.set(vmKey(vmId), { batch, place });
      }
    }
  }
  return found;
}

async function eachPage(
  run: NightRun,
  subscriptionIds: readonly string[],
  take: (seen: readonly SeenExtension[]) => void,
): Promise<void> {
  const { index } = run.world;
  let token: string | null = null;
  do {
    if (run.isLost) return;
    const page: ExtensionPage = await askIndex(run, () =>
      index.listLoginExtensions(subscriptionIds, token),
    );
    take(page.extensions);
    token = page.next;
  } while (token !== null);
}

function wake(
  book: BatchBook,
  installing: ReadonlyMap<string, Place>,
  { vmId }: SeenExtension,
  woken: Woken,
  now: number,
): void {
  const key = vmKey(vmId);
  // The index may still show the one before: asked again at once, the VM would say so again.
  if (now - (woken.get(key) ?? 0) < nightTimes.lookAgain) return;
  if (wakeOpen(book, installing.get(key), now) || book.parked.wake(key, now)) woken.set(key, now);
}

function wakeOpen(book: BatchBook, place: Place | undefined, now: number): boolean {
  if (place === undefined) return false;
  const { batch, place: at } = place;
  const entry = batch.entries[at];
  if (entry?.stage !== 'extensionSent' || batch.busy.has(at)) return false;
  book.set(batch, at, { ...entry, nextAt: now });
  return true;
}
