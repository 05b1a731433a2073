import type { Ledger } from '../../../shared/ports/ledger';
import type { SimulatedClock } from '../clock';
import { eachMinute } from './eachMinute';
import type { History } from './history';
import type { Violation } from './judge';

/** A beat follows the line of its sweep at once. */
const atOnceMs = 1_000;

export type BeatWatch = {
  begin(endMs: number): void;
  faults(history: Pick<History, 'sweeperLines'>): Violation[];
};

/** The sweeper app that does not see everything stays silent: nobody is to rely on it. */
export function watchBeats(clock: SimulatedClock, ledger: () => Ledger): BeatWatch {
  const beats = new Set<number>();
  const look = async (): Promise<void> => {
    for (const { row } of await ledger().heartbeats.list()) beats.add(row.at);
  };
  return {
    begin: (endMs) => eachMinute(clock, endMs, look),
    faults: ({ sweeperLines }) => {
      const sweeps = sweeperLines.filter(({ fields }) => fields['event'] === 'sweep.done');
      return [...beats].flatMap((atMs) => {
        const sweep = sweeps.findLast((one) => one.atMs <= atMs + atOnceMs);
        if (sweep === undefined || sweep.fields['complete'] === true) return [];
        const what =
          'the sweeper app called itself alive after a sweep that did not see everything';
        return [{ invariant: 'a sweep says what it saw', what, atMs }];
      });
    },
  };
}
