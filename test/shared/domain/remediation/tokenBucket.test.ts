import {
  armWrites,
  computeUpdates,
  levelAt,
  taken,
} from '../../../../shared/domain/remediation/tokenBucket';

const limits = { cap: 100, perSecond: 10 };

describe('a bucket of requests', () => {
  it.each([
    ['fills up again', 0, 5_000, 50],
    ['is never fuller than full', 90, 5_000, 100],
    ['may be in debt', -20, 1_000, -10],
    ['gives nothing for a clock that was set back', 40, -5_000, 40],
  ])('%s', (_, tokens, passedMs, expected) => {
    expect(levelAt(limits, { tokens, at: 1_000 }, 1_000 + passedMs)).toEqual({
      tokens: expected,
      at: 1_000 + passedMs,
    });
  });

  it('holds what is left after some were taken', () => {
    expect(taken(limits, { tokens: 10, at: 0 }, 15, 1_000).tokens).toBe(5);
  });

  it('is what Resource Manager publishes for writes: 200 at once and ten a second', () => {
    const empty = taken(armWrites, { tokens: armWrites.cap, at: 0 }, 200, 0);
    expect(empty.tokens).toBe(0);
    expect(levelAt(armWrites, empty, 1_000).tokens).toBe(10);
    expect(levelAt(armWrites, empty, 60_000).tokens).toBe(200);
  });

  // PERFORMANCE: 10,000 writes in one subscription take 17 minutes, by Compute's count.
  it('is what Compute publishes: 1,500 at once and 500 a minute', () => {
    const after = taken(computeUpdates, { tokens: computeUpdates.cap, at: 0 }, 10_000, 0);
    expect(levelAt(computeUpdates, after, 17 * 60_000).tokens).toBeCloseTo(0, 6);
  });
});
