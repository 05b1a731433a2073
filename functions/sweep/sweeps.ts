import type { Clock } from '../../shared/ports/world';
import type { SweepSummary } from './sweepRules';

/** When the sweep last came to its end on this instance, and whether it saw everything. */
export type SweepStatus = { readonly endedAt: number; readonly complete: boolean } | null;

/** The sweeps of one process: one at a time, however many ask. */
export type Sweeps = {
  /** Sweeps now, or joins the one that follows the one under way. */
  start(): Promise<SweepSummary>;
  /** Somebody heard of an activation: many of them in a moment, or sweeps that stay away, start one. */
  hinted(): void;
  status(): SweepStatus;
};

/** A sweep under way for longer is given up for lost: a promise that never settles must stop nobody. */
const lostAfterMs = 240_000;
/** So many hints within this time are a burst. */
const burst = { hints: 10, withinMs: 10_000 };
/** A burst starts no sweep sooner than this after the last one began. */
const restMs = 15_000;

/** Runs `run` one at a time. `periodMs`: how often a timer asks for it. */
export function createSweeps(
  clock: Clock,
  periodMs: number,
  run: () => Promise<SweepSummary>,
): Sweeps {
  let status: SweepStatus = null;
  let running: { readonly startedAt: number; readonly done: Promise<SweepSummary> } | null = null;
  let next: Promise<SweepSummary> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  let hints: number[] = [];

  const begin = (): Promise<SweepSummary> => {
    next = null;
    startedAt = clock.now();
    const done = run().then((summary) => {
      status = { endedAt: clock.now(), complete: summary.complete };
      return summary;
    });
    const mine = { startedAt, done };
    running = mine;
    const end = (): void => {
      if (running === mine) running = null;
    };
    done.then(end, end);
    return done;
  };

  const start = (): Promise<SweepSummary> => {
    if (running === null || clock.now() - running.startedAt > lostAfterMs) return begin();
    // What follows a sweep that was given up for lost joins the one that took its place.
    next ??= running.done.then(start, start);
    return next;
  };

  return {
    start,
    status: () => status,
    hinted: () => {
      const now = clock.now();
      hints = [...hints.filter((at) => now - at < burst.withinMs), now].slice(-burst.hints);
      const isOverdue = now - startedAt > 3 * periodMs;
      const isBurst = hints.length >= burst.hints && now - startedAt > restMs;
      if (isOverdue || isBurst) void start();
    },
  };
}
