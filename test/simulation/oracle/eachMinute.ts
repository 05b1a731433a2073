import type { SimulatedClock } from '../clock';

const lookEveryMs = 60_000;

/** Looks once a minute from now on, until a time. */
export function eachMinute(clock: SimulatedClock, endMs: number, look: () => Promise<void>): void {
  const schedule = (atMs: number): void => {
    if (atMs > endMs) return;
    clock.at(atMs, () => {
      void look();
      schedule(atMs + lookEveryMs);
    });
  };
  schedule(clock.now() + lookEveryMs);
}
