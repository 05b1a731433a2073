import fc from 'fast-check';
import { nowOf } from '../../../../shared/domain/instant';
import { isBreakGlass } from '../../../../shared/domain/isBreakGlass';
import type { NoticesRow } from '../../../../shared/domain/notices/notice';
import { owedNotices, withDeadline } from '../../../../shared/domain/notices/owedNotices';
import type { WindowRow } from '../../../../shared/domain/window/windowRow';
import { claimOrigin, grantOf, minute, rowOf } from '../../../support/grants';
import { placementOf } from '../../../support/placements';

const start = Date.parse('2026-01-01T10:00:00Z');
const openedAt = start + 10_000;

/** A window proved open, with this much time until its deadline; its guard is three minutes. */
function openRow(minutes: number, changes: Partial<WindowRow> = {}): WindowRow {
  const untilAt = start + minutes * minute;
  const grant = grantOf({ now: start } as never, { untilAt });
  const placement = placementOf({ phase: 'open', openedAt, lastPutAt: start });
  const row = rowOf({ now: start } as never, grant);
  return { ...row, until: untilAt, placements: [placement], ...changes };
}

function owed(row: WindowRow, at: number, known: NoticesRow['deadline'] = null) {
  return owedNotices(row, withDeadline(row, known, at), nowOf(at, 0));
}

const kinds = (row: WindowRow, at: number, known: NoticesRow['deadline'] = null): string[] =>
  owed(row, at, known).map(({ kind, isOvertaken }) => `${kind}${isOvertaken ? ' overtaken' : ''}`);

describe('what a window owes', () => {
  const closing = start + 57 * minute;
  const whole = openRow(60);
  const ended = { wish: 'closed' as const, closingAt: closing };

  it.each([
    ['at once', openedAt, whole, ['opened']],
    ['before its time', closing - 10 * minute - 1, whole, ['opened']],
    ['ten minutes before', closing - 10 * minute, whole, ['opened', 'closingIn10']],
    [
      'two minutes before',
      closing - 2 * minute,
      whole,
      ['opened', 'closingIn10 overtaken', 'closingIn2'],
    ],
    [
      'when it closes',
      closing,
      { ...whole, ...ended },
      ['opened overtaken', 'closingIn10 overtaken', 'closingIn2 overtaken'],
    ],
    [
      'closed early',
      start + 20 * minute,
      { ...whole, wish: 'closed' as const, closingAt: start + 19 * minute },
      ['opened overtaken'],
    ],
  ])('%s', (_, at, row, expected) => {
    expect(kinds(row, at)).toEqual(expected);
  });

  it('counts to where closing is planned to begin, if that is earlier', () => {
    const early = { ...whole, closeFrom: closing - 5 * minute };
    expect(kinds(early, closing - 15 * minute)).toEqual(['opened', 'closingIn10']);
    expect(kinds(early, closing - 15 * minute - 1)).toEqual(['opened']);
  });

  it('is warned of by the clock that is safe for closing', () => {
    const behind = nowOf(closing - 10 * minute - 30_000, 30_000);
    const deadline = withDeadline(whole, null, behind.hostMs);
    const notices = owedNotices(whole, deadline, behind).map(({ kind }) => kind);
    expect(notices).toEqual(['opened', 'closingIn10']);
  });

  it('is not ten minutes where the window has only nine', () => {
    const short = openRow(12);
    expect(kinds(short, start + 8 * minute)).toEqual(['opened', 'closingIn2']);
  });

  it('is both warnings anew after an extend, and only that one extend', () => {
    const later = openRow(60, { until: start + 90 * minute, wantedUntil: start + 90 * minute });
    const known = { until: start + 60 * minute, since: openedAt };
    const at = closing - minute;
    const deadline = withDeadline(later, known, at);
    expect(deadline).toEqual({ until: later.until, since: at });
    const soon = owed(later, at, known);
    expect(soon.map(({ kind }) => kind)).toEqual(['opened', 'extended']);
    const end = start + 87 * minute - 10 * minute;
    const warned = owed(later, end, deadline).at(-1);
    expect(warned?.kind).toBe('closingIn10');
    const before = owed(whole, closing - 10 * minute).at(-1);
    expect(before?.kind).toBe('closingIn10');
    expect(before?.id).not.toBe(warned?.id);
  });

  it('is no warning of ten minutes after an extend that leaves eight', () => {
    const later = openRow(60, { until: start + 68 * minute, wantedUntil: start + 68 * minute });
    const known = { until: start + 60 * minute, since: openedAt };
    expect(kinds(later, closing, known)).toEqual(['opened', 'extended']);
  });

  it('is an opening for the most part, where a part of it does not open', () => {
    const half = { ...whole, placements: [...whole.placements, placementOf({ phase: 'putting' })] };
    expect(kinds(half, openedAt + 59_999)).toEqual([]);
    expect(kinds(half, openedAt + 60_000)).toEqual(['opened']);
  });

  it('is nothing before anything has opened, and an end that never opened', () => {
    const planned = { ...whole, until: null, placements: [] };
    expect(kinds(planned, start)).toEqual([]);
    const over = { ...planned, wish: 'closed' as const, closeReason: 'deactivated' as const };
    expect(kinds({ ...over, concludedAt: start }, start)).toEqual(['closed']);
  });

  it('has the same id at whatever time it is asked for, and each only once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 180 }),
        fc.array(fc.integer({ min: 0, max: 200 * 60 }), { minLength: 1, maxLength: 50 }),
        (minutes, seconds) => {
          const row = openRow(minutes);
          const seen = new Map<string, string>();
          let deadline: NoticesRow['deadline'] = null;
          for (const second of seconds.toSorted((one, other) => one - other)) {
            const at = openedAt + second * 1_000;
            deadline = withDeadline(row, deadline, at);
            for (const { id, kind, dueAt } of owedNotices(row, deadline, nowOf(at, 0))) {
              if (dueAt > at || (seen.get(kind) ?? id) !== id) return false;
              seen.set(kind, id);
            }
          }
          return seen.size === new Set(seen.values()).size;
        },
      ),
    );
  });
});

describe('break-glass', () => {
  const { origin } = grantOf({ now: start } as never);

  const on = claimOrigin;

  it.each([
    [origin, false],
    [on('onCall'), false],
    [on('breakGlass'), true],
  ])('is what an origin says: %j', (said, expected) => {
    expect(isBreakGlass(said)).toBe(expected);
  });

  it('is told of before anything else, and is never overtaken', () => {
    const row = openRow(60);
    const loud = {
      ...row,
      grant: { ...row.grant, origin: on('breakGlass') },
    };
    expect(kinds(loud, start)[0]).toBe('breakGlass');
    const over = { ...loud, wish: 'closed' as const, closingAt: start, concludedAt: start + 1 };
    expect(kinds(over, start + 2)).toEqual(['breakGlass', 'opened overtaken', 'closed']);
  });
});
