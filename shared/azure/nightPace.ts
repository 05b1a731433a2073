import { reserve } from '../domain/budget';
import {
  armWrites,
  type BucketLevel,
  type BucketLimits,
  computeUpdates,
  levelAt,
  taken,
} from '../domain/remediation/tokenBucket';
import type { NightPace } from '../ports/nightPace';
import type { Buckets } from './buckets';

/**
 * Paces the night: Resource Manager's counts as its answers tell them, and until the first answer
 * by what is published, because hundreds of writes leave before it comes; Compute's, of which no
 * answer tells enough, by what is published alone. A count that was never seen is taken for full;
 * what was saved of Compute's before a restart is taken up again.
 */
export function createNightPace(buckets: Buckets): NightPace {
  const updates = createLevels(computeUpdates);
  const writes = createLevels(armWrites);
  const keyOf = (subscriptionId: string, location: string): string =>
    `${subscriptionId.toLowerCase()}|${location.toLowerCase()}`;
  return {
    readRoom: (subscriptionId) => buckets.room(subscriptionId, 'reads', Date.now()),
    writeRoom: (subscriptionId, location) => {
      const told = buckets.room(subscriptionId, 'writes', Date.now());
      const ofArm = Number.isFinite(told)
        ? told
        : writes.now(subscriptionId.toLowerCase()).tokens - reserve;
      const ofCompute = updates.now(keyOf(subscriptionId, location)).tokens;
      return Math.max(0, Math.floor(Math.min(ofArm, ofCompute)));
    },
    queryPauseMs: () => buckets.queryPauseMs(Date.now()),
    tookWrite: (subscriptionId, location) => {
      writes.take(subscriptionId.toLowerCase());
      updates.take(keyOf(subscriptionId, location));
    },
    refusedWrite: (subscriptionId, location, retryAfterMs) => {
      // The level at which the first token is there when Compute says that it will be.
      const tokens = 1 - (retryAfterMs / 1_000) * computeUpdates.perSecond;
      const key = keyOf(subscriptionId, location);
      updates.set(key, Math.min(updates.now(key).tokens, tokens));
    },
    saved: () =>
      updates.all().map(([key, { tokens, at }]) => ({ key, tokens: Math.floor(tokens), at })),
    restore: (saved) => {
      for (const { key, tokens, at } of saved) updates.set(key, tokens, at);
    },
  };
}

/** Levels of buckets of one kind, by their keys; all are full at first. */
function createLevels(limits: BucketLimits) {
  const levels = new Map<string, BucketLevel>();
  const now = (key: string): BucketLevel => {
    const at = Date.now();
    return levelAt(limits, levels.get(key) ?? { tokens: limits.cap, at }, at);
  };
  return {
    now,
    take: (key: string): void => {
      levels.set(key, taken(limits, now(key), 1, Date.now()));
    },
    set: (key: string, tokens: number, at = Date.now()): void => {
      levels.set(key, { tokens, at });
    },
    all: (): [string, BucketLevel][] => [...levels.keys()].map((key) => [key, now(key)]),
  };
}
