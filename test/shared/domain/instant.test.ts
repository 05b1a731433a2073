import { hostTimeOf, isSkewed, nowOf } from '../../../shared/domain/instant';

describe('now', () => {
  it('is an interval between the two clocks', () => {
    expect(nowOf(1_000, 50)).toEqual({ hostMs: 1_000, earliestMs: 1_000, latestMs: 1_050 });
    expect(nowOf(1_000, -50)).toEqual({ hostMs: 1_000, earliestMs: 950, latestMs: 1_000 });
    expect(isSkewed(nowOf(0, 60_000)) || isSkewed(nowOf(0, -60_000))).toBe(false);
    expect(isSkewed(nowOf(0, 60_001)) && isSkewed(nowOf(0, -60_001))).toBe(true);
  });

  it.each([0, 5_000])('of a host at %d ms reaches a deadline when its safe end does', (hostMs) => {
    expect(hostTimeOf(10_000, nowOf(hostMs, 300))).toBe(9_700);
    expect(hostTimeOf(10_000, nowOf(hostMs, -300))).toBe(10_000);
  });
});
