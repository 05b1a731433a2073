import { type History, partsOf, type Stay } from './history';
import type { Violation } from './judge';

const marker = /^postern1\|(\d{1,11})\|/;

/** Seconds; `NaN` where there is no marker. */
function markedUntil({ properties }: Stay): number {
  return Number(marker.exec(properties.description ?? '')?.[1]);
}

/** Whoever is told that a window is extended has rules that say so: the sweep goes by them. */
export function extendedFaults(
  history: Pick<History, 'lines' | 'stays' | 'accepted'>,
): Violation[] {
  return [...unmarked(history), ...unanswered(history)];
}

function unmarked({ lines, stays }: Pick<History, 'lines' | 'stays'>): Violation[] {
  const said = lines.filter(({ fields }) => fields['event'] === 'window.extended');
  return said.flatMap(({ atMs, fields }) => {
    const { windowId, until } = fields;
    const untilSeconds = Math.floor(Date.parse(String(until)) / 1_000);
    const early = stays.find(
      (stay) =>
        stay.by === 'app' &&
        partsOf(stay.name)?.windowId === windowId &&
        stay.properties.access === 'Allow' &&
        stay.fromMs < atMs &&
        (stay.toMs ?? Number.POSITIVE_INFINITY) > atMs + 1_000 &&
        markedUntil(stay) < untilSeconds,
    );
    if (early === undefined) return [];
    const what = `${early.name} was called extended and has the marker of before`;
    return [{ invariant: 'extended means marked', what, atMs }];
  });
}

const answers = new Set(['window.extended', 'window.notExtended']);

/** Whoever asked for more, and was not told no at once, hears of it before the window ends by itself. */
function unanswered({
  lines,
  stays,
  accepted,
}: Pick<History, 'lines' | 'stays' | 'accepted'>): Violation[] {
  return accepted.flatMap(({ windowId, atMs, untilMs }) => {
    if (untilMs === null) return [];
    // What is as late already was asked for twice, and is granted with that.
    const isThere = stays.some(
      (stay) =>
        stay.by === 'app' &&
        stay.fromMs <= atMs &&
        partsOf(stay.name)?.windowId === windowId &&
        markedUntil(stay) >= Math.floor(untilMs / 1_000),
    );
    if (isThere) return [];
    const after = lines.filter((line) => line.fields['windowId'] === windowId && line.atMs >= atMs);
    const end = after.find(({ fields }) => fields['event'] === 'window.closing');
    if (end?.fields['reason'] !== 'expired') return [];
    const heard = after.some(
      (line) => line.atMs <= end.atMs && answers.has(String(line.fields['event'])),
    );
    const what = `${windowId} ended by itself, and nobody said what became of its extend`;
    return heard ? [] : [{ invariant: 'extended means marked', what, atMs: end.atMs }];
  });
}
