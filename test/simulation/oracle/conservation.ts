import type { History } from './history';
import { idOf } from './ids';
import type { Circumstances, Violation } from './judge';

const judged = /roleassignments\/(?:write|delete)$/i;
const ofIntake = new Set(['intake.confirmed', 'intake.stopped']);
const ofWindow = new Set(['window.closed', 'window.refused']);

/**
 * Nothing that was accepted is lost: each event that was taken, and each window that was granted,
 * has exactly one end that the log names. The same line told twice, by a step that ran twice, is
 * one. Judged where a run comes to rest and the ledger was kept.
 */
export function conservationFaults(
  { lines, taken, standingAtRest }: History,
  { afflictions, endMs }: Circumstances,
): Violation[] {
  if (standingAtRest === null || afflictions.some(({ kind }) => kind === 'ledger lost')) return [];
  const ends = (names: ReadonlySet<string>, key: string): Map<string, Set<string>> => {
    const found = new Map<string, Set<string>>();
    for (const { fields } of lines) {
      const { event, outcome } = fields;
      if (!names.has(String(event))) continue;
      const id = String(fields[key]);
      found.set(id, (found.get(id) ?? new Set()).add(`${String(event)} ${String(outcome)}`));
    }
    return found;
  };
  const intakes = ends(ofIntake, 'intake');
  const windows = ends(ofWindow, 'windowId');
  const inputs = [
    ...new Set(
      taken.filter(({ operation }) => judged.test(operation)).map(({ eventId }) => eventId),
    ),
  ].map((eventId): [string, ReadonlySet<string> | undefined] => [
    `event ${eventId}`,
    intakes.get(idOf(`event|${eventId}`)),
  ]);
  const granted = lines.flatMap(({ fields }) =>
    fields['event'] === 'window.granted' ? [String(fields['windowId'])] : [],
  );
  const opened = [...new Set(granted)].map((id): [string, ReadonlySet<string> | undefined] => [
    `window ${id}`,
    windows.get(id),
  ]);
  return [...inputs, ...opened].flatMap(([what, found]) => {
    if (found?.size === 1) return [];
    const told = found === undefined ? 'no end' : [...found].join(' and ');
    return [{ invariant: 'conservation', what: `${what} has ${told}`, atMs: endMs }];
  });
}
