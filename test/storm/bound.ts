import { azureLimits } from '../../local/limits';
import type { StormLayout } from './layouts';

/** How long PUT and DELETE of a rule take in a storm. */
export const operationMs = 11_000;

/**
 * The least time from the first DELETE to the end of the last, whoever sends them, with full
 * buckets and one principal: the tokens of the fullest subscription, the provider's allowance, or
 * the NSG that holds the most rules, whichever is slowest, and the last delete itself.
 */
export function boundMs({ scopes, subscriptions, groupsPerSubscription }: StormLayout): number {
  const perSubscription = Math.ceil(scopes.length / subscriptions);
  const perGroup = Math.ceil(perSubscription / groupsPerSubscription);
  const { burst, perSecond } = azureLimits.front.deletes;
  const { writes, periodMs } = azureLimits.network;
  const tokens = Math.max(0, ((perSubscription - burst) / perSecond) * 1_000);
  const provider = Math.floor((perSubscription - 1) / writes) * periodMs;
  return Math.max(tokens, provider, (perGroup - 1) * operationMs) + operationMs;
}
