import { createSweeps } from '../../../functions/sweep/sweeps';
import type { SweepSummary } from '../../../functions/sweep/sweepRules';
import type { Clock } from '../../../shared/ports/world';

const second = 1_000;

function setUp() {
  const state = { now: 1_000_000, began: 0, ends: [] as ((error?: Error) => void)[] };
  const clock = { now: () => state.now } as Clock;
  const sweeps = createSweeps(clock, 60 * second, () => {
    state.began += 1;
    return new Promise<SweepSummary>((resolve, reject) => {
      state.ends.push((error) =>
        error ? reject(error) : resolve({ complete: true } as SweepSummary),
      );
    });
  });
  /** Ends the sweep under way, and lets what waits for it go on. */
  const end = async (failure?: Error): Promise<void> => {
    state.ends.shift()?.(failure);
    await turns();
  };
  return { state, sweeps, end };
}

describe('the sweeps of a process', () => {
  it('run one at a time: however many ask, one more follows', async () => {
    const { state, sweeps, end } = setUp();
    const asked = Array.from({ length: 50 }, () => sweeps.start());
    expect(state.began).toBe(1);
    await end();
    expect(state.began).toBe(2);
    await end();
    await Promise.all(asked);
    expect(state.began).toBe(2);
    expect(sweeps.status()).toEqual({ endedAt: state.now, complete: true });
  });

  it('go on after one that threw', async () => {
    const { state, sweeps, end } = setUp();
    const first = sweeps.start();
    const after = sweeps.start();
    const outcome = first.then(
      () => 'done',
      () => 'threw',
    );
    await end(new Error('bug'));
    expect(await outcome).toBe('threw');
    expect(state.began).toBe(2);
    await end();
    expect(await after).toEqual({ complete: true });
  });

  it('give up one that never comes to its end', async () => {
    const { state, sweeps, end } = setUp();
    void sweeps.start();
    void sweeps.start();
    state.now += 241 * second;
    void sweeps.start();
    expect(state.began).toBe(2);
    // The lost one comes back after all: what follows is the one that was meant to follow it.
    await end();
    await end();
    expect(state.began).toBeLessThanOrEqual(3);
  });
});

describe('hints', () => {
  it('start a sweep when there are many in a moment, and not when they are few', async () => {
    const { state, sweeps, end } = setUp();
    void sweeps.start();
    await end();
    state.now += 20 * second;
    for (let n = 0; n < 9; n++) sweeps.hinted();
    expect(state.began).toBe(1);
    sweeps.hinted();
    expect(state.began).toBe(2);
  });

  it('of a storm start one sweep in a quarter of a minute, and never two at a time', async () => {
    const { state, sweeps, end } = setUp();
    void sweeps.start();
    await end();
    for (let n = 0; n < 10_000; n++) {
      state.now += 6;
      sweeps.hinted();
      expect(state.ends.length).toBeLessThanOrEqual(1);
      if (n % 100 === 0) await end();
    }
    expect(state.began).toBeLessThanOrEqual(5);
    expect(state.began).toBeGreaterThanOrEqual(4);
  });

  it('start one when the timer has long been silent', () => {
    const { state, sweeps } = setUp();
    sweeps.hinted();
    expect(state.began).toBe(1);
    state.ends.length = 0;
    state.now += 61 * second;
    sweeps.hinted();
    expect(state.began).toBe(1);
  });
});

/** Lets promises that are settled be followed. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
