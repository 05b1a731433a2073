import type { Violation } from '../../oracle/judge';
import { type NightCase, violation } from './case';

const withinMs = 60_000;
/** One look, one after an identity, and some that came to nothing. */
const readsMax = 8;

/** Nobody asks one VM again and again: reads are what everything else of the night runs on. */
export function readFaults({ history }: NightCase): Violation[] {
  const reads = new Map<string, number[]>();
  for (const { method, vmId, worker, atMs, status } of history.sent) {
    // What was refused or got lost is asked again: its pauses are another matter.
    if (method !== 'GET' || status !== 200) continue;
    const key = `${worker} ${vmId}`;
    reads.set(key, [...(reads.get(key) ?? []), atMs]);
  }
  return [...reads].flatMap(([key, times]) => {
    const at = times.findIndex(
      (time, place) => time - (times[place - readsMax] ?? -1e15) < withinMs,
    );
    return at < 0
      ? []
      : [violation('reads without end', `${key}: ${times.length} reads`, times[at] ?? 0)];
  });
}
