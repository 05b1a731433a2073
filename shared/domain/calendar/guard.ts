/** What one close costs in time, part by part. All in milliseconds. */
export type CloseTimes = {
  /** Longest pause between two looks of the engine at one of its queues (`host.json`). */
  readonly pollMs: number;
  /** One activity up to its DELETE: row read, row saved, request sent. */
  readonly activityMs: number;
  /** The time within which 99 of 100 deletes are done: learned, never below `deleteFloorMs`. */
  readonly deleteMs: number;
  /** From the end of the operation until the network does it. */
  readonly propagationMs: number;
};

/** How many closes share what a close needs. */
export type Crowd = {
  /** Deletes in the same subscription at the same time, this window's own included. */
  readonly closesAtOnce: number;
  /** Rules on the one NSG that holds most of them, this window's own included. */
  readonly rulesOnNsg: number;
};

/**
 * Deletes are known to take 11 s, and a read every so often sees them gone a little later
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/11521).
 */
export const deleteFloorMs = 12_000;

/**
 * `maxQueuePollingInterval` of `host.json`; a slow activity; and what tools that wait for new rules
 * to work are seen to sleep (https://github.com/cloud-barista/cb-spider/issues/482).
 */
export const usualTimes: CloseTimes = {
  pollMs: 5_000,
  activityMs: 5_000,
  deleteMs: deleteFloorMs,
  propagationMs: 80_000,
};

/**
 * Deletes that Resource Manager takes at once, and each second after that, per subscription and
 * principal
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
 */
export const deleteTokens = { burst: 200, perSecond: 10 } as const;

/** How long the last of so many deletes waits for its token. */
export function tokensMs(closesAtOnce: number): number {
  return Math.max(0, ((closesAtOnce - deleteTokens.burst) / deleteTokens.perSecond) * 1_000);
}

/**
 * How long before its deadline a window has to begin to close: two pauses of the queues, an
 * activity, its turn among all deletes and among those of its NSG, its own delete, and what the
 * network needs after it. Never less than the policy's guard: the window is shortened, never
 * lengthened.
 */
export function guardOf(times: CloseTimes, crowd: Crowd, policyGuardMs: number): number {
  const { pollMs, activityMs, deleteMs, propagationMs } = times;
  const rules = Math.max(1, crowd.rulesOnNsg);
  const needed =
    2 * pollMs + activityMs + tokensMs(crowd.closesAtOnce) + rules * deleteMs + propagationMs;
  return Math.max(policyGuardMs, Math.ceil(needed));
}
