import { ledgerLosses } from './calm';
import { byAppAt, type History, partsOf, sentAtOf, type Stay } from './history';
import type { Circumstances, Violation } from './judge';

/** The app may read, save and write its line a little after the fact. */
const slackMs = 30_000;

/** A window whose end was told stands open nowhere: not one of its rules. */
export function isShutWhenClosed(
  history: History,
  { endMs, afflictions }: Circumstances,
): Violation[] {
  const { lines, stays } = history;
  // A row of a new ledger cannot speak of a rule that the old one knew, or had just sent: the sweep
  // finds that.
  const losses = ledgerLosses({ afflictions });
  const isForgotten = (fromMs: number, atMs: number): boolean =>
    losses.some((lostMs) => fromMs < lostMs && lostMs < atMs);
  const said = lines.filter(({ fields }) => fields['event'] === 'window.closed');
  return said.flatMap(({ atMs, fields }) => {
    const { windowId } = fields;
    const standing = stays.find(
      (stay) =>
        stay.by === 'app' &&
        stay.properties.access === 'Allow' &&
        partsOf(stay.name)?.windowId === windowId &&
        stay.fromMs < atMs - slackMs &&
        !isForgotten(leftMs(history, stay), atMs) &&
        (stay.toMs ?? endMs + 1) > atMs,
    );
    if (standing === undefined) return [];
    const what = `${String(windowId)} was called closed and ${standing.name} stood`;
    return [{ invariant: 'closed means gone', what, atMs }];
  });
}

/** When the PUT left the app that made a rule stand. */
function leftMs(history: Pick<History, 'writes' | 'puts'>, stay: Stay): number {
  const puts = byAppAt(history, stay, 'PUT').filter(({ atMs }) => atMs <= stay.fromMs);
  const last = puts.at(-1);
  return last === undefined ? stay.fromMs : sentAtOf(history, last);
}

/**
 * A window whose end was told stays shut: what was sent for it has landed by then, and is deleted.
 * With the ledger lost nobody remembers that it is over.
 */
export function staysShut(
  { lines, stays }: Pick<History, 'lines' | 'stays'>,
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  if (afflictions.some(({ group }) => group === 'clock')) return [];
  if (ledgerLosses({ afflictions }).length > 0) return [];
  const ended = new Map<string, number>();
  for (const { atMs, fields } of lines) {
    const id = String(fields['windowId']);
    if (fields['event'] === 'window.closed' && !ended.has(id)) ended.set(id, atMs);
  }
  return stays.flatMap(({ by, name, fromMs, properties }) => {
    const endedMs = ended.get(partsOf(name)?.windowId ?? '');
    if (by !== 'app' || properties.access !== 'Allow' || endedMs === undefined) return [];
    if (fromMs <= endedMs) return [];
    const late = Math.round((fromMs - endedMs) / 1_000);
    const what = `${name} came to stand ${late} s after its window was called closed`;
    return [{ invariant: 'closed means gone', what, atMs: fromMs }];
  });
}

/** Closed means gone: no line says so while the network still obeys the rule as it did before. */
export function isGoneWhenClosed({ lines, stays }: History, { endMs }: Circumstances): Violation[] {
  const said = lines.filter(({ fields }) => fields['event'] === 'rule.closed');
  return said.flatMap(({ atMs, fields }) => {
    const { rule, nsgId, kind } = fields;
    // The rules of an NSG that is gone stand nowhere; what was never put never stood.
    if (kind !== 'deleted' && kind !== 'removedByOthers') return [];
    const standing = stays.find(
      (stay) =>
        stay.name === rule &&
        stay.nsgId.toLowerCase() === String(nsgId).toLowerCase() &&
        stay.fromMs < atMs - slackMs &&
        (stay.toMs ?? endMs + 1) > atMs,
    );
    return standing === undefined
      ? []
      : [{ invariant: 'closed means gone', what: `${String(rule)} was called closed`, atMs }];
  });
}
