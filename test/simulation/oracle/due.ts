import type { Ledger } from '../../../shared/ports/ledger';
import type { SimulatedClock } from '../clock';
import { guardMs } from '../units';
import { quietStretch } from './calm';
import { eachMinute } from './eachMinute';
import type { Circumstances, Violation } from './judge';

/** A look comes a little late, and reads before it saves. */
const slackMs = 60_000;
/** What was disturbed so long before may still be felt. */
const feltMs = 300_000;
const besides = ['people', 'strangers', 'events', 'audit'];
const maybeOpen = new Set(['putting', 'open']);

type Row = NonNullable<Awaited<ReturnType<Ledger['windows']['get']>>>['row'];

/** A row that was found open, and when its close should begin. */
type Due = { readonly id: string; readonly atMs: number; readonly beginMs: number };

export type DueWatch = {
  begin(endMs: number): void;
  faults(circumstances: Circumstances): Violation[];
};

/**
 * Reads the windows' rows once a minute. A close begins at the guard, or where the calendar gave it
 * an earlier place; and whatever a window waits for, it is looked at by then.
 */
export function watchDue(clock: SimulatedClock, ledger: () => Ledger): DueWatch {
  const asleep: Due[] = [];
  const late: Due[] = [];
  const look = async (): Promise<void> => {
    for (const { row } of await ledger().windows.list()) {
      const due = dueOf(row, clock.now());
      if (due === null) continue;
      // Whoever is late already is looked at later still.
      if (due.atMs <= due.beginMs && row.nextLook > due.beginMs + slackMs) asleep.push(due);
      if (due.atMs > due.beginMs + slackMs) late.push(due);
    }
  };
  return {
    begin: (endMs) => eachMinute(clock, endMs, look),
    faults: (circumstances) => {
      // By a clock that is wrong all of these are other times.
      if (circumstances.afflictions.some(({ group }) => group === 'clock')) return [];
      return [
        ...asleep.map(({ id, atMs }) =>
          said(`${id} is looked at after its close should begin`, atMs),
        ),
        ...late
          .filter((one) => isUndisturbed(one, circumstances))
          .map(({ id, atMs }) => said(`${id} was open though its close should have begun`, atMs)),
      ];
    },
  };
}

function said(what: string, atMs: number): Violation {
  return { invariant: 'closing begins at the guard', what: `the window ${what}`, atMs };
}

/** `null`: nothing of it is open, or its close has begun. */
function dueOf(row: Row, atMs: number): Due | null {
  if (row.concludedAt !== null || row.closingAt !== null) return null;
  if (!row.placements.some(({ phase }) => maybeOpen.has(phase))) return null;
  const until = Math.min(row.until ?? row.wantedUntil, row.wantedUntil);
  const beginMs = Math.min(until - guardMs, row.closeFrom ?? Infinity);
  return { id: row.id, atMs, beginMs };
}

function isUndisturbed({ atMs, beginMs }: Due, circumstances: Circumstances): boolean {
  if ((circumstances.plan.polling ?? 0) > 5_000) return false;
  const fromMs = beginMs - feltMs;
  return quietStretch(fromMs, atMs, atMs - fromMs, circumstances, besides) !== null;
}
