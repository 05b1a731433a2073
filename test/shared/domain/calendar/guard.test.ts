import fc from 'fast-check';
import { guardOf, tokensMs, usualTimes } from '../../../../shared/domain/calendar/guard';
import { deleteP99Of, withSample } from '../../../../shared/domain/calendar/learnDeletes';
import { windowGuardOf } from '../../../../shared/domain/calendar/windowGuard';

const none = { closesAtOnce: 1, rulesOnNsg: 1 };

describe('The guard', () => {
  const typical = { pollMs: 10_000, activityMs: 5_000, deleteMs: 11_000, propagationMs: 0 };
  const bad = { pollMs: 10_000, activityMs: 5_000, deleteMs: 114_000, propagationMs: 80_000 };

  it.each([
    ['one window, every part good', typical, none, 36_000],
    ['one window, every part bad', bad, none, 219_000],
    ['200 at once wait for no token', typical, { ...none, closesAtOnce: 200 }, 36_000],
    ['1,000 at once wait for 80 s', typical, { ...none, closesAtOnce: 1_000 }, 116_000],
    ['20 rules on one NSG', typical, { ...none, rulesOnNsg: 20 }, 25_000 + 20 * 11_000],
  ])('adds up what a close needs: %s', (_name, times, crowd, expected) => {
    expect(guardOf(times, crowd, 0)).toBe(expected);
  });

  it('is never below the policy, whatever was learnt', () => {
    fc.assert(
      fc.property(fc.nat(600_000), fc.nat(200_000), fc.nat(2_000), (policy, deleteMs, closes) => {
        const crowd = { closesAtOnce: closes, rulesOnNsg: 1 };
        expect(guardOf({ ...usualTimes, deleteMs }, crowd, policy)).toBeGreaterThanOrEqual(policy);
      }),
    );
  });

  it('grows with each part', () => {
    const grown = guardOf(typical, { closesAtOnce: 300, rulesOnNsg: 3 }, 0);
    expect(grown).toBeGreaterThan(guardOf(typical, { closesAtOnce: 300, rulesOnNsg: 2 }, 0));
    expect(grown).toBeGreaterThan(guardOf(typical, { closesAtOnce: 299, rulesOnNsg: 3 }, 0));
    expect(tokensMs(201)).toBe(100);
  });

  it('of a window is the policy’s with the times meant for work, and longer once deletes are slow', () => {
    const limits = { guardMs: 180_000, settleMs: 120_000 };
    const closes = [{ nsgId: '/a', region: 'westeurope', rules: 1 }];
    expect(windowGuardOf(limits, closes, 12_000)).toBe(180_000);
    expect(windowGuardOf(limits, closes, 114_000)).toBe(209_100 - 100);
  });

  it('of a window counts all of its deletes for the tokens, and the fullest NSG for its turn', () => {
    const limits = { guardMs: 1, settleMs: 120_000 };
    const on = (...rules: number[]) =>
      rules.map((count, at) => ({ nsgId: `/${at}`, region: 'westeurope', rules: count }));
    const parts = 2 * 5_000 + 5_000 + 80_000;
    expect(windowGuardOf(limits, on(3, 1), 114_000)).toBe(parts + 3 * 114_000);
    expect(windowGuardOf(limits, on(150, 151), 12_000)).toBe(parts + 10_100 + 151 * 12_000);
    expect(windowGuardOf(limits, [], 12_000)).toBe(parts + 12_000);
  });

  it('leaves short times of a demonstration alone', () => {
    const limits = { guardMs: 40_000, settleMs: 10_000 };
    const closes = [{ nsgId: '/a', region: 'westeurope', rules: 1 }];
    expect(windowGuardOf(limits, closes, 12_000)).toBe(40_000);
  });
});

describe('The time of deletes', () => {
  it('is the floor until there is something to learn from', () => {
    const few = Array.from({ length: 19 }, () => 60_000);
    expect(deleteP99Of(few)).toBe(12_000);
    expect(deleteP99Of([...few, 60_000])).toBe(60_000);
  });

  it('never falls below the floor', () => {
    expect(deleteP99Of(Array.from({ length: 100 }, () => 3_000))).toBe(12_000);
  });

  it('is the hundredth part from the top, of the last 256', () => {
    let samples: readonly number[] = [];
    for (let at = 0; at < 1_000; at++) samples = withSample(samples, 90_000);
    for (let at = 0; at < 256; at++) samples = withSample(samples, at < 2 ? 70_000 : 20_000);
    expect(samples).toHaveLength(256);
    expect(deleteP99Of(samples)).toBe(20_000);
    samples = withSample(samples, 50_000);
    for (let at = 0; at < 2; at++) samples = withSample(samples, 40_000);
    expect(deleteP99Of(samples)).toBe(40_000);
  });

  it('takes no part in what was read hours later, and nothing that is no time', () => {
    expect(withSample([], 3_600_000)).toEqual([120_000]);
    for (const ms of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(withSample([], ms)).toEqual([]);
    }
  });
});
