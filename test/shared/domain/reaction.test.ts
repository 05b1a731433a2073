import fc from 'fast-check';
import type { FaultFacts, FaultKind } from '../../../shared/domain/fault';
import {
  canBeDisarmed,
  pauseAfter,
  type Purpose,
  reactionTo,
} from '../../../shared/domain/reaction';

const kinds: readonly FaultKind[] = [
  'throttled',
  'busy',
  'unavailable',
  'unauthenticated',
  'denied',
  'locked',
  'missing',
  'conflict',
  'changed',
  'invalid',
  'licence',
  'foreignHost',
];
const purposes: readonly Purpose[] = ['close', 'open', 'read'];
const fault = (kind: FaultKind, retryAfterMs: number | null = null): FaultFacts => ({
  kind,
  code: 'Test',
  status: 429,
  retryAfterMs,
});
const anyFault = fc.record({
  kind: fc.constantFrom(...kinds),
  code: fc.string(),
  status: fc.integer(),
  retryAfterMs: fc.oneof(fc.constant(null), fc.double(), fc.integer()),
});
const anyAttempt = fc.oneof(fc.nat(), fc.integer(), fc.double());

describe('what a fault leads to', () => {
  it.each<[FaultKind, string, string, string]>([
    // close, open, read
    ['throttled', 'later', 'later', 'later'],
    ['busy', 'later', 'later', 'later'],
    ['unavailable', 'reread', 'reread', 'later'],
    ['unauthenticated', 'later alarm', 'later', 'later alarm'],
    ['denied', 'later alarm', 'refuse', 'later alarm'],
    ['locked', 'later alarm', 'refuse', 'later'],
    ['missing', 'reread', 'refuse', 'later'],
    ['conflict', 'later', 'now', 'later'],
    ['changed', 'reread', 'reread', 'later'],
    ['invalid', 'later alarm', 'refuse', 'later alarm'],
    ['licence', 'later alarm', 'refuse', 'refuse alarm'],
    ['foreignHost', 'later alarm', 'later alarm', 'later alarm'],
  ])('%s: close %s, open %s, read %s', (kind, ...expected) => {
    const said = purposes.map((purpose) => {
      const { do: what, alarm } = reactionTo(fault(kind), purpose, 2);
      return alarm ? `${what} alarm` : what;
    });
    expect(said).toEqual(expected);
  });

  it('is no alarm where one token was not taken', () => {
    expect(reactionTo(fault('unauthenticated'), 'close', 1).alarm).toBe(false);
    expect(reactionTo(fault('unauthenticated'), 'read', 1).alarm).toBe(false);
  });

  it('is a Deny in place of the rule only where a lock or a right forbids the DELETE', () => {
    expect(kinds.filter((kind) => canBeDisarmed(fault(kind)))).toEqual(['denied', 'locked']);
  });

  it('is never the end of a close, and never a pause of more than 30 s before it', () => {
    fc.assert(
      fc.property(anyFault, anyAttempt, (facts, attempt) => {
        const { do: what, afterMs } = reactionTo(facts, 'close', attempt);
        expect(what).not.toBe('refuse');
        expect(afterMs >= 1_000 && afterMs <= 30_000).toBe(true);
      }),
    );
  });

  it('is total: finite, within an hour, and the same from the same', () => {
    fc.assert(
      fc.property(anyFault, fc.constantFrom(...purposes), anyAttempt, (facts, purpose, attempt) => {
        const reaction = reactionTo(facts, purpose, attempt);
        expect(Number.isInteger(reaction.afterMs)).toBe(true);
        expect(reaction.afterMs >= 0 && reaction.afterMs <= 3_600_000).toBe(true);
        expect(reaction.afterMs === 0).toBe(reaction.do === 'now' || reaction.do === 'refuse');
        expect(reactionTo(facts, purpose, attempt)).toEqual(reaction);
      }),
    );
  });

  it('is a pause that never gets shorter with more faults, where nobody asks for one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...purposes),
        fc.nat(200),
        (kind, purpose, attempt) => {
          const pause = (at: number): number => pauseAfter(fault(kind), purpose, at);
          expect(pause(attempt + 1)).toBeGreaterThanOrEqual(pause(attempt));
        },
      ),
    );
  });
});

describe('the pause', () => {
  it('of a close is short at first, and 30 s in the end', () => {
    const pauses = [1, 2, 3, 4, 5, 12, 13, 100].map((attempt) =>
      pauseAfter(fault('unavailable'), 'close', attempt),
    );
    expect(pauses).toEqual([2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 30_000, 30_000]);
  });

  it('of a read goes up to two minutes', () => {
    expect(pauseAfter(fault('unavailable'), 'read', 1)).toBe(2_000);
    expect(pauseAfter(fault('unavailable'), 'read', 50)).toBe(120_000);
  });

  it.each<[number, FaultKind, Purpose, number]>([
    [17_000, 'throttled', 'close', 17_000],
    [3_600_000, 'throttled', 'close', 30_000],
    [3_600_000, 'busy', 'close', 30_000],
    [3_600_000, 'throttled', 'open', 3_600_000],
    [86_400_000, 'throttled', 'open', 3_600_000],
    [3_600_000, 'unavailable', 'open', 60_000],
    [17_000, 'busy', 'open', 17_000],
    [3_600_000, 'busy', 'open', 3_600_000],
    [3_600_000, 'unavailable', 'read', 3_600_000],
    [3_600_000, 'throttled', 'read', 3_600_000],
    [0, 'throttled', 'close', 2_000],
    [-1, 'throttled', 'open', 2_000],
    [Number.NaN, 'throttled', 'close', 2_000],
    [Number.POSITIVE_INFINITY, 'throttled', 'open', 2_000],
    [5, 'throttled', 'read', 1_000],
  ])('heeds a Retry-After of %d ms with %s for %s: %d ms', (asked, kind, purpose, ms) => {
    expect(pauseAfter(fault(kind, asked), purpose, 1)).toBe(ms);
  });
});
