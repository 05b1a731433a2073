import type { Now } from '../instant';
import type { WindowRow } from '../window/windowRow';

/** The two questions that come before a close, and the time until somebody asks the first. */
const questionsMs = 90_000;

/**
 * Whether PIM has shortened an activation so much that its window must begin to close: its end is
 * earlier than the window's, and so near that after two questions the guard begins.
 */
export function endsSooner(
  { endAt }: { readonly endAt: number | null },
  { wantedUntil, grant }: Pick<WindowRow, 'wantedUntil' | 'grant'>,
  now: Now,
): boolean {
  if (endAt === null || endAt >= wantedUntil) return false;
  return endAt - grant.limits.guardMs - questionsMs <= now.latestMs;
}
