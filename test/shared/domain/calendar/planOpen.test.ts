import { planOpen } from '../../../../shared/domain/calendar/planOpen';
import type { LiveClose, LiveRow } from '../../../../shared/domain/live';

const operationMs = 12_000;
const begin = 1_800_000_000_000;
const hour = 3_600_000;
const nothing = { hostMs: begin, deletes: [] };

describe('The turns of opens', () => {
  it('come at once where nobody else is', () => {
    expect(planOpen([rowOf(0), rowOf(1, { nsg: 1 })], rowOf(0), operationMs, nothing)).toBe(begin);
  });

  it('come one after another on one NSG, in the order of admission', () => {
    const all = [0, 1, 2, 3].map((at) => rowOf(at));
    const turns = all.map((row) => planOpen(all, row, operationMs, nothing) - begin);
    expect(turns).toEqual([0, operationMs, 2 * operationMs, 3 * operationMs]);
  });

  it('count who was placed already, though its id be greater', () => {
    const placed = rowOf(9, { closeFrom: begin + hour });
    expect(planOpen([placed, rowOf(0)], rowOf(0), operationMs, nothing)).toBe(begin + operationMs);
  });

  it('do not wait for windows that were opened long ago', () => {
    const long = rowOf(0, { createdAt: begin - operationMs });
    expect(planOpen([long], rowOf(1), operationMs, nothing)).toBe(begin);
  });

  it('keep each NSG for one operation a rule, and begin when all of theirs are free', () => {
    const [a, b, c] = [closeOn(0, 3), closeOn(1, 2), closeOn(2)];
    const all = [
      { ...rowOf(0), closes: [a] },
      { ...rowOf(1), closes: [b] },
      { ...rowOf(2), closes: [a, b, c] },
      { ...rowOf(3), closes: [c] },
      { ...rowOf(4), closes: [b] },
    ];
    const turns = all.map(
      (row) => (planOpen(all, row, operationMs, nothing) - begin) / operationMs,
    );
    expect(turns).toEqual([0, 0, 3, 4, 5]);
  });

  it('wait while closes that exceed the allowance are within five minutes, before or after', () => {
    const period = 300_000;
    const late = rowOf(5_000, { nsg: 1 });
    const turn = (closeAt: number, changes: Partial<LiveRow> = {}): number => {
      const storm = { ...rowOf(0, { createdAt: begin - hour }), closes: [closeOn(9, 801)] };
      const atGuard = { ...storm, until: closeAt + storm.guardMs };
      const asked = { ...late, ...changes };
      const placed = planOpen(
        [{ ...storm, closeFrom: closeAt }, asked],
        asked,
        operationMs,
        nothing,
      );
      // Without a place of its own a close begins at its guard.
      expect(planOpen([atGuard, asked], asked, operationMs, nothing)).toBe(placed);
      return placed - begin;
    };
    expect(turn(begin + period)).toBe(0);
    expect(turn(begin + period - 1)).toBe(2 * period);
    expect(turn(begin - period)).toBe(0);
    expect(turn(begin - period + 1)).toBe(30_000);
    // Whose end comes first need not wait for more.
    expect(turn(begin, { until: begin + 45_000 })).toBe(60_000);
    expect(turn(begin, { until: begin + 60_000 })).toBe(60_000);
    const elsewhere = closeOn(1);
    const nsgId = elsewhere.nsgId.replace('/s/', '/t/');
    expect(turn(begin, { closes: [{ ...elsewhere, nsgId }] })).toBe(0);
  });

  it('do not wait for their own close', () => {
    const own = { ...rowOf(0), closes: [closeOn(0, 900)], closeFrom: begin + 60_000 };
    expect(planOpen([own], own, operationMs, nothing)).toBe(begin);
  });

  it('wait for a storm of closes to pass, and only for a storm', () => {
    const closes = (count: number): LiveRow[] =>
      Array.from({ length: count }, (_item, at) =>
        rowOf(at, { nsg: at + 10, createdAt: begin - hour, closeFrom: begin + 60_000 }),
      );
    const late = rowOf(5_000, { nsg: 1 });
    expect(planOpen(closes(800), late, operationMs, nothing)).toBe(begin);
    expect(planOpen(closes(801), late, operationMs, nothing)).toBe(begin + 360_000);
    const elsewhere = closes(801).map((row) => ({
      ...row,
      closes: row.closes.map((close) => ({ ...close, region: 'northeurope' })),
    }));
    expect(planOpen(elsewhere, late, operationMs, nothing)).toBe(begin);
  });

  it('count closes that are done: what they took from the allowance is gone', () => {
    const late = rowOf(5_000, { nsg: 1 });
    const ahead = Array.from({ length: 401 }, (_item, at) =>
      rowOf(at, { nsg: at + 10, createdAt: begin - hour, closeFrom: begin + 1 }),
    );
    const begun = ahead.map((row) => ({ ...row, closeFrom: begin }));
    const turn = (live: readonly LiveRow[], count: number, ms = 0): number => {
      const spent = { hostMs: begin, deletes: [{ at: begin - ms, count }] };
      return planOpen(live, late, operationMs, spent) - begin;
    };
    expect(turn([], 800)).toBe(0);
    expect(turn([], 801)).toBe(300_000);
    expect(turn([], 801, 300_000)).toBe(0);
    expect(turn([], 801, 250_000)).toBe(60_000);
    expect(turn(ahead, 399)).toBe(0);
    expect(turn(ahead, 400)).toBe(300_000);
    // Those whose time has come are the ones that were sent, or their part of them.
    expect(turn(begun, 400)).toBe(0);
    expect(turn(begun, 800)).toBe(0);
    expect(turn(begun, 801)).toBe(300_000);
  });
});

// Helpers

type Changes = { nsg?: number; createdAt?: number; closeFrom?: number | null };

function rowOf(
  at: number,
  { nsg = 0, createdAt = begin, closeFrom = null }: Changes = {},
): LiveRow {
  const close = closeOn(nsg);
  return {
    id: `w${String(at).padStart(5, '0')}`,
    kind: 'window',
    assignmentKey: '',
    personId: '',
    nsgIds: [close.nsgId],
    until: begin + 2 * hour,
    createdAt,
    guardMs: 180_000,
    closeFrom,
    closes: [close],
  };
}

function closeOn(nsg: number, rules = 1): LiveClose {
  const nsgId = `/subscriptions/s/resourcegroups/rg/providers/p/networksecuritygroups/nsg-${nsg}`;
  return { nsgId, region: 'westeurope', rules };
}
