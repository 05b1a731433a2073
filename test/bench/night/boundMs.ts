import type { BucketLimit } from '../../../local/limits';
import { azureLimits } from '../../../local/limits';

/** How many VMs there are, how they lie, and how many writes each needs. */
export type NightSize = {
  readonly vms: number;
  /** All are of one size. */
  readonly subscriptions: number;
  readonly writesEach: number;
};

/**
 * The least time from the first write to the last that Azure accepts, whoever sends them: one
 * principal, full buckets, one region. Whichever bucket of the fullest subscription is emptied
 * last decides: Resource Manager's writes, or the compute provider's updates of VMs.
 */
export function boundMs({ vms, subscriptions, writesEach }: NightSize): number {
  const writes = Math.ceil(vms / subscriptions) * writesEach;
  const { front, compute } = azureLimits;
  return Math.max(drainedMs(front.writes, writes), drainedMs(compute.updates.perRegion, writes));
}

/** When the last of so many requests finds its token. */
function drainedMs({ burst, perSecond }: BucketLimit, requests: number): number {
  return Math.max(0, ((requests - burst) / perSecond) * 1_000);
}
