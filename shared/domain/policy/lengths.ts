import type { WindowLimits } from '../grant';
import type { Now } from '../instant';
import type { AllowRule, Policy } from './policy';

/**
 * A window must stand open for the shortest time before its guard begins, and there must be a
 * moment in which a PUT may still be sent, which ends `settle` before the guard. Milliseconds.
 */
export function leastMsOf({ shortestMs, settleMs }: WindowLimits): number {
  return Math.max(shortestMs, settleMs);
}

/** The longest time for which a rule of this policy opens, ms. */
export function longestMsOf(policy: Policy, rule: Pick<AllowRule, 'longestMs'>): number {
  return Math.min(policy.longestMs, rule.longestMs ?? policy.longestMs);
}

/**
 * When the longest time of a window that was granted at `createdAt` (host clock) is over, epoch ms.
 * It counts from the window's beginning, never from now; the safe end of now for "when did it begin"
 * is the earliest.
 */
export function longestEndOf(
  policy: Policy,
  rule: Pick<AllowRule, 'longestMs'>,
  { createdAt }: { readonly createdAt: number },
  now: Now,
): number {
  return createdAt - (now.hostMs - now.earliestMs) + longestMsOf(policy, rule);
}
