import type { History } from './history';
import type { Circumstances, Violation } from './judge';

/** At rest the ledger says what the network shows: no rule stands, so nothing is open, nothing lives. */
export function ledgerFaults(
  { ledgerAtRest }: Pick<History, 'ledgerAtRest'>,
  { outages, endMs }: Pick<Circumstances, 'outages' | 'endMs'>,
): Violation[] {
  // Nobody is left to write what the sweeper app has done.
  if (ledgerAtRest === null || outages.some(({ isSwept }) => isSwept)) return [];
  const { live, open } = ledgerAtRest;
  return [
    ...live.map((id) => `${id} is still looked after`),
    ...open.map((id) => `the row of window ${id} is not at its end`),
  ].map((what) => ({ invariant: 'the ledger says what stands', what, atMs: endMs }));
}
