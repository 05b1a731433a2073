import {
  type BucketLevel,
  computeUpdates,
  levelAt,
  taken,
} from '../domain/remediation/tokenBucket';
import type { NightPace } from '../ports/nightPace';
import type { Buckets } from './buckets';

/**
 * Paces the night: Resource Manager's counts as its answers tell them, and Compute's, of which no
 * answer tells enough, by what is published. A count that was never seen is taken for full; what
 * was saved before a restart is taken up again.
 */
export function createNightPace(buckets: Buckets): NightPace {
  const updates = new Map<string, BucketLevel>();
  const levelOf = (key: string): BucketLevel =>
    updates.get(key) ?? { tokens: computeUpdates.cap, at: Date.now() };
  const keyOf = (subscriptionId: string, location: string): string =>
    `${subscriptionId.toLowerCase()}|${location.toLowerCase()}`;
  return {
    readRoom: (subscriptionId) => buckets.room(subscriptionId, 'reads', Date.now()),
    writeRoom: (subscriptionId, location) => {
      const { tokens } = levelAt(
        computeUpdates,
        levelOf(keyOf(subscriptionId, location)),
        Date.now(),
      );
      const ofArm = buckets.room(subscriptionId, 'writes', Date.now());
      return Math.max(0, Math.min(ofArm, Math.floor(tokens)));
    },
    queryPauseMs: () => buckets.queryPauseMs(Date.now()),
    tookWrite: (subscriptionId, location) => {
      const key = keyOf(subscriptionId, location);
      updates.set(key, taken(computeUpdates, levelOf(key), 1, Date.now()));
    },
    refusedWrite: (subscriptionId, location, retryAfterMs) => {
      // The level at which the first token is there when Compute says that it will be.
      const tokens = 1 - (retryAfterMs / 1_000) * computeUpdates.perSecond;
      const key = keyOf(subscriptionId, location);
      const { tokens: thought } = levelAt(computeUpdates, levelOf(key), Date.now());
      updates.set(key, { tokens: Math.min(thought, tokens), at: Date.now() });
    },
    saved: () =>
      [...updates].map(([key, level]) => {
        const { tokens, at } = levelAt(computeUpdates, level, Date.now());
        return { key, tokens: Math.floor(tokens), at };
      }),
    restore: (saved) => {
      for (const { key, tokens, at } of saved) updates.set(key, { tokens, at });
    },
  };
}
