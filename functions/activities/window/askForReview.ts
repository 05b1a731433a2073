import { type ReviewRow, reviewOf } from '../../../shared/domain/review';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { Stored } from '../../../shared/ports/ledger';
import type { World } from '../../../shared/ports/world';

/**
 * Before the first rule of a broken glass: the item that somebody else has to close, and the alarm.
 * Run again it is one item; the alarm is raised once more where nobody knows that it was. Throws
 * `Fault`, and then nothing opens.
 */
export async function askForReview(
  { ledger, clock, log }: Pick<World, 'ledger' | 'clock' | 'log'>,
  row: WindowRow,
): Promise<void> {
  const review = reviewOf(row, clock.now());
  if (review === null) return;
  const stored = await openReview({ ledger }, review);
  if (stored === null || stored.row.toldAt !== null) return;
  const { usedBy, policyRule, reason, vmIds } = stored.row;
  const fields = { windowId: row.id, personId: usedBy.objectId, policyRule, reason };
  log.alarm('breakGlassUsed', { ...fields, vms: vmIds.slice(0, 40) });
  await ledger.reviews.replace({ ...stored.row, toldAt: clock.now() }, stored.etag);
}

async function openReview(
  { ledger }: Pick<World, 'ledger'>,
  review: ReviewRow,
): Promise<Stored<ReviewRow> | null> {
  const known = await ledger.reviews.get(review.id);
  if (known !== null) return known;
  const inserted = await ledger.reviews.insert(review);
  return inserted === 'exists' ? ledger.reviews.get(review.id) : inserted;
}
