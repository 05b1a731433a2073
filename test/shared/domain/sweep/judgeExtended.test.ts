import type { Sighted } from '../../../../shared/domain/sweep/judgeRule';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { minute } from '../../../support/grants';
import { due, early, judge, marked, row, rule, sighted, until } from '../../../support/sightings';

/** A later end is wished for, and the PUT may or may not have arrived. */
const extended: WindowRow = { ...row, wantedUntil: until + 30 * minute };
const nextRule = { ...rule, description: marked(until + 30 * minute) };
/** The PUT is announced; what it makes is written down. */
const announced: WindowRow = {
  ...extended,
  placements: row.placements.map((one): Placement => ({ ...one, nextRule })),
};
/** It was read back here, and another rule of the window waits for its PUT. */
const halfProved: WindowRow = {
  ...extended,
  placements: row.placements.map((one): Placement => ({ ...one, rule: nextRule })),
};
/** The extend was given up after that. */
const dropped: WindowRow = { ...announced, wantedUntil: until };
/** It was given up, and then its PUT was read back. */
const arrived: WindowRow = {
  ...row,
  placements: row.placements.map((one): Placement => ({ ...one, rule: nextRule })),
};

describe('a rule whose window is extended', () => {
  it.each<[string, Sighted, number, ReturnType<typeof judge>['do'], string, string | null]>([
    [
      'an extend announced: as it was',
      sighted({}, { row: announced }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend announced: as it will be',
      sighted(nextRule, { row: announced }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend announced: neither',
      sighted({ ...nextRule, sources: ['*'] }, { row: announced }),
      early,
      'close',
      'changed',
      'changedByOthers',
    ],
    [
      'an extend announced: a third marker',
      sighted({ description: marked(until + 31 * minute) }, { row: announced }),
      early,
      'close',
      'changed',
      'changedByOthers',
    ],
    [
      'an extend announced, due by the row',
      sighted(nextRule, { row: announced }),
      due,
      'delete',
      'due',
      null,
    ],
    [
      'an extend proved here and not elsewhere: a read from before its PUT',
      sighted({}, { row: halfProved }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend proved here and not elsewhere: as it is',
      sighted(nextRule, { row: halfProved }),
      early,
      'leave',
      'live',
      null,
    ],
    ['an extend given up: as it was', sighted({}, { row: dropped }), early, 'leave', 'live', null],
    [
      'an extend given up whose PUT arrived',
      sighted(nextRule, { row: dropped }),
      early,
      'leave',
      'live',
      null,
    ],
    ['the same, read back', sighted(nextRule, { row: arrived }), early, 'leave', 'live', null],
    ['the same, due by the row', sighted(nextRule, { row: arrived }), due, 'delete', 'due', null],
  ])('%s', (_, one, hostMs, what, why, alarm) => {
    expect(judge(one, hostMs)).toMatchObject({ do: what, why, alarm });
  });
});
