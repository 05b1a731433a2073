import { subscriptionOf } from '../../../shared/domain/armId';
import type { HintRow } from '../../../shared/domain/hint';
import type { World } from '../../../shared/ports/world';
import type { Verdict } from './verdict';

/**
 * Before a hint costs a request: is it its turn, and are requests left beyond those that closes may
 * need? `null`: go on. A hint that waits does so in its row, so none is lost.
 */
export function queue({ budget }: World, hint: HintRow): Verdict | null {
  const subscriptionId = subscriptionOf(hint.roleAssignmentId);
  const shortMs = Math.max(budget.pauseMs(subscriptionId), budget.queryPauseMs());
  if (shortMs > 0) return { kind: 'queued', afterMs: shortMs };
  const turnMs = budget.confirmationPauseMs(hint.id, hint.looks === 0 ? 'first' : 'again');
  return turnMs > 0 ? { kind: 'queued', afterMs: turnMs } : null;
}
