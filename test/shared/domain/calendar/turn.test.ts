import type { LiveRow } from '../../../../shared/domain/live';
import { nowOf } from '../../../../shared/domain/instant';
import {
  dueOn,
  hasDelete,
  isInItsPlace,
  mayTake,
  newTurn,
  sharersOf,
  turnIdOf,
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

  it('to close lasts 30 s, to open as long as an operation', () => {
    expect(newTurn(nsg, 'w', 'close', 12 * second, at).until).toBe(at + 30 * second);
    expect(newTurn(nsg, 'w', 'open', 12 * second, at).until).toBe(at + 12 * second);
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

  it('ends after three minutes for each DELETE, however far the deadline is', async () => {
    const { row, placement, now } = await closingRow();
    const waits = (deleteCount: number) =>
      turnWaitUntil(row, { ...placement, deleteCount }, 'close', 12_000, nowOf(now, 0)) - now;
    expect([0, 1, 2].map(waits)).toEqual([180_000, 360_000, 540_000]);
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
  it('asks nobody, with its first DELETE and for as long as the place is its own', async () => {
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
    const fault = (kind: 'busy' | 'throttled') =>
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
    expect(waits({ fault: fault('throttled') })).toBe(notBefore);
    expect(waits({ lastDeleteAt: 1 })).toBe(notBefore);
    expect(waits({ phase: 'open' })).toBe(notBefore);
  });

  it('is let alone while its closing has not begun', async () => {
    const { world, id } = await openedWindow();
    const row = await readRow(world, id);
    const now = nowOf(world.time.now, 0);
    expect(hasDelete(row, nsgNic, now)).toBe(false);
    expect(hasDelete({ ...row, wish: 'closed' }, nsgNic, now)).toBe(true);
    expect(hasDelete({ ...row, wish: 'closed' }, `${nsgNic}-other`, now)).toBe(false);
  });
});
