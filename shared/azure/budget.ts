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

/** The budget as Resource Manager's answers tell it. */
export function createBudget({ buckets }: Meter): Budget {
  const turns = {
    first: createConfirmationTurns(firstLooks.burst, firstLooks.everyMs),
    again: createConfirmationTurns(looksAgain.burst, looksAgain.everyMs),
  };
  return {
    pauseMs: (subscriptionId) => buckets.pauseMs(subscriptionId, Date.now()),
    queryPauseMs: () => buckets.queryPauseMs(Date.now()),
    confirmationPauseMs: (hintId, look) => turns[look].pauseMs(hintId, Date.now()),
  };
}
