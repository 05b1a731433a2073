import type { LiveRow } from '../../../../shared/domain/live';
import { nowOf } from '../../../../shared/domain/instant';
import {
  dueOn,
  hasDelete,
  isInItsPlace,
  isListedDue,
  lookAgainAt,
  mayTake,
  newTurn,
  sharersOf,
  turnIdOf,
  turnPatienceUntil,
  turnWaitUntil,
  withoutWaiting,
} from '../../../../shared/domain/calendar/turn';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { nsgNic, openedWindow, readRow } from '../../../support/windowWorld';

const second = 1_000;
const at = 1_000_000 * second;
const nsg = '/SUBSCRIPTIONS/s/nsg';

describe('a turn', () => {
  it('has one key for every spelling of the NSG', () => {
    expect(turnIdOf(nsg)).toBe(turnIdOf(nsg.toLowerCase()));
    expect(turnIdOf(nsg)).not.toBe(turnIdOf('/subscriptions/s/other'));
    expect(turnIdOf(nsg)).toMatch(/^[0-9a-f]{40}$/);
  });

  it('to close lasts 30 s, to open as long as an operation, at a place as long as a delete', () => {
    expect(newTurn(nsg, 'w', 'close', 12 * second, at).until).toBe(at + 30 * second);
    expect(newTurn(nsg, 'w', 'open', 12 * second, at).until).toBe(at + 12 * second);
    // Shorter than the places are apart, whatever deletes are believed to take.
    expect(newTurn(nsg, 'w', 'place', 12 * second, at).until).toBe(at + 11.5 * second);
    expect(newTurn(nsg, 'w', 'place', 90 * second, at).until).toBe(at + 11.5 * second);
    expect(newTurn(nsg, 'w', 'open', 90 * second, at).until).toBe(at + 30 * second);
  });

  it('is taken from nobody, oneself, one whose time is over, and by closes from opens', () => {
    const closing = newTurn(nsg, 'other', 'close', 12 * second, at);
    const opening = newTurn(nsg, 'other', 'open', 12 * second, at);
    expect(mayTake(null, 'w', 'open', at)).toBe(true);
    expect(mayTake(closing, 'other', 'open', at)).toBe(true);
    expect(mayTake(closing, 'w', 'close', at + 30 * second - 1)).toBe(false);
    expect(mayTake(closing, 'w', 'close', at + 30 * second)).toBe(true);
    expect(mayTake(closing, 'w', 'open', at)).toBe(false);
    expect(mayTake(opening, 'w', 'close', at)).toBe(true);
    expect(mayTake(opening, 'w', 'open', at)).toBe(false);
    const placed = newTurn(nsg, 'other', 'place', 12 * second, at);
    expect(mayTake(opening, 'w', 'place', at)).toBe(true);
    for (const purpose of ['open', 'place', 'close'] as const) {
      expect(mayTake(placed, 'w', purpose, at)).toBe(false);
      expect(mayTake(placed, 'w', purpose, placed.until)).toBe(true);
    }
  });

  it('is asked for again when it is over, and after 3 s at the latest', () => {
    const turn = newTurn(nsg, 'other', 'place', 12 * second, at);
    expect(lookAgainAt(turn, at)).toBe(at + 3 * second);
    expect(lookAgainAt(turn, at + 10 * second)).toBe(at + 11.5 * second);
    // Lost to somebody at the same moment: nobody knows until when.
    expect(lookAgainAt(null, at)).toBe(at + 3 * second);
    expect(lookAgainAt(turn, turn.until)).toBe(turn.until + 3 * second);
  });

  it('may have been written by a clock that is a minute ahead', () => {
    const ahead = newTurn(nsg, 'other', 'close', 12 * second, at + 60 * second);
    expect(mayTake(ahead, 'w', 'close', at)).toBe(false);
    expect(mayTake({ ...ahead, until: ahead.until + 1 }, 'w', 'close', at)).toBe(true);
  });

  it('names the NSG in lower case, its holder and what for', () => {
    expect(newTurn(nsg, 'w', 'open', second, at)).toEqual({
      id: turnIdOf(nsg),
      nsgId: nsg.toLowerCase(),
      holder: 'w',
      until: at + second,
      purpose: 'open',
    });
  });

  it.each([Number.NaN, Infinity, at + 91 * second, 0])(
    'that says it lasts until %p holds nobody up',
    (until) => {
      const broken = { ...newTurn(nsg, 'other', 'close', 12 * second, at), until };
      expect(mayTake(broken, 'w', 'close', at)).toBe(true);
    },
  );
});

