import { installHeldWork } from './http/heldWork';
import { refuseOutside } from './outside';
import { atOneMomentMax, countsOfMoments, Spinning } from './spinning';

/**
 * The clock and the scheduler of one run: every timer, immediate and date of the process. It moves
 * only when everything that could move has moved, and only from one timer to the next.
 */
export type SimulatedClock = {
  now(): number;
  /** Called after each timer when all that it started has come to rest. Throws to end the run. */
  atRest(check: () => void): void;
  /** Calls `action` at a time; what is past is called at once. */
  at(atMs: number, action: () => void): void;
  /** Lets everything happen up to a time, or until `done`. */
  runUntil(atMs: number, done?: () => boolean): Promise<void>;
  uninstall(): void;
};

type Entry = { atMs: number; order: number; action: (() => void) | undefined; everyMs?: number };

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
};

/** Entries by time, then by the order in which they were made. */
class Queue {
  private readonly heap: Entry[] = [];

  push(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  peek(): Entry | undefined {
    for (;;) {
      const [first] = this.heap;
      if (first === undefined || first.action !== undefined) return first;
      this.shift();
    }
  }

  shift(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

/** What a timer function hands out: enough of Node's own object for whoever holds it. */
class Handle {
  constructor(readonly entry: Entry) {}
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

/** Puts the clock of the process under the scheduler, from `startMs` on. */
export function installClock(startMs: number): SimulatedClock {
  let now = startMs;
  let order = 0;
  let check: () => void = () => undefined;
  const queue = new Queue();
  const add = (atMs: number, action: () => void, everyMs?: number): Handle => {
    const entry: Entry = { atMs, order: order++, action, ...(everyMs ? { everyMs } : {}) };
    queue.push(entry);
    return new Handle(entry);
  };
  const clear = (handle: unknown): void => {
    if (handle instanceof Handle) handle.entry.action = undefined;
  };
  const delay = (ms: unknown): number => Math.max(Math.ceil(Number(ms) || 0), 0);
  Object.assign(globalThis, {
    setTimeout: (action: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      add(now + Math.max(delay(ms), 1), () => action(...args)),
    setInterval: (action: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      add(now + Math.max(delay(ms), 1), () => action(...args), Math.max(delay(ms), 1)),
    setImmediate: (action: (...args: unknown[]) => void, ...args: unknown[]) =>
      add(now, () => action(...args)),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    Date: simulatedDate(() => now),
  });
  const allow = refuseOutside();
  const held = installHeldWork(turn);
  const rest = async (): Promise<void> => {
    do await turn();
    while (held.isUnderWay());
  };

  const countAt = countsOfMoments();
  const fire = (entry: Entry): void => {
    queue.shift();
    now = Math.max(now, entry.atMs);
    if (countAt(now) > atOneMomentMax) {
      throw new Spinning(`more than ${atOneMomentMax} timers fired at one moment`, now);
    }
    const { action, everyMs } = entry;
    if (everyMs === undefined) entry.action = undefined;
    else queue.push(Object.assign(entry, { atMs: now + everyMs, order: order++ }));
    action?.();
  };

  return {
    now: () => now,
    atRest: (given) => {
      check = given;
    },
    at: (atMs, action) => {
      add(Math.max(atMs, now), action);
    },
    runUntil: async (atMs, done = () => false) => {
      await rest();
      check();
      for (;;) {
        if (done()) return;
        const next = queue.peek();
        if (next === undefined || next.atMs > atMs) break;
        fire(next);
        await rest();
        check();
      }
      now = Math.max(now, atMs);
    },
    uninstall: () => {
      held.uninstall();
      allow();
      Object.assign(globalThis, real);
    },
  };
}

/**
 * One turn of the real loop: before it comes round, every promise that can move has moved, since
 * nothing here waits on a socket or a file, and on a thread only where that is waited for.
 */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    real.setImmediate(resolve);
  });
}

function simulatedDate(now: () => number): DateConstructor {
  const RealDate = real.Date;
  const made = function (...given: string[]): unknown {
    if (new.target === undefined) return new RealDate(now()).toString();
    if (new.target !== made) return Reflect.construct(RealDate, given, new.target);
    // The two common forms, without the cost of reflection.
    if (given.length === 0) return new RealDate(now());
    const [only] = given;
    if (given.length === 1 && only !== undefined) return new RealDate(only);
    return Reflect.construct(RealDate, given);
  };
  made.prototype = RealDate.prototype;
  const date = Object.setPrototypeOf(made, RealDate) as DateConstructor;
  date.now = now;
  return date;
}
