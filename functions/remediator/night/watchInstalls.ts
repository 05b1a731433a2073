import { nightTimes } from '../../../shared/domain/remediation/nightTimes';
import { stateOf } from '../../../shared/domain/remediation/loginExtension';
import type { ExtensionPage, SeenExtension } from '../../../shared/ports/machines';
import { askIndex } from './askIndex';
import type { BatchBook, OpenBatch } from './batchBook';
import type { NightRun } from './nightRun';

/** When an install was last taken for over by the index, by VM (lower case), epoch ms. */
export type Woken = Map<string, number>;

type Place = { readonly batch: OpenBatch; readonly place: number };

const subscriptionsPerQuery = 100;

/**
 * Asks the index which installs are over, thousands of them by one query: a poll for each would
 * take more reads than there are. What it says only makes a VM be looked at, because it lags.
 * Throws `Fault`.
 */
export async function watchInstalls(run: NightRun, book: BatchBook, woken: Woken): Promise<void> {
  const now = run.world.clock.now();
  const installing = underWay(book, now);
  const subscriptions = [
    ...new Set([...installing.values()].map(({ batch }) => batch.subscriptionId)),
  ];
  for (let from = 0; from < subscriptions.length; from += subscriptionsPerQuery) {
    const some = subscriptions.slice(from, from + subscriptionsPerQuery);
    await eachPage(run, some, (seen) => {
      for (const one of seen)
        wake(book, installing.get(one.vmId), one, woken, run.world.clock.now());
    });
  }
}

function underWay(book: BatchBook, now: number): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const batch of book.batches.values()) {
    for (const [place, { stage, sent, vmId }] of batch.entries.entries()) {
      const since = sent.at(-1)?.at ?? now;
      if (stage === 'extensionSent' && now - since >= nightTimes.watchFrom) {
        found.set(vmId.toLowerCase(), { batch, place });
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
  place: Place | undefined,
  seen: SeenExtension,
  woken: Woken,
  now: number,
): void {
  if (place === undefined || stateOf(seen) === 'busy') return;
  const { batch, place: at } = place;
  const entry = batch.entries[at];
  if (entry?.stage !== 'extensionSent' || batch.busy.has(at)) return;
  // The index may still show the one before: asked again at once, the VM would say so again.
  if (now - (woken.get(seen.vmId) ?? 0) < nightTimes.lookAgain) return;
  woken.set(seen.vmId, now);
  book.set(batch, at, { ...entry, nextAt: now });
}
