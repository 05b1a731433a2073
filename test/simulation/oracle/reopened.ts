import { ledgerLosses } from './calm';
import { type History, partsOf, sentAtOf } from './history';
import type { Activation, Circumstances, Violation } from './judge';

/** What tells of an end and what is sent may be under way at the same time. */
const underWayMs = 30_000;

/** A window that is over never opens again: its id and its rules' names are not used twice. */
export function reopenedFaults({
  lines,
  writes,
  puts,
}: Pick<History, 'lines' | 'writes' | 'puts'>): Violation[] {
  const ended = new Map<string, number>();
  for (const { atMs, fields } of lines) {
    if (fields['event'] !== 'window.closed') continue;
    const id = String(fields['windowId']);
    ended.set(id, Math.min(ended.get(id) ?? atMs, atMs));
  }
  return opensOf({ writes, puts }).flatMap(({ name, windowId, atMs }) => {
    const endedMs = ended.get(windowId);
    if (endedMs === undefined || atMs <= endedMs + underWayMs) return [];
    return [{ invariant: 'no window reopens', what: `${name} was put after its end`, atMs }];
  });
}

/** The PUTs of the app that let somebody in: of which window each is, and when it left. */
function opensOf({
  writes,
  puts,
}: Pick<History, 'writes' | 'puts'>): { name: string; windowId: string; atMs: number }[] {
  return writes.flatMap((write) => {
    const { by, method, path, status, properties } = write;
    if (by !== 'app' || method !== 'PUT' || status >= 300) return [];
    if (properties?.access === 'Deny') return [];
    const name = path.slice(path.lastIndexOf('/') + 1);
    const windowId = partsOf(name)?.windowId ?? '';
    return [{ name, windowId, atMs: sentAtOf({ puts }, write) }];
  });
}

/** PIM begins an activation a little before its event tells of it. */
const toldWithinMs = 60_000;

/**
 * Whoever has lost its ledger does not know what it had opened, and what of that was closed early:
 * on an activation from before the loss nothing is opened, unless an event tells of it afterwards.
 * What somebody asks for by a call is asked for anew.
 */
export function forgottenFaults(
  { writes, puts, taken }: Pick<History, 'writes' | 'puts' | 'taken'>,
  activations: readonly Activation[],
  circumstances: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  const losses = ledgerLosses(circumstances);
  if (losses.length === 0) return [];
  return opensOf({ writes, puts }).flatMap(({ name, windowId, atMs }) => {
    const own = activations.find((one) => one.windowId === windowId);
    if (own === undefined || own.request !== undefined) return [];
    const isForgotten = losses.some(
      (lostMs) =>
        own.startMs < lostMs - toldWithinMs &&
        lostMs + underWayMs < atMs &&
        !taken.some((one) => one.atMs >= lostMs && one.resource === own.roleAssignmentId),
    );
    const what = `${name} was put for an activation that the lost ledger may have known`;
    return isForgotten ? [{ invariant: 'no window reopens', what, atMs }] : [];
  });
}
