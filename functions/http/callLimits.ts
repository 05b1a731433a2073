import type { World } from '../../shared/ports/world';

/** What a call costs its caller: closing is never short, reading seldom, asking for more soon. */
export type CallKind = 'read' | 'ask' | 'close';

/** How many calls a caller may make at once, and how many a minute after that. */
const limits: Readonly<Record<CallKind, { readonly burst: number; readonly perMinute: number }>> = {
  read: { burst: 60, perMinute: 60 },
  ask: { burst: 10, perMinute: 10 },
  close: { burst: 120, perMinute: 120 },
};

/** So many callers are remembered; of more than these the oldest start anew. */
const callersMax = 10_000;

export type CallLimits = {
  /** 0: go on. Else how long the caller has to wait for another call of this kind, ms. */
  waitMs(callerId: string, kind: CallKind): number;
};

/**
 * Token buckets, one for each caller and kind, in this process alone: they keep one caller from
 * using up what all share. What policy allows is counted in the ledger.
 */
export function createCallLimits({ clock }: Pick<World, 'clock'>): CallLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    waitMs(callerId, kind) {
      const { burst, perMinute } = limits[kind];
      const now = clock.now();
      const key = `${kind}|${callerId}`;
      const known = buckets.get(key) ?? { tokens: burst, at: now };
      const gained = (Math.max(0, now - known.at) * perMinute) / 60_000;
      const tokens = Math.min(burst, known.tokens + gained);
      buckets.delete(key);
      for (const oldest of buckets.keys()) {
        if (buckets.size < callersMax) break;
        buckets.delete(oldest);
      }
      const isLeft = tokens >= 1;
      buckets.set(key, { tokens: isLeft ? tokens - 1 : tokens, at: now });
      return isLeft ? 0 : ((1 - tokens) * 60_000) / perMinute;
    },
  };
}
