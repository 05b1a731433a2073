import { type History, partsOf, sentAtOf } from './history';
import type { Violation } from './judge';

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
  return writes.flatMap((write) => {
    const { by, method, path, status, properties } = write;
    if (by !== 'app' || method !== 'PUT' || status >= 300) return [];
    const atMs = sentAtOf({ puts }, write);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const endedMs = ended.get(partsOf(name)?.windowId ?? '');
    const isLate = endedMs !== undefined && atMs > endedMs + underWayMs;
    if (!isLate || properties?.access === 'Deny') return [];
    return [{ invariant: 'no window reopens', what: `${name} was put after its end`, atMs }];
  });
}
