import type { Crossing } from '../boundaries';
import type { Plan } from '../plan';
import { clockFaults } from './clockFaults';
import type { Violation } from './judge';

/** Listens to what is written into rows of windows. */
export type WishWatch = {
  begins(crossing: Crossing): void;
  faults(plan: Plan): Violation[];
};

/** What a row that is written says, as far as it matters here. */
type Written = {
  readonly id: string;
  readonly generation: number;
  readonly nextLook: number;
  readonly closingAt: number | null;
  readonly wish: 'open' | 'closed';
  readonly wantedUntil: number;
  readonly grant?: { readonly origin?: { readonly endAt?: number } };
};

/**
 * A wish, to close or for more time, sets the next look to now in the same write: should nobody be
 * started for it, reconcile takes it up within its period, and not whenever somebody looks anyway.
 */
export function watchWishes(): WishWatch {
  const rows = new Map<string, Pick<Written, 'generation' | 'wantedUntil' | 'grant'>>();
  const found: Violation[] = [];
  return {
    begins: ({ kind, name, input, atMs }) => {
      if (kind !== 'ledger' || !/^windows\.(?:insert|replace)$/.test(name)) return;
      const row = (input as readonly unknown[])[0] as Written;
      const known = rows.get(row.id);
      if (known !== undefined && row.generation <= known.generation) return;
      rows.set(row.id, row);
      // Whoever begins to close is looking at the window already.
      if (known === undefined || row.closingAt !== null) return;
      // An extend that is given up asks for less, and nothing is to be done for it.
      if (row.wish === 'open' && row.wantedUntil <= known.wantedUntil) return;
      // Whoever has seen at PIM that it ends later is looking at the window already, too.
      if (row.grant?.origin?.endAt !== known.grant?.origin?.endAt) return;
      if (row.nextLook <= atMs) return;
      const what = `${row.id} is looked at ${Math.ceil((row.nextLook - atMs) / 1_000)} s after it`;
      found.push({ invariant: 'a wish is looked at now', what, atMs });
    },
    // By a clock that is wrong, now is another time.
    faults: ({ faults }) => (faults.some(({ kind }) => clockFaults.includes(kind)) ? [] : found),
  };
}
