/**
 * What Resource Manager said is left of one of its buckets, and what has been sent since. Buckets
 * fill up again all the time, so a figure is worth less with each second
 * (learn.microsoft.com, "Understand how Azure Resource Manager throttles requests").
 */
export type Remaining = {
  readonly remaining: number;
  /** Host clock, epoch ms. */
  readonly seenAt: number;
  /** Requests of this process that went to the bucket after the answer that told of it. */
  readonly sentSince: number;
};

/** Requests that have to be left in a bucket for closes. */
export const reserve = 50;

/** A bucket whose rate nobody has published counts as full again after this. */
const unknownRateMs = 10_000;

/** Requests a second that come back into a bucket, by the name it has in the headers. */
export function refillOf(bucket: string): number | null {
  const factor = bucket.includes('global') ? 15 : 1;
  if (/^(?:subscription|tenant)-(?:global-)?reads$/.test(bucket)) return 25 * factor;
  if (/^(?:subscription|tenant)-(?:global-)?(?:writes|deletes)$/.test(bucket)) return 10 * factor;
  return null;
}

/** How long until the bucket holds the reserve again, ms; 0 if it does. Never negative, never long. */
export function waitForReserve(bucket: string, seen: Remaining, hostMs: number): number {
  const ageMs = Math.max(0, hostMs - seen.seenAt);
  const lacking = reserve - (seen.remaining - seen.sentSince);
  const perSecond = refillOf(bucket);
  if (perSecond === null) return lacking > 0 ? Math.max(0, unknownRateMs - ageMs) : 0;
  return Math.max(0, Math.ceil((lacking / perSecond) * 1_000 - ageMs));
}

/** How many requests may leave now before only the reserve is left; never negative. */
export function roomAboveReserve(bucket: string, seen: Remaining, hostMs: number): number {
  const perSecond = refillOf(bucket) ?? 0;
  const came = (Math.max(0, hostMs - seen.seenAt) / 1_000) * perSecond;
  return Math.max(0, Math.floor(seen.remaining - seen.sentSince + came - reserve));
}
