/**
 * Requests that come back at a steady rate, up to a cap: how Azure counts
 * (learn.microsoft.com, "Understand how Azure Resource Manager throttles requests"; "Troubleshooting
 * API throttling errors for virtual machines"). Times are epoch ms by the host's clock.
 */
export type BucketLimits = { readonly cap: number; readonly perSecond: number };

/** Tokens at a moment. */
export type BucketLevel = { readonly tokens: number; readonly at: number };

/** Compute's count of updates of VMs, extensions included, in one subscription and region. */
export const computeUpdates: BucketLimits = { cap: 1_500, perSecond: 500 / 60 };

/** Resource Manager's count of writes of one principal in one subscription. */
export const armWrites: BucketLimits = { cap: 200, perSecond: 10 };

/** What is there now. A clock that was set back gives nothing and takes nothing. */
export function levelAt(
  { cap, perSecond }: BucketLimits,
  level: BucketLevel,
  now: number,
): BucketLevel {
  const seconds = Math.max(0, now - level.at) / 1_000;
  return { tokens: Math.min(cap, level.tokens + seconds * perSecond), at: now };
}

/** What is there after `count` were taken. */
export function taken(
  limits: BucketLimits,
  level: BucketLevel,
  count: number,
  now: number,
): BucketLevel {
  const there = levelAt(limits, level, now);
  return { ...there, tokens: there.tokens - count };
}
