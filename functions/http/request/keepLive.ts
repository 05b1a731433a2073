import { activationBehind } from '../../../shared/domain/grant';
import { assignmentKeyBehind } from '../../../shared/domain/identity';
import { liveWindow } from '../../../shared/domain/intake/newWindow';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';

/**
 * Of two calls about one window one may be granted and the other, counted a moment later, refused.
 * The one that was granted touches its live row after its window row was written, the other reads
 * them the other way round: its removal then fails, or comes before this and is made good.
 */
export async function keepLive(
  { ledger, clock }: Pick<World, 'ledger' | 'clock'>,
  { id, wantedUntil, grant }: WindowRow,
): Promise<void> {
  const stored = await ledger.live.get(id);
  if (stored !== null) {
    await ledger.live.replace({ ...stored.row, kind: 'window' }, stored.etag);
    return;
  }
  const window = await ledger.windows.get(id);
  if (window === null || window.row.concludedAt !== null) return;
  // What its close will take is booked when it is planned.
  const due = { until: wantedUntil, guardMs: grant.limits.guardMs, closes: [] };
  const assignmentKey = assignmentKeyBehind(activationBehind(grant.origin));
  await ledger.live.insert(liveWindow(grant, assignmentKey, due, clock.now()));
}
