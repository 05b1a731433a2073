import { isOlder, type LiveRow } from '../live';
import { createCalendar } from './calendar';

/**
 * When this window's closing should begin, so that its deletes find room beside those of all other
 * live windows: at its guard, or earlier; `null` if that would be before `earliest`. Pure.
 *
 * Rows that have their place keep it. Of the others the older come first, each where it would be
 * planned itself: of several that are admitted at once each finds the same order, and none waits
 * for another. Newer ones that have none yet give way.
 */
export function planClose(
  live: readonly LiveRow[],
  self: LiveRow,
  deleteMs: number,
  earliest: number,
): number | null {
  const others = live.filter(({ id }) => id !== self.id);
  const latest = guardStartOf(self);
  const calendar = createCalendar(deleteMs, Math.min(earliest, latest), latest);
  for (const { closes, closeFrom } of others) {
    if (closeFrom !== null) calendar.book(closes, closeFrom);
  }
  const older = others
    .filter((row) => row.closeFrom === null && isOlder(row, self))
    .toSorted((one, other) => (isOlder(one, other) ? -1 : 1));
  for (const row of older) {
    const start = guardStartOf(row);
    calendar.book(row.closes, calendar.latestFit(row.closes, start, row.createdAt) ?? start);
  }
  return calendar.latestFit(self.closes, latest, earliest);
}

/** The latest moment at which a window's closing begins. */
export function guardStartOf({ until, guardMs }: LiveRow): number {
  return until - guardMs;
}
