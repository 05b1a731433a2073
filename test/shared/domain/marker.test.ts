import fc from 'fast-check';
import {
  assignmentKeyOf,
  hashId,
  intakeIdOf,
  isDeployment,
  parseRuleName,
  ruleNameOf,
  windowIdOf,
} from '../../../shared/domain/identity';
import { formatMarker, markerPrefix, markerText, parseMarker } from '../../../shared/domain/marker';
import { createTime } from '../../support/fakeNetwork';
import { grantOf } from '../../support/grants';

describe('names and markers', () => {
  const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{86}$/);

  it('a marker is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 99_999_999_999 }),
        fc.nat({ max: 999_999 }),
        base64url,
        (untilSeconds, keyVersion, signature) => {
          const marker = { untilSeconds, keyVersion, signature };
          expect(parseMarker(formatMarker(marker))).toEqual(marker);
          expect(formatMarker(marker).length).toBeLessThanOrEqual(140);
        },
      ),
    );
  });

  it('anything else is no marker', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseMarker(text)).toBeNull();
        expect(parseMarker(`postern1|${text}`)).toBeNull();
      }),
    );
  });

  it('a rule name is read as it was written, in any casing', () => {
    const deployment = fc.stringMatching(/^[a-z0-9]{6}$/);
    const windowId = fc.stringMatching(/^[a-z2-7]{20}$/);
    fc.assert(
      fc.property(deployment, windowId, fc.nat({ max: 99 }), (name, id, slot) => {
        const parts = { deployment: name, windowId: id, slot };
        expect(parseRuleName(ruleNameOf(name, id, slot).toUpperCase())).toEqual(parts);
      }),
    );
  });

  it('is nothing but exactly a marker', () => {
    const good = `postern1|1767225600|1|${'a'.repeat(86)}`;
    expect(parseMarker(good)).toEqual({
      untilSeconds: 1_767_225_600,
      keyVersion: 1,
      signature: 'a'.repeat(86),
    });
    expect(good.startsWith(markerPrefix)).toBe(true);
  });

  const signature = 'a'.repeat(86);
  it.each([
    ['something before it', `x postern1|1|1|${signature}`],
    ['something behind it', `postern1|1|1|${signature}|`],
    ['a line behind it', `postern1|1|1|${signature}\n`],
    ['no time', `postern1||1|${signature}`],
    ['a time that is none', `postern1|1e3|1|${signature}`],
    ['a negative time', `postern1|-1|1|${signature}`],
    ['a time of twelve digits', `postern1|${'1'.repeat(12)}|1|${signature}`],
    ['no key version', `postern1|1||${signature}`],
    ['a key version that is none', `postern1|1|a|${signature}`],
    ['a key version of seven digits', `postern1|1|${'1'.repeat(7)}|${signature}`],
    ['a signature that is too short', `postern1|1|1|${signature.slice(1)}`],
    ['a signature that is too long', `postern1|1|1|${signature}a`],
    ['padding', `postern1|1|1|${signature.slice(1)}=`],
    ['another version', `postern2|1|1|${signature}`],
  ])('with %s it is none', (_, text) => {
    expect(parseMarker(text)).toBeNull();
  });
});

describe('ids', () => {
  // Known answers: echo -n TEXT | sha256sum | xxd -r -p | base32 | head -c 20, in lower case.
  it('hold their kind, so that no two kinds of things share one', () => {
    const activation = {
      kind: 'activation',
      roleAssignmentId: '/RA',
      scope: '/s',
      roleDefinitionGuid: 'r',
      principalId: 'p',
      startAt: 7,
      endAt: 9,
    } as const;
    expect(windowIdOf(activation)).toBe(hashId('activation|/ra|7'));
    const request = { kind: 'request', callerId: 'ME', key: 'K' } as const;
    expect(windowIdOf(request)).toBe(hashId('request|me|K'));
    expect(intakeIdOf('E')).toBe(hashId('event|E'));
    expect(assignmentKeyOf('/RA')).toBe(hashId('assignment|/ra'));
  });

  it('are as long as is asked for, and the beginning of the longer one', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 51 }), (text, length) => {
        const whole = hashId(text, 51);
        expect(whole).toHaveLength(51);
        expect(hashId(text, length)).toBe(whole.slice(0, length));
      }),
    );
    // echo -n abc | sha256sum | xxd -r -p | base32
    expect(hashId('abc', 51)).toBe('xj4bnp4pahh6uqkbidpf3lrceoyagyndsylxvhfucd7wd4qacww');
  });

  it('tell a deployment: six lower-case letters or digits', () => {
    expect(isDeployment('abc123')).toBe(true);
    for (const text of ['', 'abc12', 'abc1234', 'ABC123', 'abc-12', 'abc123\n']) {
      expect(isDeployment(text)).toBe(false);
    }
  });

  it.each([
    `postern-abc123-${'a'.repeat(20)}-0x`,
    `postern-abc123-${'a'.repeat(20)}-`,
    `postern-abc123-${'a'.repeat(20)}-x`,
    `postern-abc123-${'a'.repeat(19)}-0`,
    `postern-abc123-${'a'.repeat(21)}-0`,
    `postern-abc1234-${'a'.repeat(20)}-0`,
    `postern-abc_23-${'a'.repeat(20)}-0`,
  ])('%s is no rule name of ours', (name) => {
    expect(parseRuleName(name)).toBeNull();
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
