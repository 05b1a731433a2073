import assert from 'node:assert';
import type { Clock } from '../ports/world';
import type { Meter } from './meter';

const waitMsMax = 20_000;

/** The host's clock, and what Resource Manager's answers said of it. */
export function createClock(meter: Meter): Clock {
  return {
    now: () => Date.now(),
    skew: () => meter.skew(),
    wait: async (ms) => {
      assert(ms <= waitMsMax, 'an activity sleeps for short times only; longer ones are timers');
      await new Promise<void>((resolve) => setTimeout(resolve, Math.ceil(Math.max(0, ms))));
    },
  };
}
