import { skewMaxMs } from '../../shared/domain/instant';
import type { SweepWorld } from '../../shared/ports/world';
import type { SweepStatus } from '../sweep/sweeps';
import type { Part } from './healthAnswer';

/**
 * Three periods and a minute without a sweep: nobody would take over if a sleeper died. A sweep
 * that only reports takes nothing over either.
 */
export function sweepPart(
  { clock, sweepPeriodMs, sweep: { mode, scopes } }: SweepWorld,
  status: SweepStatus,
): Part {
  const how = { mode, ...(scopes.length > 0 ? { scopes } : {}) };
  if (status === null) return { ok: false, secondsAgo: null, ...how };
  const agoMs = clock.now() - status.endedAt;
  const isTimely = agoMs <= 3 * sweepPeriodMs + 60_000;
  return {
    ok: status.complete && isTimely && mode === 'close',
    complete: status.complete,
    secondsAgo: Math.round(agoMs / 1_000),
    ...how,
  };
}

/** How far the host's clock is from Resource Manager's. */
export function clockPart({ clock }: Pick<SweepWorld, 'clock'>): Part {
  const { skewMs, measuredAt } = clock.skew();
  return {
    ok: Math.abs(skewMs) <= skewMaxMs,
    skewSeconds: Math.round(skewMs / 100) / 10,
    measuredSecondsAgo: measuredAt === null ? null : Math.round((clock.now() - measuredAt) / 1_000),
  };
}
