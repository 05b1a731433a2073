import { createHash } from 'node:crypto';
import { skewMaxMs } from '../instant';
import type { LiveRow } from '../live';
import { closingStartOf, deadlineOf } from '../window/deadline';
import { judgeRow } from '../window/judgeRow';
import type { Placement, WindowRow } from '../window/windowRow';
import { hostTimeOf, type Now } from '../instant';
import { deleteFloorMs } from './guard';
import { guardStartOf } from './planClose';
import { windowGuardOf } from './windowGuard';

/**
 * Whose turn it is to write to an NSG. It saves requests that a busy NSG would refuse, and nothing
 * else leans on it: who may not wait goes without one.
 */
export type TurnRow = {
  /** Hash of the NSG's id. */
  readonly id: string;
  /** Lower case. */
  readonly nsgId: string;
  /** Id of the window whose worker has the turn. */
  readonly holder: string;
  /** Epoch ms by the holder's clock: over by itself then. */
  readonly until: number;
  readonly purpose: TurnPurpose;
};

/**
 * `place`: one DELETE of a close that has come to its place in the calendar. The place keeps the NSG
 * free for it, give or take the lateness of timers; nobody is closed for meanwhile.
 */
export type TurnPurpose = 'close' | 'place' | 'open';

/** A turn to close ends by itself after this, should its holder die. */
export const turnMs = 30_000;
/**
 * A turn at a place lasts as long as one delete is known to take, and less than places are apart:
 * what one close was late is made up by those behind it, not handed down the list.
 */
export const placeTurnMs = deleteFloorMs - 500;
/** Who works off an NSG's due list does so for this long at most. */
export const workOffMs = 60_000;
/** Who has no turn looks again after this. */
export const turnPauseMs = 3_000;
/** A close that has waited this long for a turn sends one DELETE without it. */
const closeWaitMs = 180_000;
/**
 * And so many times what the deletes of all who wait with it take. They become fewer all the time,
 * and patience with them: of fifty a handful is left when it ends.
 */
const shareWaits = 4;
/** The same for an open. */
const openWaitMs = 60_000;

/** The key of an NSG's turn, the same for every spelling of its id. */
export function turnIdOf(nsgId: string): string {
  return createHash('sha256').update(nsgId.toLowerCase()).digest('hex').slice(0, 40);
}

/** The turn as `holder` would take it; an open has it for as long as its PUT is believed to take. */
export function newTurn(
  nsgId: string,
  holder: string,
  purpose: TurnPurpose,
  operationMs: number,
  hostMs: number,
): TurnRow {
  const lasts = { close: turnMs, place: placeTurnMs, open: Math.min(turnMs, operationMs) };
  const until = hostMs + lasts[purpose];
  return { id: turnIdOf(nsgId), nsgId: nsgId.toLowerCase(), holder, until, purpose };
}

/**
 * May `holder` take the turn that stands? Its own, one that is over, and to close, one to open. One
 * that ends later than any clock of ours could have written is a damaged row and holds nobody up.
 */
export function mayTake(
  standing: TurnRow | null,
  holder: string,
  purpose: TurnPurpose,
  hostMs: number,
): boolean {
  if (standing === null || standing.holder === holder) return true;
  if (purpose !== 'open' && standing.purpose === 'open') return true;
  return !(standing.until > hostMs) || standing.until > hostMs + turnMs + skewMaxMs;
}

/** When whoever did not get the turn looks again: after a pause, or as soon as it is over. */
export function lookAgainAt(standing: TurnRow | null, hostMs: number): number {
  const pausedAt = hostMs + turnPauseMs;
  return standing !== null && standing.until > hostMs
    ? Math.min(pausedAt, standing.until)
    : pausedAt;
}

/** Other windows on an NSG: without any there is nobody to take turns with. */
export function sharersOf(live: readonly LiveRow[], nsgId: string, selfId: string): LiveRow[] {
  const key = nsgId.toLowerCase();
  return live.filter(
    ({ id, kind, closes }) =>
      id !== selfId && kind === 'window' && closes.some((close) => close.nsgId === key),
  );
}

