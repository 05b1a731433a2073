import type { Decide } from './boundaries';
import type { FaultPlan } from './plan';
import type { Stage } from './stage';

/** The strikes of a run's faults, each waiting for its crossings. */
export type Strikes = { add: Stage['strike']; decide: Decide };

type Waiting = {
  fault: FaultPlan;
  skip: number;
  times: number;
  untilMs: number;
  matches: Parameters<Stage['strike']>[1];
  strike: Parameters<Stage['strike']>[2];
};

/** Of several that could strike a crossing, the one that was added first does. */
export function createStrikes(startMs: number, nowMs: () => number): Strikes {
  const all: Waiting[] = [];
  return {
    add: (fault, matches, strike) => {
      const { skip, times } = fault;
      const untilMs = startMs + fault.atMs + fault.forMs;
      all.push({ fault, skip, times, untilMs, matches, strike });
    },
    decide: (crossing) => {
      const now = nowMs();
      for (const one of all) {
        const { fault } = one;
        if (one.times <= 0 || now < startMs + fault.atMs || now > one.untilMs) continue;
        if (!one.matches(crossing)) continue;
        if (one.skip > 0) {
          one.skip -= 1;
          continue;
        }
        one.times -= 1;
        return { fault: fault.kind, id: fault.id, ...one.strike(crossing) };
      }
      return undefined;
    },
  };
}
