import type { Ledger } from '../../../shared/ports/ledger';
import type { SimulatedClock } from '../clock';
import { eachMinute } from './eachMinute';
import type { Violation } from './judge';

export type ListedWatch = { begin(endMs: number): void; faults(): Violation[] };

/**
 * Looks into the ledger once a minute: a window that is not at its end is among what lives, or
 * neither a hint nor reconcile nor a cap would ever find it. Twice in a row, so that no write that
 * is under way counts; whoever loses the ledger loses both tables at once.
 */
export function watchListed(clock: SimulatedClock, ledger: () => Ledger): ListedWatch {
  const found: Violation[] = [];
  let before = new Set<string>();
  const look = async (): Promise<void> => {
    const { windows, live } = ledger();
    const listed = new Set((await live.list()).map(({ row }) => row.id));
    const missing = (await windows.list())
      .filter(({ row }) => row.concludedAt === null && !listed.has(row.id))
      .map(({ row }) => row.id);
    for (const id of missing.filter((one) => before.has(one))) {
      const what = `the row of window ${id} is not at its end, and nobody lists it`;
      found.push({ invariant: 'the ledger says what stands', what, atMs: clock.now() });
    }
    before = new Set(missing);
  };
  return { begin: (endMs) => eachMinute(clock, endMs, look), faults: () => found };
}
