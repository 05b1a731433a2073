import { hostTimeOf, isSkewed, type Now } from '../instant';
import type { WindowRow } from './windowRow';

/** A confirmation older than this, by the `Date` of its answer, confirms nothing. */
export const confirmationAgeMaxMs = 30_000;

/** A PUT that was not sent this long after it was announced in the row is not sent at all. */
export const sendWithinMs = 20_000;

/** When the rules of this window must be gone: the proved deadline, never later than the wished one. */
export function deadlineOf(row: WindowRow): number {
  return Math.min(row.until ?? row.wantedUntil, row.wantedUntil);
}

/** The wished deadline as a marker holds it: in whole seconds. */
export function signedDeadlineOf({ wantedUntil }: WindowRow): number {
  return Math.floor(wantedUntil / 1000) * 1000;
}

/** Is a later deadline wished than the one that is proved? */
export function isExtending(row: WindowRow): boolean {
  return row.until !== null && signedDeadlineOf(row) > row.until;
}

/** When closing begins: at the guard, or earlier where the calendar had no room there. */
export function closingStartOf(row: WindowRow): number {
  const guardStart = deadlineOf(row) - row.grant.limits.guardMs;
  return Math.min(guardStart, row.closeFrom ?? guardStart);
}

/**
 * The last moment at which a PUT that opens may be sent: what is sent later could take effect after
 * the first DELETE.
 */
export function lastPutMomentOf(row: WindowRow): number {
  return closingStartOf(row) - row.grant.limits.settleMs;
}

/** Has closing to begin by the clock alone? The safe end for closing is the latest. */
export function isClosingTime(row: WindowRow, now: Now): boolean {
  return now.latestMs >= closingStartOf(row);
}

/** May a PUT that opens be sent by the clock alone? */
export function isPutTime(row: WindowRow, now: Now): boolean {
  return !isSkewed(now) && now.latestMs <= lastPutMomentOf(row);
}

/** What the host's clock shows when the last PUT that opens or extends may be sent. */
export function hostLastPutMomentOf(row: WindowRow, now: Now): number {
  return hostTimeOf(lastPutMomentOf(row), now);
}

/** What the host's clock shows when closing has to begin. */
export function hostClosingStartOf(row: WindowRow, now: Now): number {
  return hostTimeOf(closingStartOf(row), now);
}

/**
 * Is an answer of this `Date` young enough to confirm an activation? The age is judged by the
 * latest end of now; a `Date` from the future says that the clocks cannot be compared.
 */
export function isFreshConfirmation(answeredAt: number, now: Now): boolean {
  const ageMs = now.latestMs - answeredAt;
  return ageMs <= confirmationAgeMaxMs && ageMs >= -confirmationAgeMaxMs;
}

/**
 * The last look before a PUT leaves: a worker that was frozen between its save and this moment
 * finds here that its time is over.
 */
export function maySend(
  row: WindowRow,
  announcedAt: number,
  answeredAt: number,
  now: Now,
): boolean {
  return (
    mayStillSend(row, announcedAt, now) &&
    isPutTime(row, now) &&
    isFreshConfirmation(answeredAt, now)
  );
}

/**
 * Of the conditions of a PUT the one that holds for the Deny that disarms, too. A short `settle`, as
 * in demonstrations, shortens it: a PUT must have left long before it counts as settled.
 */
export function mayStillSend(row: WindowRow, announcedAt: number, now: Now): boolean {
  const ageMs = now.hostMs - announcedAt;
  return ageMs >= 0 && ageMs <= Math.min(sendWithinMs, row.grant.limits.settleMs / 2);
}
