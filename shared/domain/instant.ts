/**
 * Now, as an interval: the host's clock and the last skew measured against Resource Manager's
 * `Date` disagree, and nobody can tell which is right. What opens uses the end that is safe for
 * opening, what closes the end that is safe for closing; both are `latestMs`, except for "has it
 * begun yet", which asks `earliestMs`. Epoch milliseconds.
 */
export type Now = {
  /** The host's own clock: for durations between two readings of that same clock. */
  readonly hostMs: number;
  readonly earliestMs: number;
  readonly latestMs: number;
};

/** More disagreement than this and nothing is opened, what is open is closed early, and an alarm is raised. */
export const skewMaxMs = 60_000;

/** The interval for a host clock and the skew (Resource Manager minus host) last measured. */
export function nowOf(hostMs: number, skewMs: number): Now {
  return {
    hostMs,
    earliestMs: hostMs + Math.min(0, skewMs),
    latestMs: hostMs + Math.max(0, skewMs),
  };
}

/** True if the two clocks disagree by more than `skewMaxMs`. */
export function isSkewed(now: Now): boolean {
  return now.latestMs - now.earliestMs > skewMaxMs;
}

/** What the host's clock shows when the safe end for closing reaches `deadlineMs`. */
export function hostTimeOf(deadlineMs: number, now: Now): number {
  return deadlineMs - (now.latestMs - now.hostMs);
}
