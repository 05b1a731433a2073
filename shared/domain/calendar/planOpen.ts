import { isOlder, type LiveClose, type LiveRow } from '../live';
import { networkPeriod } from './calendar';
import { guardStartOf } from './planClose';

/** Opens that the provider's allowance always has room for beside closes. */
const opensBeside = 200;
const laterSeconds = 30;

/** So many deletes of rules were sent in the second from `at` on, epoch ms. */
export type SentDeletes = { readonly at: number; readonly count: number };

/** What the provider has been asked of late: `deletes` in the subscriptions of the window. */
export type Spent = { readonly hostMs: number; readonly deletes: readonly SentDeletes[] };

/**
 * When this window's turn to open comes, epoch ms: after those that were there before it on the
 * same NSGs, each of which keeps its NSG for `operationMs` a rule, and not while so many closes are
 * near that both together would exceed what the provider takes. A PUT that meets a busy NSG is
 * refused and takes from that allowance all the same. Rows that have their place in the calendar
 * were there before, whatever their ids. `spent`: closes that are done have no row any more. Pure.
 */
export function planOpen(
  live: readonly LiveRow[],
  self: LiveRow,
  operationMs: number,
  spent: Spent,
): number {
  const before = live
    .filter((row) => row.id !== self.id && (row.closeFrom !== null || isOlder(row, self)))
    .toSorted((one, other) => (isOlder(one, other) ? -1 : 1));
  const freeAt = new Map<string, number>();
  for (const row of before) takeTurn(freeAt, row, operationMs);
  return afterCloses(live, self, spent, takeTurn(freeAt, self, operationMs));
}

function takeTurn(freeAt: Map<string, number>, row: LiveRow, operationMs: number): number {
  let at = row.createdAt;
  for (const { nsgId } of row.closes) {
    const free = freeAt.get(nsgId);
    if (free !== undefined && free > at) at = free;
  }
  for (const { nsgId, rules } of row.closes) freeAt.set(nsgId, at + rules * operationMs);
  return at;
}

/**
 * Closes go first: what is opened beside a storm would take their share of the provider's allowance.
 * A close whose time has come may have been sent, by us or by another process, or not yet: so the
 * greater of both counts is believed.
 */
function afterCloses(
  live: readonly LiveRow[],
  self: LiveRow,
  { hostMs, deletes }: Spent,
  from: number,
): number {
  const places = new Set(self.closes.map(placeOf));
  const booked = live.flatMap((row) =>
    row.id === self.id
      ? []
      : row.closes
          .filter((close) => places.has(placeOf(close)))
          .map(({ rules }) => ({ at: row.closeFrom ?? guardStartOf(row), count: rules })),
  );
  const begun = booked.filter(({ at }) => at <= hostMs);
  const ahead = booked.filter(({ at }) => at > hostMs);
  const most = networkPeriod.most - opensBeside;
  let at = from;
  for (;;) {
    const near = countNear(ahead, at) + Math.max(countNear(begun, at), countNear(deletes, at));
    if (near <= most || at >= self.until) return at;
    at += laterSeconds * 1_000;
  }
}

function countNear(closes: readonly SentDeletes[], at: number): number {
  const nearMs = networkPeriod.seconds * 1_000;
  const near = closes.filter((close) => close.at > at - nearMs && close.at < at + nearMs);
  return near.reduce((sum, { count }) => sum + count, 0);
}

/** Subscription and region: what the provider counts by. */
function placeOf({ nsgId, region }: LiveClose): string {
  return `${nsgId.split('/')[2] ?? ''} ${region}`;
}
