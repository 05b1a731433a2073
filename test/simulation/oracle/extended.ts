import { type History, partsOf } from './history';
import type { Violation } from './judge';

const marker = /^postern1\|(\d{1,11})\|/;

/** Whoever is told that a window is extended has rules that say so: the sweep goes by them. */
export function extendedFaults({ lines, stays }: Pick<History, 'lines' | 'stays'>): Violation[] {
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
        Number(marker.exec(stay.properties.description ?? '')?.[1]) < untilSeconds,
    );
    if (early === undefined) return [];
    const what = `${early.name} was called extended and has the marker of before`;
    return [{ invariant: 'extended means marked', what, atMs }];
  });
}
