import { type History, partsOf } from './history';
import type { Violation } from './judge';

/** What was sent before may still arrive. */
const underWayMs = 30_000;

/** A window that is over never opens again: its id and its rules' names are not used twice. */
export function reopenedFaults({ lines, writes }: Pick<History, 'lines' | 'writes'>): Violation[] {
  const ended = new Map<string, number>();
  for (const { atMs, fields } of lines) {
    if (fields['event'] !== 'window.closed') continue;
    const id = String(fields['windowId']);
    ended.set(id, Math.min(ended.get(id) ?? atMs, atMs));
  }
  return writes.flatMap(({ by, method, path, atMs, status, properties }) => {
    if (by !== 'app' || method !== 'PUT' || status >= 300) return [];
    const name = path.slice(path.lastIndexOf('/') + 1);
    const endedMs = ended.get(partsOf(name)?.windowId ?? '');
    const isLate = endedMs !== undefined && atMs > endedMs + underWayMs;
    if (!isLate || properties?.access === 'Deny') return [];
    return [{ invariant: 'no window reopens', what: `${name} was put after its end`, atMs }];
  });
}
