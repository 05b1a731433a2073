import type { Budget } from '../../shared/ports/budget';

/** A budget that never runs short, for worlds in which nothing counts requests. */
export const freeBudget: Budget = {
  pauseMs: () => 0,
  queryPauseMs: () => 0,
  queryTurnMs: () => 0,
  confirmationPauseMs: () => 0,
  sentDeletes: () => [],
};
