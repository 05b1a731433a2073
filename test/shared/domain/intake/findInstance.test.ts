import { nowOf } from '../../../../shared/domain/instant';
import { findInstance, stillListed } from '../../../../shared/domain/intake/findInstance';
import { afterLackMs } from '../../../../shared/domain/intake/pace';
import { refusal, refusalCodes } from '../../../../shared/domain/refusal';
import type { Instance } from '../../../../shared/ports/directory';
import { assignmentId, assignmentOf, begin, instanceOf } from '../../../support/intakeWorld';

const now = nowOf(begin, 0);

describe('the activation behind an assignment', () => {
  const found: readonly (readonly [string, Partial<Instance>, string])[] = [
    ['active now', {}, 'active'],
    ['with ids in other cases', { originRoleAssignmentId: assignmentId().toUpperCase() }, 'active'],
    [
      'with the bare name as origin',
      { originRoleAssignmentId: '55555555-5555-4555-8555-555555555555' },
      'active',
    ],
    ['in lower case', { assignmentType: 'activated' }, 'active'],
    ['beginning this very instant', { startAt: begin }, 'active'],
    ['beginning in a millisecond', { startAt: begin + 1 }, 'later'],
    ['ending this very instant', { endAt: begin }, 'over'],
    ['ending in a millisecond', { endAt: begin + 1 }, 'active'],
    ['without an end', { endAt: null }, 'active'],
    ['without a start', { startAt: null }, 'over'],
    ['assigned', { assignmentType: 'Assigned' }, 'assigned'],
    ['of no type', { assignmentType: '' }, 'assigned'],
    ['of another origin', { originRoleAssignmentId: '' }, 'none'],
  ];

  it.each(found)('%s', (_title, changes, kind) => {
    expect(findInstance([instanceOf(changes)], assignmentOf(), now).kind).toBe(kind);
  });

  it('is the active one among several of the same name', () => {
    const old = instanceOf({ startAt: begin - 9_000, endAt: begin - 5_000 });
    const present = instanceOf({ startAt: begin - 3_000 });
    expect(findInstance([old, present], assignmentOf(), now)).toEqual({
      kind: 'active',
      instance: present,
    });
  });

  it('must have begun and not ended by both clocks', () => {
    const starting = instanceOf({ startAt: begin - 1_000 });
    expect(findInstance([starting], assignmentOf(), nowOf(begin, -5_000)).kind).toBe('later');
    const ending = instanceOf({ endAt: begin + 1_000 });
    expect(findInstance([ending], assignmentOf(), nowOf(begin, 5_000)).kind).toBe('over');
  });
});

describe('a list after a delete hint', () => {
  const lists: readonly (readonly [string, Partial<Instance>, boolean])[] = [
    ['still shows it', {}, true],
    ['shows one that began later', { startAt: begin + 1 }, false],
    ['shows one that is over', { endAt: begin - 1 }, false],
    ['shows an assigned one', { assignmentType: 'Assigned' }, false],
    ['shows another', { originRoleAssignmentId: assignmentId('7'.repeat(8)) }, false],
    ['shows one without a start, which may be it', { startAt: null }, true],
  ];

  it.each(lists)('%s', (_title, changes, listed) => {
    expect(stillListed([instanceOf(changes)], assignmentId(), begin, now)).toBe(listed);
  });
});

describe('the pace', () => {
  it('gives a late list about a minute', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((lacks) => afterLackMs(lacks) ?? 0);
    expect(delays.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
    expect(afterLackMs(8)).toBeNull();
  });
});

describe('the table of refusals', () => {
  it('holds each code once, and builds plain data', () => {
    expect(new Set(refusalCodes).size).toBe(refusalCodes.length);
    const built = refusal('locked', { lock: 'keep' });
    expect(JSON.parse(JSON.stringify(built))).toEqual(built);
    expect(built.code).toBe('locked');
  });
});
