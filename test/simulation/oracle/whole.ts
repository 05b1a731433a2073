import type { History, Line, NsgListed } from './history';
import type { Violation } from './judge';

/**
 * A sweep that calls itself whole, by Resource Manager's lists, was shown each of them to its last
 * page: what it was not shown it has not judged, and whoever relies on it must know.
 */
export function wholeFaults({
  lines,
  lists,
  sweeperLines,
}: Pick<History, 'lines' | 'lists' | 'sweeperLines'>): Violation[] {
  // Two apps that list at once cannot be told apart by what was asked.
  if (sweeperLines.length > 0) return [];
  const sweeps = lines.filter(({ fields }) => fields['event'] === 'sweep.done');
  return sweeps.flatMap((sweep, at) => {
    const { complete, by } = sweep.fields;
    if (complete !== true || by !== 'lists') return [];
    const hidden = hiddenIn(lists, sweeps[at - 1], sweep);
    if (hidden === undefined) return [];
    const what = `a sweep called itself whole and was not shown ${hidden.path}`;
    return [{ invariant: 'a sweep says what it saw', what, atMs: sweep.atMs }];
  });
}

/** What was asked for last of a list and never shown, in one sweep. */
function hiddenIn(
  lists: readonly NsgListed[],
  before: Line | undefined,
  { atMs }: Line,
): NsgListed | undefined {
  const own = lists.filter((one) => one.atMs > (before?.atMs ?? -Infinity) && one.atMs <= atMs);
  const last = new Map(own.map((one) => [one.path, one]));
  return [...last.values()].find(({ isShown }) => !isShown);
}
