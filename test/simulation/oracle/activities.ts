import type { Crossing } from '../boundaries';
import type { Violation } from './judge';

/** The engine gives an activity that is silent for longer to another worker. */
const lengthMaxMs = 240_000;
/** A longer wait is the engine's: inside an activity it holds a worker, and a crash loses it. */
const waitMaxMs = 20_000;

/** Measures how long activities run: nothing is slept through inside one. */
export type ActivityWatch = {
  begins(crossing: Crossing): void;
  ends(crossing: Crossing): void;
  /** A strike holds this one up by itself. */
  isHeld(crossing: Crossing): void;
  /** A process died, and all that ran in it. */
  died(): void;
  faults(nowMs: number): Violation[];
};

export function watchActivities(): ActivityWatch {
  const running = new Map<number, Crossing>();
  const held = new Set<number>();
  const found: Violation[] = [];
  const judge = ({ n, name, subject, atMs }: Crossing, nowMs: number): void => {
    if (nowMs - atMs <= lengthMaxMs || held.has(n)) return;
    const what = `${name} of ${subject} ran for ${Math.round((nowMs - atMs) / 1_000)} s`;
    found.push({ invariant: 'activities are short', what, atMs });
  };
  return {
    begins: (crossing) => {
      const { kind, atMs, input } = crossing;
      if (kind === 'activity') running.set(crossing.n, crossing);
      if (kind !== 'wait' || Number(input) <= waitMaxMs) return;
      const what = `${Math.round(Number(input) / 1_000)} s were waited inside a function`;
      found.push({ invariant: 'activities are short', what, atMs });
    },
    ends: (crossing) => {
      if (running.delete(crossing.n)) judge(crossing, Date.now());
    },
    isHeld: ({ n }) => {
      held.add(n);
    },
    died: () => running.clear(),
    faults: (nowMs) => {
      for (const crossing of running.values()) judge(crossing, nowMs);
      running.clear();
      return found;
    },
  };
}
