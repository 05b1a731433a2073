import { ruleNameOf } from '../../../../shared/domain/identity';
import type { Sighted } from '../../../../shared/domain/sweep/judgeRule';
import { giveUp } from '../../../../shared/domain/window/judgeRow';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { foreignSigner, minute, nsgNic, nsgSubnet, signer } from '../../../support/grants';
import {
  at,
  due,
  early,
  judge,
  marked,
  row,
  rule,
  sighted,
  until,
} from '../../../support/sightings';

const ended: WindowRow = {
  ...row,
  wish: 'closed',
  closeReason: 'deactivated',
  closingAt: early,
  placements: row.placements.map((one) => giveUp(one, at(early))),
};
const concluded: WindowRow = {
  ...ended,
  concludedAt: early,
  placements: ended.placements.map((one): Placement => ({
    ...one,
    phase: 'closed',
    closedAt: early,
  })),
};
const gone: WindowRow = {
  ...ended,
  placements: ended.placements.map((one): Placement => ({ ...one, phase: 'gone' })),
};
/** A later end is wished for, and the PUT may or may not have arrived. */
const extended: WindowRow = { ...row, wantedUntil: until + 30 * minute };
const refused: WindowRow = { ...concluded, placements: [], closeReason: 'planFailed' };
/** The PUT may be under way: what stands there until then is judged by the window itself. */
const putting: WindowRow = {
  ...row,
  placements: row.placements.map((one): Placement => ({ ...one, phase: 'putting' })),
};
/** Two rules of the window stand in one NSG; the one that is judged comes second. */
const ofTwo: WindowRow = {
  ...row,
  placements: row.placements.flatMap((one): Placement[] => [
    { ...one, slot: 1, rule: { ...one.rule, name: 'other', destinationPorts: ['443'] } },
    one,
  ]),
};

