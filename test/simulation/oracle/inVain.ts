import { type History, ownRulePath } from './history';
import type { Circumstances, Violation } from './judge';

/** Two who close for the same window may both ask, and once more each by what they read before. */
const mostInVain = 5;
/** What makes nobody ask again who knows what came of it. */
const besides = new Set(['people', 'strangers', 'events', 'pim', 'editors', 'turns', 'audit']);

/**
 * What is gone is not deleted again and again: whoever sends a DELETE gets to know what came of it,
 * whoever else writes the row meanwhile. Each one that is sent in vain takes from what others need.
 */
export function inVainFaults(
  { writes }: Pick<History, 'writes'>,
  { afflictions, outages }: Pick<Circumstances, 'afflictions' | 'outages'>,
): Violation[] {
  if (outages.length > 0 || afflictions.some(({ group }) => !besides.has(group))) return [];
  const inVain = new Map<string, number[]>();
  for (const { by, method, path, status, existed, atMs } of writes) {
    if (by !== 'app' || method !== 'DELETE' || status >= 300 || existed) continue;
    if (!ownRulePath.test(path)) continue;
    const key = path.toLowerCase();
    inVain.set(key, [...(inVain.get(key) ?? []), atMs]);
  }
  return [...inVain].flatMap(([path, times]) => {
    const atMs = times[mostInVain];
    if (atMs === undefined) return [];
    const what = `${path} was gone, and was deleted ${times.length} times more`;
    return [{ invariant: 'no delete in vain', what, atMs }];
  });
}
