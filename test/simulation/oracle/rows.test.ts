import type { Ledger } from '../../../shared/ports/ledger';
import { createLedgerMemory } from '../../../shared/ledgerMemory';
import { installClock } from '../clock';
import { minute } from '../units';
import { circumstances, good, line } from './goodWindow';
import { watchRows } from './rows';

type Row = {
  until: number;
  wantedUntil: number;
  closeFrom: number | null;
  closingAt: number | null;
  nextLook: number;
};

/** Open until minute 10 and looked at when its close begins. */
const open: Row = {
  until: 10 * minute,
  wantedUntil: 10 * minute,
  closeFrom: null,
  closingAt: null,
  nextLook: 7 * minute,
};

/** What the watch says of a ledger in which `before` was written, after so many minutes. */
async function said(
  minutes: number,
  before: (ledger: Ledger) => void,
  more: Partial<typeof circumstances> = {},
  sweeperLines = good.sweeperLines,
): Promise<string[]> {
  const clock = installClock(0);
  try {
    const ledger = createLedgerMemory();
    before(ledger);
    const watch = watchRows(clock, () => ledger);
    watch.begin(minutes * minute);
    await clock.runUntil(minutes * minute);
    const told = { ...circumstances, ...more };
    const all = watch.faults({ ...good, sweeperLines }, told).map(({ what }) => what);
    return [...new Set(all)];
  } finally {
    clock.uninstall();
  }
}

function saidOf(minutes: number, row: Partial<Row>, more = {}): Promise<string[]> {
  const stored = { ...open, ...row, id: 'one', concludedAt: null, placements: [{ phase: 'open' }] };
  return said(
    minutes,
    ({ windows, live }) => {
      void live.insert({ id: 'one' } as never);
      void windows.insert(stored as never);
    },
    more,
  );
}

describe('when a close begins', () => {
  const late = 'the window one was open though its close should have begun';
  const asleep = 'the window one is looked at after its close should begin';

  it('is at the guard', async () => {
    await expect(saidOf(8, {})).resolves.toEqual([]);
    await expect(saidOf(9, {})).resolves.toEqual([late]);
    await expect(saidOf(9, { closingAt: 7 * minute })).resolves.toEqual([]);
  });

  it('is where the calendar had room for it', async () => {
    await expect(saidOf(6, { closeFrom: 4 * minute, nextLook: 0 })).resolves.toEqual([late]);
    await expect(saidOf(5, { closeFrom: 4 * minute, nextLook: 0 })).resolves.toEqual([]);
  });

  it('is by the deadline that is proved, not by the one that is wished for', async () => {
    const extending = { wantedUntil: 30 * minute };
    await expect(saidOf(9, extending)).resolves.toEqual([late]);
  });

  it('is not slept past', async () => {
    await expect(saidOf(2, { nextLook: 8.5 * minute })).resolves.toEqual([asleep]);
    await expect(saidOf(2, { closeFrom: 5 * minute })).resolves.toEqual([asleep]);
    await expect(saidOf(8, { nextLook: 8.5 * minute })).resolves.toEqual([asleep]);
  });

  it('may be later where something was in the way, and is not judged by a wrong clock', async () => {
    const fault = { kind: '503 before', id: 1, atMs: 6 * minute, untilMs: 6 * minute };
    const down = { afflictions: [{ ...fault, group: 'resourceManager' }] };
    await expect(saidOf(9, {}, down)).resolves.toEqual([]);
    const clock = { afflictions: [{ ...fault, group: 'clock' }] };
    await expect(saidOf(9, { nextLook: 9 * minute }, clock)).resolves.toEqual([]);
  });
});

describe('the sweeper app', () => {
  const beat = (ledger: Ledger): void => {
    void ledger.heartbeats.insert({ id: 'sweeper', at: 30_000 } as never);
  };
  const swept = (complete: boolean) => [
    { ...line(0, { event: 'sweep.done', complete }), atMs: 29_000 },
  ];

  it('speaks up after a sweep that saw everything, and after no other', async () => {
    await expect(said(2, beat, {}, swept(true))).resolves.toEqual([]);
    const what = 'the sweeper app called itself alive after a sweep that did not see everything';
    await expect(said(2, beat, {}, swept(false))).resolves.toEqual([what]);
  });
});
