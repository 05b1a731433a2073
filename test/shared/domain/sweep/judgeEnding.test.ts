import type { Sighted } from '../../../../shared/domain/sweep/judgeRule';
import { giveUp } from '../../../../shared/domain/window/judgeRow';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { at, due, early, judge, row, sighted } from '../../../support/sightings';

type Expected = [ReturnType<typeof judge>['do'], string, string | null];

/** The open window with its one placement changed. */
const withPlacement = (changes: Partial<Placement>, of: Partial<WindowRow> = {}): WindowRow => ({
  ...row,
  placements: row.placements.map((one): Placement => ({ ...one, ...changes })),
  ...of,
});

describe('a rule whose window is at its end', () => {
  it.each<[string, Partial<WindowRow>]>([
    ['is wished closed', { wish: 'closed' }],
    ['began to close', { closingAt: early }],
  ])('goes when the row %s, whatever else it says', (_, changes) => {
    expect(judge(sighted({}, { row: { ...row, ...changes } }), early)).toMatchObject({
      do: 'delete',
      why: 'closing',
      alarm: null,
    });
  });

  it('goes when the row is concluded, whatever else it says', () => {
    const concluded = { ...row, concludedAt: early };
    expect(judge(sighted({}, { row: concluded }), early)).toMatchObject({
      do: 'delete',
      why: 'afterClose',
    });
  });

  it.each<[string, Sighted, Expected]>([
    [
      'given up, while the window goes on with other VMs',
      sighted({}, { row: withPlacement(giveUp(row.placements[0] as Placement, at(early))) }),
      ['delete', 'closing', null],
    ],
    [
      'proved closed, while other rules of the window are not',
      sighted({}, { row: withPlacement({ phase: 'closed', closedAt: early }) }),
      ['delete', 'afterClose', 'ruleAfterClose'],
    ],
    [
      'proved closed, and seen by a read from before that',
      sighted({}, { row: withPlacement({ phase: 'closed', closedAt: early }), readAt: early - 1 }),
      ['delete', 'closing', null],
    ],
    [
      'a Deny that we did not write',
      sighted({ access: 'Deny' }, { row: withPlacement({ phase: 'closing' }) }),
      ['delete', 'closing', null],
    ],
    [
      'disarmed, and seen by the index alone',
      sighted({}, { row: withPlacement({ phase: 'disarmed' }), rule: null, readAt: null }),
      ['delete', 'closing', null],
    ],
    [
      'signed, of a closed window that never planned it',
      sighted({}, { row: { ...row, placements: [], wish: 'closed', concludedAt: early } }),
      ['delete', 'afterClose', 'ruleAfterClose'],
    ],
    [
      'signed, of a closing window that never planned it',
      sighted({}, { row: { ...row, placements: [], wish: 'closed', closingAt: early } }),
      ['delete', 'closing', null],
    ],
  ])('%s', (_, one, [what, why, alarm]) => {
    expect(judge(one, early)).toMatchObject({ do: what, why, alarm });
  });
});

describe('a rule whose DELETE was accepted', () => {
  const asked = (lastDeleteAt: number, phase: Placement['phase'] = 'closing') =>
    sighted({}, { row: withPlacement({ phase, lastDeleteAt }, { wish: 'closed' }) });

  it.each<[string, Sighted, number, 'leave' | 'delete']>([
    ['now is given its time', asked(early), early, 'leave'],
    ['29.999 s ago is given its time', asked(early), early + 29_999, 'leave'],
    ['30 s ago is deleted', asked(early), early + 30_000, 'delete'],
    ['by a clock that has leapt back since is deleted', asked(early + 1), early, 'delete'],
    ['just now is deleted once it is due', asked(due - 1), due, 'delete'],
    ['just now is given its time until it is due', asked(due - 2), due - 1, 'leave'],
  ])('%s', (_, one, hostMs, what) => {
    expect(judge(one, hostMs)).toMatchObject({ do: what, why: 'closing', alarm: null });
  });

  it.each(['gone', 'closed', 'disarmed'] as const)(
    'just now is deleted all the same when it was %s and lets somebody in again',
    (phase) => {
      expect(judge(asked(early, phase), early).do).toBe('delete');
    },
  );
});

describe('a rule that somebody is about to delete early', () => {
  /** Its window waits for a turn: it began to close, and looks again in three seconds. */
  const waiting = (changes: Partial<WindowRow> = {}, placement: Partial<Placement> = {}): Sighted =>
    sighted(
      {},
      {
        row: withPlacement(
          { phase: 'closing', lastDeleteAt: null, ...placement },
          { wish: 'closed', closingAt: early, nextLook: early + 3_000, ...changes },
        ),
      },
    );
  const minute = 60_000;
  const inTime = (hostMs: number) => ({ nextLook: hostMs });

  it.each<[string, Sighted, number, 'leave' | 'delete']>([
    ['waits for its turn: is left', waiting(), early, 'leave'],
    ['is closed at its own time: goes', waiting({ wish: 'open' }), early, 'delete'],
    [
      'is wished closed just now: is left',
      waiting({ closingAt: null }, { phase: 'open' }),
      early,
      'leave',
    ],
    ['is late by less than a minute: is left', waiting(), early + 3_000 + minute - 1, 'leave'],
    ['is late by a minute: goes', waiting(), early + 3_000 + minute, 'delete'],
    [
      'sleeps for longer than a minute: goes',
      waiting({ nextLook: early + minute }),
      early,
      'delete',
    ],
    [
      'has been waiting for a quarter of an hour: goes',
      waiting(inTime(early + 15 * minute)),
      early + 15 * minute,
      'delete',
    ],
    [
      'has been waiting for less: is left',
      waiting(inTime(early + 15 * minute)),
      early + 15 * minute - 1,
      'leave',
    ],
    ['is due: goes', waiting(inTime(due)), due, 'delete'],
    [
      'is due in a moment: is left',
      waiting({ ...inTime(due), closingAt: due - 1 }),
      due - 1,
      'leave',
    ],
    [
      'asked 30 s ago, and it stands: goes',
      waiting({}, { lastDeleteAt: early - 30_000 }),
      early,
      'delete',
    ],
  ])('%s', (_, one, hostMs, what) => {
    expect(judge(one, hostMs)).toMatchObject({ do: what, why: 'closing', alarm: null });
  });

  it.each(['gone', 'closed', 'disarmed', 'planned'] as const)(
    'but in a row that has it as %s goes',
    (phase) => {
      expect(judge(waiting({}, { phase }), early).do).toBe('delete');
    },
  );

  it('but of a window that is concluded goes', () => {
    expect(judge(waiting({ concludedAt: early }), early).do).toBe('delete');
  });
});