function listed(id: string, changes: Partial<LiveRow> = {}): LiveRow {
  return {
    id,
    kind: 'window',
    assignmentKey: '',
    personId: '',
    nsgIds: [],
    until: at + 600 * second,
    createdAt: 0,
    guardMs: 180 * second,
    closeFrom: null,
    closes: [{ nsgId: nsg.toLowerCase(), region: '', rules: 1 }],
    ...changes,
  };
}

describe('the due list of an NSG', () => {
  it('holds the other windows there whose closing has begun, the earliest deadline first', () => {
    const live = [
      listed('later', { closeFrom: at - 1 }),
      listed('guard', { until: at + 180 * second }),
      listed('notYet'),
      listed('self', { closeFrom: 0 }),
      listed('intake', { kind: 'intake', closeFrom: 0 }),
      listed('elsewhere', { closeFrom: 0, closes: [] }),
    ];
    expect(dueOn(live, nsg, 'self', nowOf(at, 0)).map(({ id }) => id)).toEqual(['guard', 'later']);
    expect(sharersOf(live, nsg, 'self').map(({ id }) => id)).toEqual(['later', 'guard', 'notYet']);
    expect(dueOn(live, nsg, 'self', nowOf(at, -600 * second))).toHaveLength(2);
  });

  it('holds those with other NSGs as well, and has one order for the same deadline', () => {
    const elsewhere = { nsgId: '/elsewhere', region: '', rules: 1 };
    const closes = [elsewhere, { ...elsewhere, nsgId: nsg.toLowerCase() }];
    const live = ['b', 'c', 'a'].map((id) => listed(id, { closeFrom: 0, closes }));
    const order = (all: readonly LiveRow[]) =>
      dueOn(all, nsg, '', nowOf(at, 0)).map(({ id }) => id);
    expect(order(live)).toEqual(['a', 'b', 'c']);
    expect(order(live.toReversed())).toEqual(['a', 'b', 'c']);
    expect(order([listed('x', { closeFrom: 0, closes: [elsewhere] })])).toEqual([]);
  });

  it('is closing from its place in the calendar on, or from its guard if that is sooner', () => {
    const due = (changes: Partial<LiveRow>) => isListedDue(listed('w', changes), nowOf(at, 0));
    expect(due({ closeFrom: at })).toBe(true);
    expect(due({ closeFrom: at + 1 })).toBe(false);
    expect(due({ closeFrom: at + 1, until: at + 180 * second })).toBe(true);
    expect(due({ until: at + 180 * second + 1 })).toBe(false);
  });
});

describe('how long a close waits for its turn', () => {
  const closingRow = async (): Promise<{ row: WindowRow; placement: Placement; now: number }> => {
    const { world, id } = await openedWindow();
    const now = world.time.now;
    const row: WindowRow = { ...(await readRow(world, id)), wish: 'closed', closingAt: now };
    const [placement] = row.placements;
    if (placement === undefined) throw new Error('no placement');
    return { row, placement: { ...placement, phase: 'closing' }, now };
  };

  it('ends while all that a close needs still fits before the deadline, by either clock', async () => {
    const { row, placement, now } = await closingRow();
    const until = now + 170 * second;
    const due = { ...row, until };
    const waits = (deleteMs: number, skewMs = 0) =>
      turnWaitUntil(due, placement, 'close', deleteMs, nowOf(now, skewMs));
    // Pauses and activity 15 s, one delete, propagation 80 s.
    expect(waits(40_000)).toBe(until - 135 * second);
    expect(waits(40_000, 5_000)).toBe(until - 140 * second);
    // Two deletes of its own on this NSG, in any spelling, and one elsewhere.
    const twin = { ...placement, slot: 9, nsgId: placement.nsgId.toUpperCase() };
    const two = { ...due, placements: [placement, twin, { ...placement, nsgId: '/elsewhere' }] };
    expect(turnWaitUntil(two, placement, 'close', 30_000, nowOf(now, 0))).toBe(
      until - 155 * second,
    );
  });

  it('is nothing for what has not begun to close', async () => {
    const { row, placement, now } = await closingRow();
    const idle = { ...row, closingAt: null };
    expect(turnWaitUntil(idle, placement, 'close', 12_000, nowOf(now, 0))).toBeLessThan(now);
  });

  it('never lasts longer than until the rule is due for the sweep', async () => {
    const { row, placement, now } = await closingRow();
    const until = now + 170 * second;
    const due = { ...row, until };
    const waits = (skewMs: number) =>
      turnWaitUntil(due, placement, 'close', 12_000, nowOf(now, skewMs));
    expect(waits(0)).toBe(until - 120 * second);
    expect(waits(5_000)).toBe(until - 125 * second);
  });

  it('ends with its patience, however far the deadline is', async () => {
    const { row, placement, now } = await closingRow();
    const waits = (deleteCount: number, others: number) =>
      turnPatienceUntil(row, { ...placement, deleteCount }, others, 12_000) - now;
    expect([0, 1, 2].map((deletes) => waits(deletes, 0))).toEqual([180_000, 360_000, 540_000]);
    // Four times as long as the deletes of the others take.
    expect([0, 1].map((deletes) => waits(deletes, 10))).toEqual([660_000, 1_320_000]);
  });

  it('does not hold up an open for more than a minute', async () => {
    const { row, placement, now } = await closingRow();
    const waits = (openFrom: number | null) =>
      turnWaitUntil({ ...row, openFrom }, placement, 'open', 12_000, nowOf(now, 0));
    expect(waits(null)).toBe(row.createdAt + 60_000);
    expect(waits(now)).toBe(now + 60_000);
  });
});

