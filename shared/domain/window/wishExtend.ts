import type { Now } from '../instant';
import { refusal, type Refusal } from '../refusal';
import { hostLastPutMomentOf, isPutTime, signedDeadlineOf } from './deadline';
import { wishUntil } from './extendRow';
import { otherContentFrom } from './extendStep';
import { capabilities, isOpenable, windowPhase } from './phase';
import type { WindowRow } from './windowRow';

/** How far a window may be extended, epoch ms. */
export type Ceiling = {
  /** The end that a second person agreed to; `null`: nobody had to. */
  readonly approvedEndAt: number | null;
  /** PIM's end of the activation; `null`: there is none behind it. */
  readonly activationEndAt: number | null;
  /** The longest that policy allows, from the window's beginning. */
  readonly policyEndAt: number;
};

/**
 * The row with the wish for a later, absolute deadline, in whole seconds; the row itself if exactly
 * this is wished already (asked twice adds nothing up); or why not. Pure.
 */
export function wishExtend(
  row: WindowRow,
  untilAt: number,
  ceiling: Ceiling,
  now: Now,
): WindowRow | Refusal {
  const phase = windowPhase(row);
  const isYetToOpen = phase === 'awaitingApproval' || phase === 'planned' || phase === 'opening';
  if (isYetToOpen) return refusal('extendNotOpen');
  if (!capabilities[phase].extend || row.until === null) return refusal('extendClosing');
  const until = Math.floor(untilAt / 1_000) * 1_000;
  const wanted = signedDeadlineOf(row);
  if (until === wanted) return row;
  if (!(until > wanted)) return refusal('extendNotLater', { until: iso(wanted) });
  const { approvedEndAt, activationEndAt, policyEndAt } = ceiling;
  if (approvedEndAt !== null && until > approvedEndAt) {
    return refusal('extendPastApproval', { end: iso(approvedEndAt) });
  }
  if (activationEndAt !== null && until > activationEndAt) {
    return refusal('extendPastActivation', { end: iso(activationEndAt) });
  }
  if (until > policyEndAt) return refusal('extendPastPolicy', { longest: iso(policyEndAt) });
  return isInTime(row, now) ? wishUntil(row, until, now.hostMs) : refusal('extendTooLate');
}

/** Can the PUT that extends still be sent: now, or when earlier ones can land no more? */
function isInTime(row: WindowRow, now: Now): boolean {
  const earliest = row.placements
    .filter(isOpenable)
    .map((placement) => otherContentFrom(row, placement));
  return isPutTime(row, now) && Math.max(...earliest) <= hostLastPutMomentOf(row, now);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
