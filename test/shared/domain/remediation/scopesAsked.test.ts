import {
  isFirstNight,
  newScopes,
  scopesAsked,
} from '../../../../shared/domain/remediation/scopesAsked';

const one = '/subscriptions/11111111-1111-4111-8111-111111111111';
const other = '/subscriptions/22222222-2222-4222-8222-222222222222';
const group = '/providers/microsoft.management/managementgroups/mg';

describe('the scopes of a run', () => {
  it.each([
    ['nothing asked: all of the rules', [], [one], { query: [one], within: null, refused: [] }],
    ['a part', [`${one}/resourcegroups/a`], [one], { query: [`${one}/resourcegroups/a`] }],
    ['more than the rules', [one, other], [one], { query: [one], within: [one], refused: [other] }],
    ['nothing of the rules', [other], [one], { query: [], within: [], refused: [other] }],
    ['a name that only begins alike', [`${one}2`], [one], { query: [], refused: [`${one}2`] }],
    ['what lies above', [one], [`${one}/resourcegroups/a`], { query: [], refused: [one] }],
    ['one of several', [other], [one, other], { query: [other], within: [other], refused: [] }],
    [
      'beside a management group: nobody knows what that holds',
      [other],
      [one, group],
      { query: [one, group], within: [other], refused: [] },
    ],
    ['under a management group', [one], [group], { query: [group], within: [one], refused: [] }],
  ])('%s', (_, asked, allowed, expected) => {
    expect(scopesAsked(asked, allowed)).toMatchObject(expected);
  });
});

describe('a first night', () => {
  it('is one of the scope that has had none', () => {
    expect(newScopes([one, other], { [one]: 5 })).toEqual([other]);
    expect(newScopes(['__proto__'], {})).toEqual(['__proto__']);
  });

  it('holds for what lies in the scope, and for everything under a management group', () => {
    expect(isFirstNight(`${one}/resourceGroups/a`, [one])).toBe(true);
    expect(isFirstNight(`${other}/resourceGroups/a`, [one])).toBe(false);
    expect(isFirstNight(`${other}/resourceGroups/a`, [group])).toBe(true);
    expect(isFirstNight(one, [])).toBe(false);
  });
});
