import { hashId } from '../../../shared/domain/identity';
import type { StandingRow } from '../../../shared/domain/remediation/standing';
import type { NightMachine } from './nightPlan';
import { nightVmId } from './recipes';

const dayMs = 24 * 3_600_000;

/** What the nights before have left in the ledger of a machine that is as it was then. */
export function standingOf(
  machine: NightMachine,
  fingerprint: string,
  startMs: number,
): StandingRow | null {
  const { standing } = machine;
  if (standing === 'none') return null;
  const vmId = nightVmId(machine);
  return {
    schema: 1,
    id: hashId(vmId.toLowerCase()),
    vmId,
    failures: { once: 1, paused: 2, quarantined: 3 }[standing],
    lastFailureAt: startMs - dayMs,
    lastRunId: 'night-20251231',
    pausedUntil: standing === 'once' ? startMs - dayMs : startMs + 2 * dayMs,
    quarantinedAt: standing === 'quarantined' ? startMs - dayMs : null,
    fingerprint,
    reason: 'extensionFailed',
    error: null,
  };
}
