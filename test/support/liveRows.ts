import { guardStartOf, planClose } from '../../shared/domain/calendar/planClose';
import type { LiveClose, LiveRow } from '../../shared/domain/live';

/** Live rows that all end in the same second, for the calendar of closes. */
export const liveEnd = 1_800_000_000_000;
export const liveGuardMs = 180_000;
export const liveDeleteMs = 12_000;
/** Nothing is planned to close before this. */
export const liveEarliest = liveEnd - 3_600_000;

export function closeOn(group: number, subscription = '0'): LiveClose {
  const guid = `11111111-1111-4111-8111-${subscription.padStart(12, '0')}`;
  const provider = 'providers/microsoft.network/networksecuritygroups';
  const nsgId = `/subscriptions/${guid}/resourcegroups/rg/${provider}/nsg-${group}`;
  return { nsgId, region: 'westeurope', rules: 1 };
}

export function liveRowOf(at: number, closes: readonly LiveClose[] = [closeOn(at)]): LiveRow {
  return {
    id: `w${String(at).padStart(5, '0')}`,
    kind: 'window',
    assignmentKey: '',
    personId: '',
    nsgIds: closes.map(({ nsgId }) => nsgId),
    until: liveEnd,
    createdAt: 1,
    guardMs: liveGuardMs,
    closeFrom: null,
    closes,
  };
}

/** Admits so many windows one after the other, as intake does. */
export function admitAll(count: number, closesOf: (at: number) => LiveClose[]): LiveRow[] {
  const live: LiveRow[] = [];
  for (let at = 0; at < count; at++) {
    const row = liveRowOf(at, closesOf(at));
    const start = planClose(live, row, liveDeleteMs, liveEarliest);
    if (start === null) continue;
    live.push({ ...row, closeFrom: start < guardStartOf(row) ? start : null });
  }
  return live;
}

export function startsOf(live: readonly LiveRow[]): number[] {
  return live.map((row) => row.closeFrom ?? guardStartOf(row));
}
