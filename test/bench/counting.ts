import { installVirtualTime } from '../virtualTime';
import { type Calls, createDoor } from './door';
import { createHistoryCounter, type HistoryFigures } from './histories';
import type { Layout } from './layouts';
import { activationMs, playWindows, startAt, startProduct } from './playWindows';

/** What one window of a layout cost, counted, not timed. */
export type WindowCount = {
  layout: string;
  seed: number;
  /** Rules that the window needs: one for each NSG on the ways to its VMs. */
  slots: number;
  /** Writes and deletes together that nobody could do without. */
  bound: number;
  /** Sent by intake and window themselves, by a process that has seen some windows. */
  window: Calls;
  /** The same for the first window of a process, which does not know yet how long operations take. */
  first: Calls;
  /** Sent by the sweep while the window lived, its run at the start left out. */
  sweep: Calls & { runs: number };
  /** Sent by reconcile in the same time. */
  reconcile: Calls & { runs: number };
  /** (writes + deletes of everybody) / bound; 1 is wanted. */
  writesToBound: number;
  history: Record<string, HistoryFigures>;
  /** What is not as it must be, in sentences. */
  faults: string[];
};

/** So many windows come before the one that is counted: looks have been timed by then. */
const windowsBefore = 6;

/** Plays windows of the layout on virtual time, one after the other, and counts the last one. */
export async function countWindow(layout: Layout, seed = 1): Promise<WindowCount> {
  const time = installVirtualTime(startAt);
  const door = createDoor();
  const histories = createHistoryCounter();
  const simulation = await startProduct(layout, {
    seed,
    onAnswer: door.onAnswer,
    trace: histories.trace,
  });
  try {
    door.watch(simulation);
    const own = (): Calls => door.sent('advanceIntake', 'advanceWindow', 'startSuccessor');
    const playNext = async (): Promise<void> => {
      door.forget();
      histories.forget();
      await playWindows(simulation, layout, time);
    };
    await playNext();
    const first = own();
    for (let at = 1; at <= windowsBefore; at++) {
      // A whole number of minutes: every window meets the two timers at the same seconds.
      await time.pass(2 * activationMs - ((time.now() - Date.parse(startAt)) % (2 * activationMs)));
      await playNext();
    }
    const slots = layout.slotsPerWindow * layout.scopes.length;
    const everybody = door.sent();
    const { reasons } = simulation.verdict();
    return {
      layout: layout.name,
      seed,
      slots,
      bound: 2 * slots,
      window: own(),
      first,
      sweep: { ...door.sent('sweepDue'), runs: door.runs('sweepDue') },
      reconcile: { ...door.sent('reconcileDue'), runs: door.runs('reconcileDue') },
      writesToBound: (everybody.writes + everybody.deletes) / (2 * slots),
      history: histories.figures(simulation),
      faults: [...faultsOf(layout.name, everybody, slots), ...reasons],
    };
  } finally {
    door.close();
    await simulation.close();
    time.uninstall();
  }
}

/** Sentences for counts that differ from what they must be. */
export function faultsOf(layout: string, { writes, deletes }: Calls, slots: number): string[] {
  return [
    ...(writes === slots ? [] : [`${layout}: ${writes} writes for ${slots} slots.`]),
    ...(deletes === slots ? [] : [`${layout}: ${deletes} deletes for ${slots} slots.`]),
  ];
}
