import { hashId } from '../identity';
import type { Entry } from './entry';
import type { StandingRow } from './standing';

const dayMs = 24 * 3_600_000;

/** Failed nights in a row before a VM is left alone for good. */
const failuresMax = 3;
/** Nights that are left out after the first and the second failed one. */
const nightsOut = [0, 2] as const;
/** A row of failed nights that nothing was added to for this long is none any more. */
const forgottenMs = 30 * dayMs;
/** The same time of the next night, a little early: runs do not begin to the second. */
const earlyMs = 6 * 3_600_000;

/**
 * What is remembered of a VM that failed in a run; `before`: what was remembered until then. Told
 * twice of the same run, it counts once. `now`: epoch ms.
 */
export function afterFailure(
  { vmId, fingerprint, end }: Entry,
  runId: string,
  before: StandingRow | null,
  now: number,
): StandingRow {
  if (before?.lastRunId === runId) return before;
  const isInARow =
    before !== null &&
    before.fingerprint === fingerprint &&
    now - before.lastFailureAt < forgottenMs;
  const failures = isInARow ? before.failures + 1 : 1;
  const out = nightsOut[failures - 1];
  return {
    schema: 1,
    id: hashId(vmId.toLowerCase()),
    vmId,
    failures,
    lastFailureAt: now,
    lastRunId: runId,
    pausedUntil: out === undefined || out === 0 ? now : now + out * dayMs + dayMs - earlyMs,
    quarantinedAt: failures >= failuresMax ? now : null,
    fingerprint,
    reason: end?.reason ?? 'refused',
    error: end?.error ?? null,
  };
}
