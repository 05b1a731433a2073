import FakeTimers from '@sinonjs/fake-timers';

/**
 * Virtual time for tests: `Date`, `setTimeout` and `setInterval` of this jest environment stand
 * still until a test moves them. Promises, `process.nextTick` and `setImmediate` stay real, so code
 * between two timers runs to its end before the clock moves on.
 */
export type VirtualTime = {
  now(): number;
  /** Moves on by `ms`, firing what falls due in order, each followed by all the work it starts. */
  pass(ms: number): Promise<void>;
  /** Moves from timer to timer until `done()` is true; throws after `msMax`. */
  passUntil(done: () => boolean, msMax: number): Promise<void>;
  /** Puts the real clock back. */
  uninstall(): void;
};

const realSetImmediate = setImmediate;

/** Installs virtual time, beginning at `startAt` (ISO 8601). */
export function installVirtualTime(startAt = '2026-01-01T10:00:00.000Z'): VirtualTime {
  const clock = FakeTimers.withGlobal(globalThis).install({
    now: new Date(startAt),
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    loopLimit: 1_000_000,
  });

  return {
    now: () => clock.now,
    pass: async (ms) => {
      const until = clock.now + ms;
      let fired = false;
      const stop = clock.setTimeout(() => {
        fired = true;
      }, ms);
      await settle();
      while (!fired) {
        clock.next();
        await settle();
      }
      clock.clearTimeout(stop);
      if (clock.now < until) clock.setSystemTime(until);
    },
    passUntil: async (done, msMax) => {
      const until = clock.now + msMax;
      await settle();
      while (!done()) {
        if (clock.countTimers() === 0) throw new Error('No timer is left and it is not done yet.');
        if (clock.now > until) throw new Error(`Not done after ${msMax} ms of virtual time.`);
        clock.next();
        await settle();
      }
    },
    uninstall: () => clock.uninstall(),
  };
}

/** Lets every promise chain that can move run until it waits on a timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => realSetImmediate(resolve));
  }
}
