import type { LogLine } from '../support/simulatedAzure';

/** Rare branches: how often each named thing was logged. */
export function sometimesOf(logs: readonly LogLine[]): Record<string, number> {
  const sometimes: Record<string, number> = {};
  for (const { event = '', reason, why, outcome } of logs) {
    const detail = reason ?? why ?? outcome;
    const name = typeof detail === 'string' ? `${event} ${detail}` : event;
    sometimes[name] = (sometimes[name] ?? 0) + 1;
  }
  return sometimes;
}
