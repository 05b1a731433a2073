import type { Log } from '../ports/log';

/** What the headers of Resource Manager's answers say of clocks and budgets. */
export type Meter = {
  /** Takes note of one answer. `sentAt` and `receivedAt` by the host's clock, epoch ms. */
  answered(headers: Readonly<Record<string, string>>, sentAt: number, receivedAt: number): void;
  /** Resource Manager's clock minus ours as last measured, and when; `null`: never. */
  skew(): { readonly skewMs: number; readonly measuredAt: number | null };
};

/** An answer that took longer than this says too little about the time to be used. */
const roundTripMaxMs = 5_000;
/** Requests that must be left in a bucket; below it closes may soon be refused with the rest. */
const reserve = 50;
const warnEveryMs = 60_000;
const bucketForm = /^x-ms-ratelimit-remaining-([a-z-]{1,60})$/;

/**
 * Measures skew and watches the token buckets. `Date` counts whole seconds and the answer was under
 * way for a while, so only what cannot be explained by these two is called skew: clocks that agree
 * give exactly 0.
 */
export function createMeter(log: Log): Meter {
  let skewMs = 0;
  let measuredAt: number | null = null;
  const warnedAt = new Map<string, number>();

  return {
    answered: (headers, sentAt, receivedAt) => {
      const date = parseHttpDate(headers['date']);
      if (date !== null && receivedAt - sentAt <= roundTripMaxMs) {
        skewMs = provableSkew(date, sentAt, receivedAt);
        measuredAt = receivedAt;
      }
      for (const [name, value] of Object.entries(headers)) {
        if (!name.startsWith('x-ms-ratelimit-')) continue;
        const bucket = bucketForm.exec(name)?.[1];
        if (bucket === undefined || !/^\d{1,9}$/.test(value) || Number(value) >= reserve) continue;
        if (receivedAt - (warnedAt.get(bucket) ?? -warnEveryMs) < warnEveryMs) continue;
        warnedAt.set(bucket, receivedAt);
        log.warn('arm.budgetLow', { bucket, remaining: Number(value) });
      }
    },
    skew: () => ({ skewMs, measuredAt }),
  };
}

/** Epoch ms of an HTTP date, `null` for everything else. */
export function parseHttpDate(text: string | undefined): number | null {
  if (text === undefined || !/^[A-Z][a-z]{2}, .{10,30}$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

function provableSkew(date: number, sentAt: number, receivedAt: number): number {
  if (date > receivedAt) return date - receivedAt;
  const endOfSecond = date + 999;
  return endOfSecond < sentAt ? endOfSecond - sentAt : 0;
}
