import { isOlder, type LiveRow } from '../live';
import type { Policy } from '../policy/policy';
import { refusal } from '../refusal';
import type { Refusal } from '../refusal';

/** Whether a window that stands in the live table already may go on. */
export type CapAnswer =
  | { readonly kind: 'within' }
  /** Above the cap together with newer ones, which withdraw themselves: count again soon. */
  | { readonly kind: 'crowded'; readonly refusal: Refusal }
  | { readonly kind: 'above'; readonly refusal: Refusal };

/**
 * Insert, then count: a window passes only when the count, itself included, is within the cap.
 * Whoever inserts last counts everybody, so however many intakes run at once, no more than the
 * cap can pass; that the newest withdraws only decides who.
 */
export function judgeCaps(
  live: readonly LiveRow[],
  self: LiveRow,
  { windowsPerPerson, windows }: Policy['caps'],
): CapAnswer {
  const all = live.filter(({ kind }) => kind === 'window');
  const ofPerson = all.filter(({ personId }) => personId === self.personId);
  const perPerson = judge(ofPerson, self, windowsPerPerson, 'windowsPerPerson');
  return perPerson.kind === 'within' ? judge(all, self, windows, 'windowsInAll') : perPerson;
}

function judge(
  rows: readonly LiveRow[],
  self: LiveRow,
  cap: number,
  code: 'windowsPerPerson' | 'windowsInAll',
): CapAnswer {
  const others = rows.filter(({ id }) => id !== self.id);
  if (others.length < cap) return { kind: 'within' };
  const older = others.filter((row) => isOlder(row, self));
  const said = refusal(code, { cap });
  return { kind: older.length >= cap ? 'above' : 'crowded', refusal: said };
}
