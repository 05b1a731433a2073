import {
  type Problem,
  problem,
  refusalProblem,
  withRetryAfter,
} from '../../shared/contract/problem';
import { skewMaxMs } from '../../shared/domain/instant';
import { refusal } from '../../shared/domain/refusal';
import type { World } from '../../shared/ports/world';

/** What must be in order before anything is asked on behalf of an opening. */
export function heldBack({ budget, clock, opening }: World): Problem | null {
  if ('faults' in opening) return refusalProblem(refusal('openingsDisabled'));
  if (Math.abs(clock.skew().skewMs) > skewMaxMs) {
    return problem(
      'clocksDisagree',
      'The clocks of this app and of Azure disagree by more than a minute.',
      'Nothing is opened until they agree: GET /api/health tells by how much they differ.',
    );
  }
  const pauseMs = Math.max(budget.pauseMs(''), budget.queryPauseMs());
  if (pauseMs === 0) return null;
  const answer = problem(
    'requestsReserved',
    'The requests that Azure still allows are kept for closing.',
    'Send it again when Retry-After is over, with the same Idempotency-Key.',
  );
  return withRetryAfter(answer, pauseMs);
}
