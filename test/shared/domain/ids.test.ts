import fc from 'fast-check';
import {
  formatArmId,
  isAtOrUnder,
  lastSegment,
  parseArmId,
  sameArmId,
} from '../../../shared/domain/armId';
import { Fault, factsOf } from '../../../shared/domain/fault';
import {
  assignmentKeyOf,
  hashId,
  intakeIdOf,
  parseRuleName,
  windowIdOf,
} from '../../../shared/domain/identity';
import { isSkewed, hostTimeOf, nowOf } from '../../../shared/domain/instant';
import { markerText } from '../../../shared/domain/marker';
import { cleanText } from '../../../shared/domain/text';
import { createTime, facts } from '../../support/fakeNetwork';
import { grantOf, nsgNic, vmIdOf } from '../../support/windowWorld';

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

describe('ids of our own', () => {
  it('are hashes of their origin: RFC 4648 base32 of SHA-256, 20 characters', () => {
    // echo -n abc | sha256sum | xxd -r -p | base32
    expect(hashId('abc')).toBe('xj4bnp4pahh6uqkbidpf');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(hashId(text)).toMatch(/^[a-z2-7]{20}$/);
      }),
    );
  });

  it('do not depend on casing, but on the start of the activation', () => {
    const { origin } = grantOf(createTime());
    if (origin.kind !== 'activation') throw new Error('an activation');
    const upper = { ...origin, roleAssignmentId: origin.roleAssignmentId.toUpperCase() };
    expect(windowIdOf(upper)).toBe(windowIdOf(origin));
    expect(windowIdOf({ ...origin, startAt: origin.startAt + 1 })).not.toBe(windowIdOf(origin));
    expect(assignmentKeyOf(upper.roleAssignmentId)).toBe(assignmentKeyOf(origin.roleAssignmentId));
    expect(intakeIdOf('e1')).not.toBe(intakeIdOf('e2'));
    expect(windowIdOf({ kind: 'request', callerId: 'A', key: '1' })).toBe(
      windowIdOf({ kind: 'request', callerId: 'a', key: '1' }),
    );
  });

  it.each([
    'postern-abc123',
    'postern-abc123-x-0',
    `postern-abc123-${'a'.repeat(20)}`,
    `postern-abc12-${'a'.repeat(20)}-0`,
    `postern-abc123-${'1'.repeat(20)}-0`,
    `xpostern-abc123-${'a'.repeat(20)}-0`,
    `postern-abc123-${'a'.repeat(20)}-000`,
  ])('%s is no rule name of ours', (name) => {
    expect(parseRuleName(name)).toBeNull();
  });

  it('a marker’s text holds all that it must not be moved to', () => {
    const parts = {
      deployment: 'abc123',
      nsgId: '/NSG',
      ruleName: 'R',
      untilSeconds: 1,
      keyVersion: 2,
    };
    expect(markerText(parts)).toBe('postern1|abc123|/nsg|r|1|2');
  });
});

describe('now', () => {
  it('is an interval between the two clocks', () => {
    expect(nowOf(1_000, 50)).toEqual({ hostMs: 1_000, earliestMs: 1_000, latestMs: 1_050 });
    expect(nowOf(1_000, -50)).toEqual({ hostMs: 1_000, earliestMs: 950, latestMs: 1_000 });
    expect(isSkewed(nowOf(0, 60_000)) || isSkewed(nowOf(0, -60_000))).toBe(false);
    expect(isSkewed(nowOf(0, 60_001)) && isSkewed(nowOf(0, -60_001))).toBe(true);
    expect(hostTimeOf(10_000, nowOf(0, 300))).toBe(9_700);
    expect(hostTimeOf(10_000, nowOf(0, -300))).toBe(10_000);
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
