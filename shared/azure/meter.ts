import type { Log } from '../ports/log';
import { type Buckets, createBuckets, type Mark } from './buckets';
import { createDeleteLog, type DeleteLog } from './sentDeletes';

/** What the headers of Resource Manager's answers say of clocks and budgets. */
export type Meter = {
  /**
   * Takes note of one answer. `sentAt` and `receivedAt` by the host's clock, epoch ms; `mark` is
   * what `sent` said when its request left.
   */
  answered(
    headers: Readonly<Record<string, string>>,
    sentAt: number,
    receivedAt: number,
    mark: Mark,
  ): void;
  /** Takes note that a request leaves. What it answers is handed back with its answer. */
  sent(method: string, path: string, hostMs: number): Mark;
  readonly buckets: Buckets;
  readonly deletes: DeleteLog;
  /** Resource Manager's clock minus ours as last measured, and when; `null`: never. */
  skew(): { readonly skewMs: number; readonly measuredAt: number | null };
};

/** An answer that took longer than this says too little about the time to be used. */
const roundTripMaxMs = 5_000;

/**
 * Measures skew and watches the token buckets. `Date` counts whole seconds and the answer was under
 * way for a while, so only what cannot be explained by these two is called skew: clocks that agree
 * give exactly 0.
 */
export function createMeter(log: Log): Meter {
  let skewMs = 0;
  let measuredAt: number | null = null;
  const buckets = createBuckets(log);
  const deletes = createDeleteLog();

  return {
    sent: (method, path, hostMs) => {
      deletes.sent(method, path, hostMs);
      return buckets.sent(method, path);
    },
    buckets,
    deletes,
    answered: (headers, sentAt, receivedAt, mark) => {
      const date = parseHttpDate(headers['date']);
      if (date !== null && receivedAt - sentAt <= roundTripMaxMs) {
        skewMs = provableSkew(date, sentAt, receivedAt);
        measuredAt = receivedAt;
      }
      buckets.answered(headers, mark, receivedAt);
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
