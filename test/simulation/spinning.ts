import type { Crossing } from './boundaries';
import type { Violation } from './oracle/judge';

/** So much at one moment is no work any more: the run would never get on. */
export const atOneMomentMax = 20_000;

/** What ends a run that does the same again and again while no time passes. */
export class Spinning extends Error {
  readonly violation: Violation;

  constructor(what: string, atMs: number) {
    super(what);
    this.violation = { invariant: 'no spinning', what, atMs };
  }
}

/** What is said of a crossing that is passed again and again. */
export function spinningAt({ kind, name, subject, atMs }: Crossing): Spinning {
  return new Spinning(`${kind} ${name} of ${subject} again and again at one moment`, atMs);
}

/** Counts what happens at one and the same moment; answers how much by now. */
export function countsOfMoments(): (atMs: number) => number {
  let momentMs = Number.NaN;
  let count = 0;
  return (atMs) => {
    count = atMs === momentMs ? count + 1 : 1;
    momentMs = atMs;
    return count;
  };
}
