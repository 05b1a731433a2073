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
const RealDate = Date;

/**
 * A `Date` that tells another time and makes ordinary dates: that of the library wraps each date it
 * makes, which was a good part of the time that tests of whole windows took.
 */
function virtualDate(now: () => number): DateConstructor {
  const made = function (...given: string[]): unknown {
    if (new.target === undefined) return new RealDate(now()).toString();
    if (new.target !== made) return Reflect.construct(RealDate, given, new.target);
    if (given.length === 0) return new RealDate(now());
    return Reflect.construct(RealDate, given);
  };
  made.prototype = RealDate.prototype;
  const date = Object.setPrototypeOf(made, RealDate) as DateConstructor;
  date.now = now;
  return date;
}

/** Installs virtual time, beginning at `startAt` (ISO 8601). */
export function installVirtualTime(startAt = '2026-01-01T10:00:00.000Z'): VirtualTime {
  const clock = FakeTimers.withGlobal(globalThis).install({
    now: new Date(startAt),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    loopLimit: 1_000_000,
  });

  globalThis.Date = virtualDate(() => clock.now);

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
    uninstall: () => {
      clock.uninstall();
      globalThis.Date = RealDate;
    },
  };
}

/** Lets every promise chain that can move run until it waits on a timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => realSetImmediate(resolve));
  }
}
