import { formatArmId, isAtOrUnder, parseArmId, subscriptionOf } from '../armId';

/** How a sweep may act. */
export type SweepSettings = {
  /** `report`: nothing is deleted, it only says what it would do; health is red. */
  readonly mode: 'close' | 'report';
  /** Subscriptions, resource groups or NSGs that it may delete in; empty: wherever it may by its role. */
  readonly scopes: readonly string[];
};

/** Does the list of scopes, if there is one, cover this NSG? */
export function isInScopes({ scopes }: SweepSettings, nsgId: string): boolean {
  return scopes.length === 0 || scopes.some((scope) => isAtOrUnder(nsgId, scope));
}

/** Subscriptions that the scopes lie in, lower case, each once. */
export function subscriptionsOf({ scopes }: SweepSettings): string[] {
  return [...new Set(scopes.map(subscriptionOf))];
}

/**
 * Reads a list of scopes separated by commas; `null` if one is anything but a subscription, a
 * resource group in one, or an NSG in that.
 */
export function parseScopes(text: string): string[] | null {
  const scopes: string[] = [];
  for (const part of text.split(',')) {
    const id = parseArmId(part.trim().replace(/\/$/, ''));
    if (id === null || id.subscriptionId === '') return null;
    const [provider, ...more] = id.providers;
    if (more.length > 0) return null;
    if (provider !== undefined) {
      const [segment, ...deeper] = provider.segments;
      const isNsg =
        deeper.length === 0 &&
        id.resourceGroup !== '' &&
        `${provider.namespace}/${segment?.type}`.toLowerCase() ===
          'microsoft.network/networksecuritygroups';
      if (!isNsg) return null;
    }
    scopes.push(formatArmId(id));
  }
  return scopes;
}
