import { hashId } from '../../../shared/domain/identity';
import { afterFailure } from '../../../shared/domain/remediation/afterNight';
import type { Entry } from '../../../shared/domain/remediation/entry';
import type { RemediatorWorld } from '../../../shared/ports/remediatorWorld';
import type { BatchBook, OpenBatch } from './batchBook';
import type { NightRun } from './nightRun';

/**
 * A batch whose VMs are all at their end: what the nights to come have to know of them is written,
 * then it is let go of. Called again after a crash it writes the same. Throws `Fault`.
 */
export async function settleBatch(
  run: NightRun,
  book: BatchBook,
  batch: OpenBatch,
  failedBefore: ReadonlySet<string>,
): Promise<void> {
  for (const entry of batch.entries) await remember(run.world, run.id, entry, failedBefore);
  run.settle(batch.entries);
  run.open.delete(batch.number);
  book.batches.delete(batch.number);
}

async function remember(
  { ledger, clock }: RemediatorWorld,
  runId: string,
  entry: Entry,
  failedBefore: ReadonlySet<string>,
): Promise<void> {
  const id = hashId(entry.vmId.toLowerCase());
  const outcome = entry.end?.outcome;
  const isMended = (outcome === 'fixed' || outcome === 'ready') && failedBefore.has(id);
  if (outcome !== 'failed' && !isMended) return;
  for (;;) {
    const stored = await ledger.standings.get(id);
    const written =
      outcome === 'failed'
        ? stored === null
          ? await ledger.standings.insert(afterFailure(entry, runId, null, clock.now()))
          : await ledger.standings.replace(
              afterFailure(entry, runId, stored.row, clock.now()),
              stored.etag,
            )
        : stored === null
          ? 'removed'
          : await ledger.standings.remove(id, stored.etag);
    if (written !== 'changed' && written !== 'exists') return;
  }
}
