import { activationBehind } from '../../../shared/domain/grant';
import { assignmentKeyBehind } from '../../../shared/domain/identity';
import { liveWindow } from '../../../shared/domain/intake/newWindow';
import type { LiveRow } from '../../../shared/domain/live';
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
  await ledger.live.insert(unbookedLive({ wantedUntil, grant }, clock.now()));
}

/** The live row of a window of which no close is booked: that is done when it is planned. */
export function unbookedLive(
  { wantedUntil, grant }: Pick<WindowRow, 'wantedUntil' | 'grant'>,
  at: number,
): LiveRow {
  const due = { until: wantedUntil, guardMs: grant.limits.guardMs, closes: [] };
  const assignmentKey = assignmentKeyBehind(activationBehind(grant.origin));
  return liveWindow(grant, assignmentKey, due, at);
}
