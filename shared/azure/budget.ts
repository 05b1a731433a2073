import { createConfirmationTurns } from '../domain/intake/confirmationTurns';
import type { Budget } from '../ports/budget';
import type { Meter } from './meter';

/**
 * Looks at hints a second. A subscription gives 25 reads a second: with both counts at their limit
 * ten are left, and the reserve stops both before closes lack anything. Looks again wait on their
 * own, so that those who never existed do not stand before those who have just come.
 */
const firstLooks = { burst: 20, everyMs: 100 };
const looksAgain = { burst: 20, everyMs: 200 };
/**
 * Resource Graph answers 15 queries in 5 seconds to each user; these are 12, the rest is the sweep's
 * (learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 */
const queries = { burst: 12, everyMs: 420 };

/** The budget as Resource Manager's answers tell it. */
export function createBudget({ buckets, deletes }: Meter): Budget {
  const turns = {
    first: createConfirmationTurns(firstLooks.burst, firstLooks.everyMs),
    again: createConfirmationTurns(looksAgain.burst, looksAgain.everyMs),
    query: createConfirmationTurns(queries.burst, queries.everyMs),
  };
  return {
    pauseMs: (subscriptionId) => buckets.pauseMs(subscriptionId, Date.now()),
    queryPauseMs: () => buckets.queryPauseMs(Date.now()),
    queryTurnMs: (hintId) => turns.query.pauseMs(hintId, Date.now()),
    // Who waits for its query has been confirmed once already, and again when it can be sent.
    confirmationPauseMs: (hintId, look) =>
      turns.query.holds(hintId)
        ? buckets.queryPauseMs(Date.now())
        : turns[look].pauseMs(hintId, Date.now()),
    sentDeletes: (subscriptionId) => deletes.of(subscriptionId, Date.now()),
  };
}
