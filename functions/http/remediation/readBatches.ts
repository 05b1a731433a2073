import { batchId, type BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import type { RunLedger } from '../../../shared/ports/remediation';

/** Batches that are read side by side: no more than these are in memory at a time. */
const width = 16;

/**
 * The batches of a run in their order; `null` for one that is not there. Throws `Fault`. Whoever
 * stops in between leaves nothing behind.
 */
export async function* readBatches(
  { remediationBatches }: Pick<RunLedger, 'remediationBatches'>,
  { id, batches }: Pick<RemediationRow, 'id' | 'batches'>,
): AsyncGenerator<BatchRow | null> {
  for (let from = 0; from < batches; from += width) {
    const numbers = Array.from({ length: Math.min(width, batches - from) }, (_, at) => from + at);
    const rows = await Promise.all(
      numbers.map((number) => remediationBatches.get(batchId(id, number))),
    );
    for (const stored of rows) yield stored?.row ?? null;
  }
}
