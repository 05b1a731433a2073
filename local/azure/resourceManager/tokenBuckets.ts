import type { BucketLimit } from '../../limits';

/** A bucket that refills with time; tokens may be fractions. */
export type Bucket = { tokens: number; atMs: number };

/** `left` is what remains; `waitMs` how long until one call more is possible. */
export type Taken = { isTaken: boolean; left: number; waitMs: number };

/** Takes a token, or says how long until there is one. */
export function take(buckets: Map<string, Bucket>, key: string, limit: BucketLimit): Taken {
  const now = Date.now();
  const bucket = buckets.get(key) ?? { tokens: limit.burst, atMs: now };
  const refilled = bucket.tokens + ((now - bucket.atMs) / 1_000) * limit.perSecond;
  bucket.tokens = Math.min(limit.burst, refilled);
  bucket.atMs = now;
  buckets.set(key, bucket);
  if (bucket.tokens < 1) {
    return {
      isTaken: false,
      left: 0,
      waitMs: ((1 - bucket.tokens) / limit.perSecond) * 1_000,
    };
  }
  bucket.tokens--;
  return { isTaken: true, left: bucket.tokens, waitMs: 0 };
}

/** Whole tokens, as headers tell them. */
export const whole = (value: number): string => String(Math.floor(value));

/** Seconds for `Retry-After`: never 0. */
export const seconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));