describe('a close that has come to its place in the calendar', () => {
  it('is that with its first DELETE and for as long as the place is its own', async () => {
    const { world, id } = await openedWindow();
    const opened = await readRow(world, id);
    const [placement] = opened.placements;
    if (placement === undefined) throw new Error('no placement');
    const start = world.time.now + 60 * second;
    const row: WindowRow = { ...opened, closeFrom: start };
    const isIn = (afterMs: number, deleteCount = 0, skewMs = 0) =>
      isInItsPlace(row, { ...placement, deleteCount }, 12_000, nowOf(start + afterMs, skewMs));
    expect([-1, 0, 11_999, 12_000].map((ms) => isIn(ms))).toEqual([false, true, true, false]);
    expect(isIn(0, 1)).toBe(false);
    expect(isIn(-5_000, 0, 5_000)).toBe(true);
  });
});

describe('the row that the holder of a turn works on', () => {
  it('waits for nothing but what was throttled or is under way', async () => {
    const { world, id } = await openedWindow();
    const row = await readRow(world, id);
    const notBefore = world.time.now + 30_000;
    const fault = (kind: 'busy' | 'unavailable' | 'throttled') =>
      ({ kind, code: '', status: 429, retryAfterMs: null }) as const;
    const waits = (changes: Partial<Placement>): number | null | undefined => {
      const placements = row.placements.map((one) => {
        const closing = { ...one, phase: 'closing', lastDeleteAt: null, notBefore } as const;
        return { ...closing, ...changes };
      });
      const ready = withoutWaiting({ ...row, placements }, nsgNic.toUpperCase());
      return ready.placements.find(({ nsgId }) => nsgId === nsgNic)?.notBefore;
    };
    expect(waits({})).toBeNull();
    expect(waits({ fault: fault('busy') })).toBeNull();
    expect(waits({ fault: fault('unavailable'), lastDeleteAt: 1 })).toBeNull();
    expect(waits({ fault: fault('throttled') })).toBe(notBefore);
    expect(waits({ lastDeleteAt: 1 })).toBe(notBefore);
    expect(waits({ phase: 'open' })).toBe(notBefore);
    expect(waits({ nsgId: '/elsewhere' })).toBeUndefined();
    const placements = row.placements.map((one) => ({
      ...one,
      phase: 'closing' as const,
      notBefore,
    }));
    expect(withoutWaiting({ ...row, placements }, '/elsewhere')).toEqual({ ...row, placements });
  });

  it('is let alone while its closing has not begun', async () => {
    const { world, id } = await openedWindow();
    const row = await readRow(world, id);
    const now = nowOf(world.time.now, 0);
    expect(hasDelete(row, nsgNic, now)).toBe(false);
    expect(hasDelete({ ...row, wish: 'closed' }, nsgNic, now)).toBe(true);
    expect(hasDelete({ ...row, wish: 'closed' }, nsgNic.toUpperCase(), now)).toBe(true);
    expect(hasDelete({ ...row, wish: 'closed' }, `${nsgNic}-other`, now)).toBe(false);
    const placements = row.placements.map((one) => ({ ...one, phase: 'gone' as const }));
    expect(hasDelete({ ...row, wish: 'closed', placements }, nsgNic, now)).toBe(false);
    // One rule that was given up, of a window that goes on.
    const givenUp = row.placements.map((one) => ({ ...one, phase: 'closing' as const }));
    expect(hasDelete({ ...row, placements: givenUp }, nsgNic, now)).toBe(false);
    // A single rule elsewhere that is to be deleted is none of this NSG.
    const closing = placements.map((one) =>
      one.nsgId === nsgNic ? one : { ...one, phase: 'closing' as const },
    );
    expect(hasDelete({ ...row, closingAt: now.hostMs, placements: closing }, nsgNic, now)).toBe(
      false,
    );
    expect(hasDelete({ ...row, placements: closing }, nsgNic, now)).toBe(false);
  });
});