describe('whose rule is it', () => {
  it.each<[string, Sighted, number, ReturnType<typeof judge>['do'], string, string | null]>([
    ['valid marker, live, as planned', sighted({}), early, 'leave', 'live', null],
    ['the same, due', sighted({}), due, 'delete', 'due', null],
    ['changed content', sighted({ sources: ['*'] }), early, 'close', 'changed', 'changedByOthers'],
    ['changed content, due', sighted({ sources: ['*'] }), due, 'delete', 'due', null],
    [
      'another valid marker',
      sighted({ description: marked(until + minute) }),
      early,
      'close',
      'changed',
      'changedByOthers',
    ],
    [
      'a later marker does not delay',
      sighted({ description: marked(until + 60 * minute) }),
      due,
      'delete',
      'due',
      null,
    ],
    [
      'an earlier marker is due earlier',
      sighted({ description: marked(early) }),
      early,
      'delete',
      'due',
      null,
    ],
    ['row closing', sighted({}, { row: ended }), early, 'delete', 'closing', null],
    [
      'row gone, rule back',
      sighted({}, { row: gone }),
      early,
      'delete',
      'afterClose',
      'ruleAfterClose',
    ],
    [
      'row closed',
      sighted({}, { row: concluded }),
      early,
      'delete',
      'afterClose',
      'ruleAfterClose',
    ],
    ['row refused', sighted({}, { row: refused }), early, 'delete', 'afterClose', 'ruleAfterClose'],
    ['no row, not due', sighted({}, { row: null }), early, 'leave', 'adopted', null],
    ['no row, due', sighted({}, { row: null }), due, 'delete', 'due', null],
    ['ledger silent, due', sighted({}, { row: 'unknown' }), due, 'delete', 'due', null],
    ['ledger silent, not due', sighted({}, { row: 'unknown' }), early, 'leave', 'adopted', null],
    [
      'bad marker, row names it',
      sighted({ description: 'x' }),
      early,
      'leave',
      'unsigned',
      'changedByOthers',
    ],
    [
      'bad marker, row names it, due',
      sighted({ description: 'x' }),
      due,
      'delete',
      'due',
      'changedByOthers',
    ],
    [
      'no marker, row names it, due',
      sighted({ description: '' }),
      due,
      'delete',
      'due',
      'changedByOthers',
    ],
    [
      'no marker, no row',
      sighted({ description: '' }, { row: null }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'an extend under way: the marker that is wished for',
      sighted({ description: marked(until + 30 * minute) }, { row: extended }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend under way: the marker that was proved',
      sighted({}, { row: extended }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend under way: a third marker',
      sighted({ description: marked(until + 31 * minute) }, { row: extended }),
      early,
      'close',
      'changed',
      'changedByOthers',
    ],
    [
      'an extend that is not proved delays nothing',
      sighted({ description: marked(until + 30 * minute) }, { row: extended }),
      due,
      'delete',
      'due',
      null,
    ],
    [
      'our deployment’s name with something else behind it',
      sighted({ name: 'postern-abc123-web', description: '' }, { row: null }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'another deployment’s name with something else behind it',
      sighted({ name: 'postern-zzz999-web', description: '' }, { row: null }),
      due,
      'leave',
      'notOurs',
      null,
    ],
    [
      'bad marker, closed row names it',
      sighted({ description: 'x' }, { row: concluded }),
      early,
      'delete',
      'afterClose',
      'ruleAfterClose',
    ],
    [
      'bad marker, no row',
      sighted({ description: 'x' }, { row: null }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'bad marker, ledger silent',
      sighted({ description: 'x' }, { row: 'unknown' }),
      due,
      'leave',
      'unsigned',
      null,
    ],
    [
      'bad marker, row names another NSG',
      sighted({ description: 'x' }, { nsgId: nsgSubnet }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'signed by a foreign key',
      sighted({ description: marked(until, foreignSigner) }, { row: null }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'marker of another NSG',
      sighted({ description: marked(until, signer, nsgSubnet) }, { row: null }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'marker of another name',
      sighted({ description: marked(until, signer, nsgNic, 'x') }, { row: null }),
      due,
      'report',
      'foreign',
      'foreignRule',
    ],
    [
      'our marker under another name',
      sighted({ name: 'innocent' }, { row: null }),
      due,
      'report',
      'copied',
      'copiedRule',
    ],
    [
      'another deployment',
      sighted({ name: ruleNameOf('zzz999', row.id, 0) }, { row: null }),
      due,
      'leave',
      'otherDeployment',
      null,
    ],
    [
      'somebody else’s rule',
      sighted({ name: 'web', description: 'web' }, { row: null }),
      due,
      'leave',
      'notOurs',
      null,
    ],
    [
      'seen by the index alone, due',
      sighted({}, { rule: null, readAt: null }),
      due,
      'delete',
      'due',
      null,
    ],
    [
      'seen by the index alone, not due',
      sighted({ sources: ['*'] }, { rule: null, readAt: null }),
      early,
      'leave',
      'live',
      null,
    ],
    ['one of two in its NSG', sighted({}, { row: ofTwo }), early, 'leave', 'live', null],
    [
      'being put, with other content so far',
      sighted({ sources: ['*'] }, { row: putting }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'signed, of a window that never planned it',
      sighted({}, { row: { ...row, placements: [] } }),
      early,
      'leave',
      'adopted',
      null,
    ],
    [
      'signed, of a window that never planned it, due',
      sighted({}, { row: { ...row, placements: [] } }),
      due,
      'delete',
      'due',
      null,
    ],
    [
      'another casing of NSG and name',
      sighted({ name: rule.name.toUpperCase() }, { nsgId: nsgNic.toUpperCase() }),
      early,
      'leave',
      'live',
      null,
    ],
  ])('%s', (_, one, hostMs, what, why, alarm) => {
    expect(judge(one, hostMs)).toMatchObject({ do: what, why, alarm });
  });

  it('is due at the lead, to the millisecond, by the safe end of now', () => {
    expect(judge(sighted({}), due - 1).do).toBe('leave');
    expect(judge(sighted({}), due).do).toBe('delete');
    expect(judge(sighted({}), due - 20_000, 20_000).do).toBe('delete');
    expect(judge(sighted({}), due - 20_000, -20_000).do).toBe('leave');
  });

  it.each<[string, Sighted, number, { dueAt: number; deadlineAt: number | null }]>([
    ['of a living window', sighted({}), early, { dueAt: due, deadlineAt: until }],
    [
      'of a window at its end',
      sighted({}, { row: ended }),
      early,
      { dueAt: due, deadlineAt: until },
    ],
    ['without a row', sighted({}, { row: null }), early, { dueAt: due, deadlineAt: until }],
    ['without a row, due', sighted({}, { row: null }), due, { dueAt: due, deadlineAt: until }],
    [
      'whose marker is earlier than its row',
      sighted({ description: marked(until - minute) }),
      early,
      { dueAt: due - minute, deadlineAt: until - minute },
    ],
    [
      'whose marker is not ours',
      sighted({ description: 'x' }),
      early,
      { dueAt: due, deadlineAt: until },
    ],
    [
      'that nobody signed and no row names',
      sighted({ description: 'x' }, { row: null }),
      due,
      { dueAt: Infinity, deadlineAt: null },
    ],
  ])('says when a rule is due and has to be gone: one %s', (_, one, hostMs, times) => {
    expect(judge(one, hostMs)).toMatchObject(times);
  });

  it('wakes nobody for what the index alone shows, and deletes it all the same', () => {
    const seen = { rule: null, readAt: null };
    expect(judge(sighted({}, { row: concluded, ...seen }), early)).toMatchObject({
      do: 'delete',
      why: 'afterClose',
      alarm: null,
    });
    const foreign = sighted({ description: 'x' }, { row: null, ...seen });
    expect(judge(foreign, early)).toMatchObject({ do: 'report', alarm: null });
  });

  it('takes a read for no proof that a rule is back if it began before the rule was gone', () => {
    const placements = gone.placements.map((one): Placement => ({ ...one, goneAt: early }));
    const row_ = { ...gone, placements };
    expect(judge(sighted({}, { row: row_, readAt: early - 1 }), early).why).toBe('closing');
    expect(judge(sighted({}, { row: row_, readAt: early }), early).why).toBe('afterClose');
    const old = sighted({}, { row: concluded, readAt: early - 1 });
    expect(judge(old, early)).toMatchObject({ do: 'delete', why: 'closing', alarm: null });
  });

  it('leaves a disarmed Deny to its window while that is looked after, and deletes it as an Allow', () => {
    const placements = ended.placements.map((one): Placement => ({ ...one, phase: 'disarmed' }));
    const disarmed = { ...ended, placements, nextLook: due + 1 };
    expect(judge(sighted({ access: 'Deny' }, { row: disarmed }), due).do).toBe('leave');
    const missed = { ...disarmed, nextLook: due - 2 * minute };
    expect(judge(sighted({ access: 'Deny' }, { row: missed }), due - 1).do).toBe('leave');
    expect(judge(sighted({ access: 'Deny' }, { row: missed }), due)).toMatchObject({
      do: 'delete',
      why: 'closing',
      alarm: null,
    });
    expect(judge(sighted({}, { row: disarmed }), due).do).toBe('delete');
  });
});
