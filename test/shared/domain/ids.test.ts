import fc from 'fast-check';
import {
  formatArmId,
  isAtOrUnder,
  lastSegment,
  parseArmId,
  sameArmId,
} from '../../../shared/domain/armId';
import { Fault, factsOf } from '../../../shared/domain/fault';
import { cleanText } from '../../../shared/domain/text';
import { facts } from '../../support/fakeNetwork';
import { nsgNic, vmIdOf } from '../../support/grants';

describe('resource ids', () => {
  const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';

  it.each([
    subscription,
    `${subscription}/resourceGroups/rg-app`,
    vmIdOf('vm-1'),
    nsgNic,
    `${vmIdOf('vm-1')}/providers/Microsoft.Authorization/roleAssignments/x`,
    '/providers/Microsoft.Management/managementGroups/mg-1',
  ])('%s is read and written alike', (text) => {
    const id = parseArmId(text);
    expect(id === null ? null : formatArmId(id)).toBe(text);
  });

  it.each([
    '',
    '/',
    'subscriptions/x',
    '/subscriptions/x',
    `${subscription}/`,
    `${subscription}/resourceGroups`,
    `${subscription}/resourceGroups/..`,
    `${subscription}/resourceGroups/a%2fb`,
    `${subscription}/resourceGroups/a?x`,
    `${subscription}/resourceGroups/a#x`,
    `${subscription}/resourceGroups/a\u0000`,
    `${subscription}/providers/x/y/z`,
    `${subscription}/providers/Microsoft.Compute`,
    `${subscription}/../x`,
    `${subscription}/resourceGroups/${'a'.repeat(1_000)}`,
  ])('%j is none', (text) => {
    expect(parseArmId(text)).toBeNull();
  });

  it('are compared without case, and segment by segment', () => {
    expect(sameArmId(nsgNic, nsgNic.toUpperCase())).toBe(true);
    expect(isAtOrUnder(vmIdOf('vm-1'), `${subscription}/RESOURCEGROUPS/RG-APP`)).toBe(true);
    expect(isAtOrUnder(vmIdOf('vm-1'), `${subscription}/resourceGroups/rg`)).toBe(false);
    expect(isAtOrUnder(vmIdOf('vm-1'), '/')).toBe(true);
    expect(lastSegment('/a/B')).toBe('b');
  });
});

describe('faults', () => {
  it('are facts; anything else that is thrown is an answer that never came', () => {
    expect(factsOf(new Fault(facts('locked'), 'x')).kind).toBe('locked');
    expect(factsOf(new TypeError('x'))).toMatchObject({
      kind: 'unavailable',
      code: 'unexpected TypeError',
    });
    expect(factsOf('x')).toMatchObject({ kind: 'unavailable', status: 0 });
  });
});

describe('text of others', () => {
  it.each([
    ['a\r\nb', 'a b'],
    ['\u001B[31mred', '[31mred'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['a\u0000b', 'a b'],
    ['\uD800x', 'x'],
    ['  a   b ', 'a b'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it('is one line, never longer than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 50 }), (text, max) => {
        const clean = cleanText(text, max);
        expect(Array.from(clean).length).toBeLessThanOrEqual(max);
        expect(clean).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
      }),
    );
  });
});
