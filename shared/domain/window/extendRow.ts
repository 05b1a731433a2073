import type { Origin } from '../grant';
import type { Now } from '../instant';
import { hostLastPutMomentOf, isExtending, lastPutMomentOf, signedDeadlineOf } from './deadline';
import { isOpenable } from './phase';
import { markedUntil } from './signedMarker';
import type { WindowRow } from './windowRow';

/** How long before the last PUT PIM is asked whether the activation ends later by now. */
const endLookLeadMs = 60_000;
/** The pause after a question to PIM that was not answered. */
const endLookAgainMs = 10_000;

/** The wish for a later deadline: what stands open is looked at now, and for nothing else. */
export function wishUntil(row: WindowRow, wantedUntil: number, hostMs: number): WindowRow {
  return {
    ...row,
    wantedUntil,
    endLookAt: null,
    generation: row.generation + 1,
    nextLook: hostMs,
    placements: row.placements.map((placement) =>
      isOpenable(placement) ? { ...placement, notBefore: null, fault: null, faults: 0 } : placement,
    ),
  };
}

/** The wish falls back to a deadline that can be had; at `until` the extend is given up. */
export function dropExtend(row: WindowRow, wantedUntil: number, now: Now): WindowRow {
  return withEndLook({ ...wishUntil(row, wantedUntil, now.hostMs), nextLook: row.nextLook }, now);
}

/**
 * The deadline moves when every rule that stands open was proved with a marker that is as late.
 * Never back, and never past what is wished.
 */
export function moveDeadline(row: WindowRow, now: Now): WindowRow {
  if (row.until === null) return row;
  const marked = row.placements.filter(isOpenable).map(({ rule }) => markedUntil(rule));
  const proved = Math.min(signedDeadlineOf(row), ...marked);
  if (marked.length === 0 || proved <= row.until) return row;
  return withEndLook({ ...row, until: proved }, now);
}

/**
 * Plans the one look at PIM before the close. Only where the window ends with the activation can a
 * later end of the activation mean anything; where policy ends it sooner there is nothing to see.
 */
export function withEndLook(row: WindowRow, now: Now): WindowRow {
  const { origin, limits } = row.grant;
  const isPims =
    origin.kind === 'activation' && row.until !== null && row.until + 1_000 > origin.endAt;
  const lookAt = hostLastPutMomentOf(row, now) - Math.min(endLookLeadMs, limits.settleMs);
  return { ...row, endLookAt: isPims && lookAt > now.hostMs ? lookAt : null };
}

/** Open as it is wished, and nothing under way that would not wait for the close. */
export function isQuiet(row: WindowRow): boolean {
  if (row.wish === 'closed' || row.until === null || isExtending(row)) return false;
  const live = row.placements.filter(isOpenable);
  return live.length > 0 && live.every(({ phase, nextRule }) => phase === 'open' && !nextRule);
}

/** Is it time to ask PIM for a later end? */
export function isEndLookTime({ endLookAt, wish }: WindowRow, now: Now): boolean {
  return wish === 'open' && endLookAt !== null && now.hostMs >= endLookAt;
}

/** PIM gave no answer that counts: it is asked again while a PUT may still be sent. */
export function endLookFailed(row: WindowRow, now: Now): WindowRow {
  const againAt = now.hostMs + endLookAgainMs;
  const inTime = now.latestMs + endLookAgainMs <= lastPutMomentOf(row);
  return { ...row, endLookAt: inTime ? againAt : null };
}

/** The row that knows how long its activation lasts by now. An earlier end changes nothing here. */
export function withLaterEnd(row: WindowRow, endAt: number): WindowRow {
  const { origin } = row.grant;
  if (origin.kind === 'claim') return row;
  const activation = origin.kind === 'activation' ? origin : origin.activation;
  if (endAt <= activation.endAt) return row;
  const later: Origin =
    origin.kind === 'activation'
      ? { ...origin, endAt }
      : { ...origin, activation: { ...activation, endAt } };
  return { ...row, grant: { ...row.grant, origin: later } };
}

/** The activation ends later than the row knows: the window follows it as far as policy lets it. */
export function followActivation(
  row: WindowRow,
  endAt: number,
  ceilingAt: number,
  now: Now,
): WindowRow {
  const { origin } = row.grant;
  const seen = { ...row, endLookAt: null };
  if (origin.kind !== 'activation' || endAt <= origin.endAt || row.until === null) return seen;
  const known = withLaterEnd(seen, endAt);
  const wanted = Math.floor(Math.min(endAt, ceilingAt) / 1_000) * 1_000;
  return wanted > row.until ? wishUntil(known, wanted, now.hostMs) : known;
}
