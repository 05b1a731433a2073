import { mayHaveDied } from './calm';
import { type History, partsOf } from './history';
import type { Circumstances, Violation } from './judge';
import { markedUntilMs } from './marked';

/** Whoever is told that a window is extended has rules that say so: the sweep goes by them. */
export function extendedFaults(
  history: Pick<History, 'lines' | 'stays' | 'accepted'>,
  circumstances: Pick<Circumstances, 'outages' | 'afflictions'>,
): Violation[] {
  return [...unmarked(history), ...unanswered(history, circumstances)];
}

function unmarked({ lines, stays }: Pick<History, 'lines' | 'stays'>): Violation[] {
  const said = lines.filter(({ fields }) => fields['event'] === 'window.extended');
  return said.flatMap(({ atMs, fields }) => {
    const { windowId, until } = fields;
    const early = stays.find(
      (stay) =>
        stay.by === 'app' &&
        partsOf(stay.name)?.windowId === windowId &&
        stay.properties.access === 'Allow' &&
        stay.fromMs < atMs &&
        (stay.toMs ?? Number.POSITIVE_INFINITY) > atMs + 1_000 &&
        markedUntilMs(stay.properties) < secondOf(Date.parse(String(until))),
    );
    if (early === undefined) return [];
    const what = `${early.name} was called extended and has the marker of before`;
    return [{ invariant: 'extended means marked', what, atMs }];
  });
}

const answers = new Set(['window.extended', 'window.notExtended']);

/**
 * Whoever asked for more, and was not told no at once, hears of it before the window ends by
 * itself. Whoever saves an answer may die before its line: then the line of the window's end says
 * until when it was open, and that is what the rules said.
 */
function unanswered(
  { lines, stays, accepted }: Pick<History, 'lines' | 'stays' | 'accepted'>,
  circumstances: Pick<Circumstances, 'outages' | 'afflictions'>,
): Violation[] {
  const mayDie = mayHaveDied(circumstances);
  return accepted.flatMap(({ windowId, atMs, untilMs }) => {
    if (untilMs === null) return [];
    const wantedMs = secondOf(untilMs);
    const marked = stays.filter(
      (stay) =>
        stay.by === 'app' &&
        partsOf(stay.name)?.windowId === windowId &&
        markedUntilMs(stay.properties) >= wantedMs,
    );
    // What is as late already was asked for twice, and is granted with that.
    if (marked.some(({ fromMs }) => fromMs <= atMs)) return [];
    const after = lines.filter((line) => line.fields['windowId'] === windowId && line.atMs >= atMs);
    const end = after.find(({ fields }) => fields['event'] === 'window.closing');
    if (end?.fields['reason'] !== 'expired') return [];
    const heard = after.some(
      (line) => line.atMs <= end.atMs && answers.has(String(line.fields['event'])),
    );
    const closed = after.find(({ fields }) => fields['event'] === 'window.closed');
    const told = secondOf(Date.parse(String(closed?.fields['until'])));
    const isTrue = told >= wantedMs ? marked.length > 0 : told < wantedMs;
    if (heard || (mayDie && isTrue)) return [];
    const what = `${windowId} ended by itself, and nobody said what became of its extend`;
    return [{ invariant: 'extended means marked', what, atMs: end.atMs }];
  });
}

/** Markers tell whole seconds. */
function secondOf(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
