import { createSweeps } from '../../../functions/sweep/sweeps';
import type { SweepSummary } from '../../../functions/sweep/sweepRules';
import type { Clock } from '../../../shared/ports/world';

const second = 1_000;

type Ending = (error: Error | undefined, complete: boolean) => void;

function setUp() {
  const state = { now: 1_000_000, began: 0, ends: [] as Ending[] };
  const clock = { now: () => state.now } as Clock;
  const sweeps = createSweeps(clock, 60 * second, () => {
    state.began += 1;
    return new Promise<SweepSummary>((resolve, reject) => {
      state.ends.push((error, complete) =>
        error ? reject(error) : resolve({ complete } as SweepSummary),
      );
    });
  });
  /** Ends the sweep under way, and lets what waits for it go on. */
  const end = async (failure?: Error, complete = true): Promise<void> => {
    state.ends.shift()?.(failure, complete);
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
    // The lost one comes back after all: what was to follow it joins the one that took its place.
    await end();
    expect(state.began).toBe(2);
    await end();
    expect(state.began).toBe(3);
    await end();
    expect(state.began).toBe(3);
  });

  it('wait for four minutes before they give one up, and then follow the new one', async () => {
    const { state, sweeps, end } = setUp();
    void sweeps.start();
    state.now += 240 * second;
    void sweeps.start();
    expect(state.began).toBe(1);
    state.now += 1;
    void sweeps.start();
    expect(state.began).toBe(2);
    state.ends.shift();
    const after = sweeps.start();
    await end();
    expect(state.began).toBe(3);
    await end();
    expect(await after).toEqual({ complete: true });
  });

  it('run one at a time for whoever asks in the moment in which one ends', async () => {
    const { state, sweeps, end } = setUp();
    const again = sweeps.start().then(() => sweeps.start());
    const after = sweeps.start();
    await end();
    expect(state.began).toBe(2);
    await end();
    expect(state.began - state.ends.length).toBe(2);
    while (state.ends.length > 0) await end();
    expect(await Promise.all([again, after])).toHaveLength(2);
  });

  it('say when the last one ended, and whether it saw everything', async () => {
    const { state, sweeps, end } = setUp();
    expect(sweeps.status()).toBeNull();
    void sweeps.start();
    state.now += second;
    expect(sweeps.status()).toBeNull();
    await end(undefined, false);
    expect(sweeps.status()).toEqual({ endedAt: state.now, complete: false });
    const failed = sweeps.start().catch(() => 'threw');
    state.now += second;
    await end(new Error('bug'));
    expect(await failed).toBe('threw');
    expect(sweeps.status()).toEqual({ endedAt: state.now - second, complete: false });
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

describe('a burst of hints', () => {
  it('is ten of them within ten seconds', async () => {
    const begun = async (lastAfterMs: number): Promise<number> => {
      const { state, sweeps, end } = setUp();
      void sweeps.start();
      await end();
      state.now += 20 * second;
      for (let n = 0; n < 9; n++) sweeps.hinted();
      state.now += lastAfterMs;
      sweeps.hinted();
      return state.began;
    };
    expect(await begun(9_999)).toBe(2);
    expect(await begun(10_000)).toBe(1);
  });

  it('starts no sweep within fifteen seconds of the last', async () => {
    const begun = async (restMs: number): Promise<number> => {
      const { state, sweeps, end } = setUp();
      void sweeps.start();
      await end();
      state.now += restMs;
      for (let n = 0; n < 30; n++) sweeps.hinted();
      return state.began;
    };
    expect(await begun(15 * second)).toBe(1);
    expect(await begun(15 * second + 1)).toBe(2);
  });

  it('while a sweep is under way is one that follows', async () => {
    const { state, sweeps, end } = setUp();
    void sweeps.start();
    state.now += 20 * second;
    for (let n = 0; n < 1_000; n++) sweeps.hinted();
    expect(state.began).toBe(1);
    await end();
    expect(state.began).toBe(2);
    await end();
    expect(state.began).toBe(2);
  });
});

describe('a single hint', () => {
  it('starts a sweep when three periods went by without one', async () => {
    const { state, sweeps, end } = setUp();
    void sweeps.start();
    await end();
    state.now += 180 * second;
    sweeps.hinted();
    expect(state.began).toBe(1);
    state.now += 1;
    sweeps.hinted();
    expect(state.began).toBe(2);
  });
});

/** Lets promises that are settled be followed. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
