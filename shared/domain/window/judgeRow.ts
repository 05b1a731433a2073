import { isSkewed, type Now } from '../instant';
import type { TargetRefusal } from '../grant';
import { type Refusal, refusal as refusalOf } from '../refusal';
import { isAwaiting, isTooLateToApprove } from './approval';
import { isClosingTime, isExtending, lastPutMomentOf } from './deadline';
import { isOpenable } from './phase';
import type { CloseReason, Placement, WindowRow } from './windowRow';

/** What becomes of the window as a whole before its placements are asked: the row itself if nothing. */
export function judgeRow(row: WindowRow, now: Now): WindowRow {
  if (row.concludedAt !== null) return row;
  const closed = closeIfDue(row, now);
  return closed.concludedAt === null ? concludeIfDone(closed, now) : closed;
}

function closeIfDue(row: WindowRow, now: Now): WindowRow {
  if (row.closingAt !== null) return row;
  if (row.wish === 'closed') return beginClosing(row, row.closeReason ?? 'asked', now);
  // Its clock begins with the approval: until then only the time to wait for one counts.
  if (isAwaiting(row)) {
    return isTooLateToApprove(row, now)
      ? endUnapproved(row, 'approvalExpired', refusalOf('approvalExpired'), now)
      : row;
  }
  if (isSkewed(now)) return beginClosing(row, 'clockSkew', now);
  if (isClosingTime(row, now)) {
    const opened = row.placements.some(({ openedAt }) => openedAt !== null);
    return beginClosing(row, opened ? 'expired' : 'neverOpened', now);
  }
  // Nothing is planned and nothing may be sent any more: there is nothing to wait for.
  if (row.placements.length === 0 && now.latestMs > lastPutMomentOf(row)) {
    return beginClosing(row, 'neverOpened', now);
  }
  return row;
}

/** Nobody said yes in time, or somebody said no: that is its end, and why stands in the row. */
export function endUnapproved(
  row: WindowRow,
  reason: 'approvalExpired' | 'approvalDenied',
  said: Refusal,
  now: Now,
): WindowRow {
  return {
    ...beginClosing(row, reason, now),
    refusals: [...row.refusals, { vmId: '', ...said }],
    concludedAt: now.hostMs,
    nextLook: now.hostMs,
  };
}

/** Everything was planned or tried, and nothing is left that could be open. */
function concludeIfDone(row: WindowRow, now: Now): WindowRow {
  if (row.plans === 0 && row.wish === 'open') return row;
  if (row.placements.some(({ phase }) => phase !== 'closed')) return row;
  const closing = beginClosing(row, lastReason(row), now);
  return { ...closing, concludedAt: now.hostMs, nextLook: now.hostMs };
}

function lastReason(row: WindowRow): CloseReason {
  if (row.placements.length === 0 && row.refusals.length > 0) return 'planFailed';
  const kinds = row.placements.map(({ closedKind }) => closedKind);
  if (kinds.includes('removedByOthers')) return 'removedByOthers';
  return row.placements.some(({ openedAt }) => openedAt !== null) ? 'expired' : 'neverOpened';
}

/**
 * The wish that the window be closed, which its own worker then carries out. The next look is now,
 * so that a start that is lost costs one reconcile period and not the rest of the window.
 */
export function wishClosed(row: WindowRow, closeReason: CloseReason, hostMs: number): WindowRow {
  const generation = row.generation + 1;
  return { ...row, wish: 'closed', closeReason, generation, nextLook: hostMs };
}

/**
 * From here on nothing of this window opens. The first reason stays, and a placement that was never
 * PUT is closed at once: no worker can send what no row announced.
 */
export function beginClosing(row: WindowRow, reason: CloseReason, now: Now): WindowRow {
  if (row.closingAt !== null) return row;
  return {
    ...row,
    // An extend that is not proved by now is dropped: closing goes by the deadline that is.
    wantedUntil: isExtending(row) ? (row.until ?? row.wantedUntil) : row.wantedUntil,
    wish: 'closed',
    closeReason: row.closeReason ?? reason,
    closingAt: now.hostMs,
    generation: row.generation + (row.wish === 'open' || isExtending(row) ? 1 : 0),
    placements: row.placements.map((placement) => giveUp(placement, now)),
  };
}

/** The same for one placement; placements that are on their way to the end stay as they are. */
export function giveUp(placement: Placement, now: Now): Placement {
  if (!isOpenable(placement)) return placement;
  const forgotten = { ...placement, notBefore: null, fault: null, faults: 0 };
  return placement.lastPutAt === null
    ? { ...forgotten, phase: 'closed', closedAt: now.hostMs, closedKind: 'neverPut' }
    : { ...forgotten, phase: 'closing', lastDeleteAt: null };
}

/**
 * Gives up one placement while the others go on. Its VMs cannot be reached any more, so rules that
 * serve only them, it and those in the other NSG of their path, are given up; with nothing left the
 * window closes for this reason.
 */
export function refusePlacement(
  row: WindowRow,
  placement: Placement,
  refusal: Omit<TargetRefusal, 'vmId'>,
  reason: CloseReason,
  now: Now,
): WindowRow {
  const known = new Set(row.refusals.map(({ vmId }) => vmId.toLowerCase()));
  const lost = new Set(placement.targets.map(({ vmId }) => vmId.toLowerCase()));
  const added = placement.targets
    .filter(({ vmId }, index, all) => all.findIndex((one) => one.vmId === vmId) === index)
    .filter(({ vmId }) => !known.has(vmId.toLowerCase()))
    .map(({ vmId }) => ({ vmId, ...refusal }));
  const useless = ({ targets }: Placement): boolean =>
    targets.every(({ vmId }) => lost.has(vmId.toLowerCase()));
  const placements = row.placements.map((other) => (useless(other) ? giveUp(other, now) : other));
  const next = { ...row, refusals: [...row.refusals, ...added], placements };
  return placements.some(isOpenable) ? next : beginClosing(next, reason, now);
}

/** A rule's name and NSG tell placements apart; slots of one NSG have different names. */
export function isSamePlacement(one: Placement, other: Placement): boolean {
  return one.slot === other.slot && one.nsgId.toLowerCase() === other.nsgId.toLowerCase();
}
