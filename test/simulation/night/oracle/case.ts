import type { Entry } from '../../../../shared/domain/remediation/entry';
import type { RemediationRow } from '../../../../shared/domain/remediation/remediationRow';
import type { Circumstances, Violation } from '../../oracle/judge';
import type { NightHistory, NightWrite, StoredRow } from '../history';
import type { NightPlan } from '../nightPlan';

/** A VM in a row that was stored. */
export type StoredEntry = {
  readonly atMs: number;
  readonly runId: string;
  readonly batchId: string;
  readonly entry: Entry;
};

/** A history with what is asked of it again and again. */
export type NightCase = {
  readonly history: NightHistory;
  readonly circumstances: Circumstances;
  readonly night: NightPlan;
  /** By VM, in the order of time. */
  readonly entries: ReadonlyMap<string, readonly StoredEntry[]>;
  /** The rows of each run, in the order of time. */
  readonly runs: ReadonlyMap<string, readonly StoredRow<RemediationRow>[]>;
  /** When each batch was stored, in the order of time. */
  readonly batchTimes: ReadonlyMap<string, readonly number[]>;
  /** How far clocks and standstills may stretch what is counted by a worker's own clock. */
  readonly stretchMs: (fromMs: number, toMs: number) => number;
};

export function nightCase(
  history: NightHistory,
  circumstances: Circumstances,
  night: NightPlan,
): NightCase {
  const entries = new Map<string, StoredEntry[]>();
  const batchTimes = new Map<string, number[]>();
  for (const { atMs, row } of history.batches) {
    push(batchTimes, row.id, atMs);
    for (const entry of row.entries) {
      push(entries, entry.vmId.toLowerCase(), { atMs, runId: row.runId, batchId: row.id, entry });
    }
  }
  const runs = new Map<string, StoredRow<RemediationRow>[]>();
  for (const stored of history.runs) push(runs, stored.row.id, stored);
  const clocks = circumstances.afflictions.filter(({ kind }) => kind === 'night: clock wrong');
  return {
    history,
    circumstances,
    night,
    entries,
    runs,
    batchTimes,
    stretchMs: (fromMs, toMs) =>
      clocks.some(({ atMs }) => atMs <= toMs && atMs >= fromMs - clockMs) ? clockMs : 0,
  };
}

/** Longer than a clock is wrong, and by more than it is. */
const clockMs = 600_000;

function push<Item>(to: Map<string, Item[]>, key: string, item: Item): void {
  const list = to.get(key) ?? [];
  list.push(item);
  to.set(key, list);
}

export function violation(invariant: string, what: string, atMs: number): Violation {
  return { invariant: `night: ${invariant}`, what, atMs };
}

/** When a write had left the app: what is held up on its way is received later. */
export function sentAtOf({ sent }: NightHistory, { path, method, atMs }: NightWrite): number {
  const own = sent.filter((one) => one.path === path && one.method === method && one.atMs <= atMs);
  return Math.max(...own.map((one) => one.atMs), -Infinity);
}

/** Did any fault of these take effect? */
export function wasStruck({ circumstances }: NightCase, form: RegExp): boolean {
  return circumstances.afflictions.some(({ kind }) => form.test(kind));
}
