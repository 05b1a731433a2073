import { isOver, type RemediationRow } from './remediationRow';

/** How far a run is. Times in epoch ms; `null`: nobody can tell yet. */
export type RunProgress = {
  /** VMs at their end. */
  readonly ended: number;
  /** VMs found and not at their end; more may be found while `isWhole` is false. */
  readonly left: number;
  /** Every VM has been found. */
  readonly isWhole: boolean;
  /** VMs at their end in a minute, since the run was begun. */
  readonly perMinute: number | null;
  /** At that rate, once every VM has been found. */
  readonly leftMs: number | null;
};

/** Less than this says nothing of a rate. */
const rateFromMs = 5_000;

/** How far a run is at `now`, epoch ms by the host's clock. */
export function runProgress(row: RemediationRow, now: number): RunProgress {
  const { tally, startedAt, foundAt, endedAt } = row;
  const ended = Object.values(tally.ended).reduce((sum, count) => sum + count, 0);
  const left = Math.max(0, tally.found - ended);
  const tookMs = startedAt === null ? 0 : (endedAt ?? now) - startedAt;
  const perMinute = tookMs < rateFromMs ? null : (ended * 60_000) / tookMs;
  const isWhole = foundAt !== null;
  return { ended, left, isWhole, perMinute, leftMs: leftMsOf(row, left, perMinute) };
}

function leftMsOf(row: RemediationRow, left: number, perMinute: number | null): number | null {
  if (isOver(row)) return 0;
  if (row.foundAt === null || perMinute === null || perMinute === 0) return null;
  return (left * 60_000) / perMinute;
}
