import type { SavedBucket } from '../domain/remediation/remediationRow';

/**
 * How many requests may leave now. No bucket is shared between apps; of each of its own this app
 * leaves the reserve of the closes, and of Compute's counts it takes what Azure publishes.
 */
export type NightPace = {
  readRoom(subscriptionId: string): number;
  writeRoom(subscriptionId: string, location: string): number;
  /** Pause before the next query of Resource Graph, ms; 0: go on. */
  queryPauseMs(): number;
  /** A write leaves. */
  tookWrite(subscriptionId: string, location: string): void;
  /** Compute has said that there was no room, and when there will be. */
  refusedWrite(subscriptionId: string, location: string, retryAfterMs: number): void;
  /** What Compute's counts are, to be kept over a restart. */
  saved(): SavedBucket[];
  restore(saved: readonly SavedBucket[]): void;
};
