import { subscriptionOf } from '../../../shared/domain/armId';
import type { HintRow } from '../../../shared/domain/hint';
import { shortPauseMs } from '../../../shared/domain/window/pace';
import type { World } from '../../../shared/ports/world';
import type { Verdict } from './verdict';

/**
 * Before a hint costs a request: is it its turn, and are requests left beyond those that closes may
 * need? `null`: go on. A hint that waits does so in its row, so none is lost. The turn comes first:
 * if all who wait were told when requests are left again, all would come back at that moment, find
 * them gone, and come back again.
 */
export function queue({ budget }: World, hint: HintRow): Verdict | null {
  const turnMs = budget.confirmationPauseMs(hint.id, hint.looks === 0 ? 'first' : 'again');
  if (turnMs > 0) return { kind: 'queued', afterMs: turnMs };
  const shortMs = budget.pauseMs(subscriptionOf(hint.roleAssignmentId));
  return shortMs > 0 ? { kind: 'queued', afterMs: Math.max(shortMs, shortPauseMs) } : null;
}

/**
 * Before the one query of a confirmed activation. Queries are far fewer than reads: who asks gets a
 * turn of its own, so that of many who wait each comes back once, and not all at the same moment.
 */
export function queueForQuery({ budget }: World, hint: HintRow): Verdict | null {
  const turnMs = Math.max(budget.queryTurnMs(hint.id), budget.queryPauseMs());
  return turnMs > 0 ? { kind: 'queued', afterMs: turnMs } : null;
}
