import { isDone } from '../http/call';
import { ledgerLosses, mayHaveDied } from './calm';
import type { History } from './history';
import { idOf } from './ids';
import type { Circumstances, Violation } from './judge';
import { asked } from './requested';

const judged = /roleassignments\/(?:write|delete)$/i;
const ofIntake = new Set(['intake.confirmed', 'intake.stopped']);
const ofWindow = new Set(['window.closed', 'window.refused']);

/** What came so shortly before the end of a run may still be looked at. */
const lookedAtMs = 300_000;

const unread: [string, undefined] = ['an event that nobody can read', undefined];

/**
 * Nothing that was accepted is lost: each event that was taken, and each window that was granted or
 * that somebody was promised, has exactly one end that the log names. Whoever dies between the save
 * of an end and its line leaves it to another, who cannot know whether it was told: after such a
 * fault the same line may come again, but never another. Judged where a run comes to rest and the
 * ledger was kept.
 */
export function conservationFaults(
  { lines, taken, standingAtRest, malformed, calls }: History,
  { afflictions, outages, endMs }: Circumstances,
): Violation[] {
  if (standingAtRest === null || ledgerLosses({ afflictions }).length > 0) return [];
  // Where the main app is dead for ever the sweeper closes, and nobody writes of it.
  if (outages.some(({ isSwept }) => isSwept)) return [];
  // By another clock a step may run twice as well, and tell its end twice.
  const mayRepeat = mayHaveDied({ outages, afflictions }, ['clock']);
  const grantedAt = grants(lines);
  const ends = (names: ReadonlySet<string>, key: string): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const [at, { fields }] of lines.entries()) {
      const { event, outcome } = fields;
      if (!names.has(String(event))) continue;
      const id = String(fields[key]);
      // What was refused may be judged again, by another policy or with an address that came late.
      if (event === 'window.refused' && at < (grantedAt.get(id) ?? -1)) continue;
      found.set(id, [...(found.get(id) ?? []), `${String(event)} ${String(outcome)}`]);
    }
    return found;
  };
  const intakes = ends(ofIntake, 'intake');
  const windows = ends(ofWindow, 'windowId');
  const inputs = [
    ...new Set(
      taken
        .filter(({ operation, atMs }) => judged.test(operation) && atMs < endMs - lookedAtMs)
        .map(({ eventId }) => eventId),
    ),
  ].map((eventId): [string, readonly string[] | undefined] => [
    `event ${eventId}`,
    intakes.get(idOf(`event|${eventId}`)),
  ]);
  // Whoever was granted a window may have died before its line: the answer to a later call tells.
  const promised = [...asked({ calls })].flatMap(([id, of]) => (of.some(isDone) ? [id] : []));
  const opened = [...new Set([...grantedAt.keys(), ...promised])].map(
    (id): [string, readonly string[] | undefined] => [`window ${id}`, windows.get(id)],
  );
  const unreadable = lines.filter(({ fields }) => fields['event'] === 'hint.malformed').length;
  const lost = malformed - unreadable;
  return [...inputs, ...opened, ...(lost > 0 ? [unread] : [])].flatMap(([what, found]) => {
    const count = mayRepeat ? new Set(found).size : found?.length;
    if (count === 1) return [];
    const told = found === undefined ? 'no end' : found.join(' and ');
    return [{ invariant: 'conservation', what: `${what} has ${told}`, atMs: endMs }];
  });
}

/** Where in the log each window was granted first. */
function grants(lines: History['lines']): Map<string, number> {
  const found = new Map<string, number>();
  for (const [at, { fields }] of lines.entries()) {
    const id = String(fields['windowId']);
    if (fields['event'] === 'window.granted' && !found.has(id)) found.set(id, at);
  }
  return found;
}
