import type { SentDeletes } from '../domain/calendar/planOpen';

/**
 * How many requests are left, asked by whatever opens or only reads. There is no bucket that opens
 * and closes share: closes, the sweep and the proofs of closes never ask, everything else steps
 * aside while fewer requests are left than closes may need. Pauses in ms, 0: go on.
 */
export type Budget = {
  /** For requests to this subscription; `''` for those to the tenant alone. */
  pauseMs(subscriptionId: string): number;
  /** For queries of Resource Graph, which count on their own. */
  queryPauseMs(): number;
  /** For the one query of a confirmed hint. Whoever is told to wait has its turn then. */
  queryTurnMs(hintId: string): number;
  /**
   * For one look at a hint that nothing but its event speaks for: so many a second and no more, so
   * that a flood of forged events is worked off slowly. Whoever is told to wait has its turn then.
   */
  confirmationPauseMs(hintId: string, look: 'first' | 'again'): number;
  /** Deletes of rules that this process has sent there in the last five minutes. */
  sentDeletes(subscriptionId: string): readonly SentDeletes[];
};
