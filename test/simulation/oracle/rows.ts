import type { Ledger } from '../../../shared/ports/ledger';
import type { SimulatedClock } from '../clock';
import { watchBeats } from './beats';
import { watchDue } from './due';
import type { History } from './history';
import type { Circumstances, Violation } from './judge';
import { watchListed } from './listed';

export type RowWatch = {
  begin(endMs: number): void;
  faults(history: History, circumstances: Circumstances): Violation[];
};

/** All that is judged by looking into the ledger once a minute. */
export function watchRows(clock: SimulatedClock, ledger: () => Ledger): RowWatch {
  const listed = watchListed(clock, ledger);
  const due = watchDue(clock, ledger);
  const beats = watchBeats(clock, ledger);
  return {
    begin: (endMs) => {
      for (const one of [listed, due, beats]) one.begin(endMs);
    },
    faults: (history, circumstances) => [
      ...listed.faults(),
      ...due.faults(circumstances),
      ...beats.faults(history),
    ],
  };
}