/** The NSG's due list: windows whose closing has begun, the earliest deadline first. */
export function dueOn(
  live: readonly LiveRow[],
  nsgId: string,
  selfId: string,
  now: Now,
): LiveRow[] {
  return sharersOf(live, nsgId, selfId)
    .filter((row) => isListedDue(row, now))
    .toSorted((one, other) => one.until - other.until || (one.id < other.id ? -1 : 1));
}

/** Does the live row say that closing has begun? */
export function isListedDue(row: LiveRow, now: Now): boolean {
  return Math.min(row.closeFrom ?? Infinity, guardStartOf(row)) <= now.latestMs;
}

/**
 * Until when, by the host's clock, a write waits for its turn; later than that it is sent without,
 * and nobody is asked. A close waits as long as all that a close needs still fits before its
 * deadline: pauses, its deletes, propagation; and no longer than until the rule is due for the
 * sweep, which asks nobody.
 */
export function turnWaitUntil(
  row: WindowRow,
  placement: Placement,
  purpose: TurnPurpose,
  deleteMs: number,
  now: Now,
): number {
  if (purpose === 'open') return Math.max(row.createdAt, row.openFrom ?? 0) + openWaitMs;
  if (row.closingAt === null) return 0;
  const key = placement.nsgId.toLowerCase();
  const rules = row.placements.filter(({ nsgId }) => nsgId.toLowerCase() === key).length;
  const { settleMs, leadMs } = row.grant.limits;
  const closes = [{ nsgId: key, region: '', rules }];
  const neededMs = windowGuardOf({ guardMs: 0, settleMs }, closes, deleteMs);
  return hostTimeOf(deadlineOf(row), now) - Math.max(neededMs, leadMs);
}

/**
 * Until when a close believes the table that it is another's turn, also where its deadline is far:
 * an early close is not to hang on a table that says `taken` for ever. Three minutes, and longer the
 * more others on the NSG have to do; once more the same for each DELETE, refused ones included:
 * fifty that lose patience together would use up the provider's allowance for whoever has the turn.
 */
export function turnPatienceUntil(
  { closingAt }: WindowRow,
  { deleteCount }: Placement,
  others: number,
  deleteMs: number,
): number {
  return (closingAt ?? 0) + (closeWaitMs + shareWaits * others * deleteMs) * (deleteCount + 1);
}

/**
 * Is this the first DELETE of a close that has come to its place in the calendar? A turn to close
 * would make it wait until the one before it is proved gone, and so on down the list.
 */
export function isInItsPlace(
  row: WindowRow,
  { deleteCount }: Placement,
  deleteMs: number,
  now: Now,
): boolean {
  const sinceMs = now.latestMs - closingStartOf(row);
  return deleteCount === 0 && sinceMs >= 0 && sinceMs < deleteMs;
}

/** Is the window being closed, and is there something of it to delete on this NSG? */
export function hasDelete(row: WindowRow, nsgId: string, now: Now): boolean {
  const judged = judgeRow(row, now);
  const key = nsgId.toLowerCase();
  return (
    judged.closingAt !== null &&
    judged.placements.some((one) => one.phase === 'closing' && one.nsgId.toLowerCase() === key)
  );
}

/**
 * The row for whoever has the turn and knows that the NSG is free: what waited for a turn, or for a
 * busy or absent Resource Manager, need not wait any longer. What was throttled waits its time.
 */
export function withoutWaiting(row: WindowRow, nsgId: string): WindowRow {
  const key = nsgId.toLowerCase();
  const placements = row.placements.map((placement) => {
    const { fault, lastDeleteAt } = placement;
    if (placement.phase !== 'closing' || placement.nsgId.toLowerCase() !== key) return placement;
    const waits = fault === null ? lastDeleteAt === null : passing.includes(fault.kind);
    return waits ? { ...placement, notBefore: null } : placement;
  });
  return { ...row, placements };
}

const passing: readonly string[] = ['busy', 'unavailable'];
