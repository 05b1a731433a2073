/** Where an Azure scope stands among others: tenant, management groups, subscription, and below. */
export type ScopeTree = {
  /** True when `scope` is `top` or lies under it; ids in any casing. */
  isAtOrUnder: (scope: string, top: string) => boolean;
};

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/';

/** How many scopes are remembered tidied: an estate has few, but any text may be asked for. */
const MOST_KNOWN = 10_000;

/** A function of a scope's text that remembers what it gave: the same few are asked for always. */
function remembered(read: (scope: string) => string): (scope: string) => string {
  const known = new Map<string, string>();
  return (scope) => {
    const before = known.get(scope);
    if (before !== undefined) return before;
    if (known.size >= MOST_KNOWN) known.clear();
    const found = read(scope);
    known.set(scope, found);
    return found;
  };
}

/** Without the slash at the end and with one at the start; `/` for the tenant. */
export const tidyScope = remembered((scope) => {
  const inner = scope
    .replace(/^\/+|\/+$/g, '')
    // Published requests also name a subscription this way.
    .replace(/^providers\/Microsoft\.Subscription\/(?=subscriptions\/)/i, '');
  return `/${inner}`;
});

/** For comparing: tidy and lower case. */
export const scopeKey = remembered((scope) => tidyScope(scope).toLowerCase());

/** The subscription a scope lies in, as written there; `undefined` above subscriptions. */
export function subscriptionOf(scope: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(tidyScope(scope))?.[1];
}

/**
 * `managementGroups` names, per subscription id, its management groups, nearest first. A scope that
 * is a management group is under those that follow it in any such list.
 */
export function createScopeTree(managementGroups: Record<string, string[]>): ScopeTree {
  const chains = Object.entries(managementGroups).map(([subscription, names]) => [
    `/subscriptions/${subscription}`.toLowerCase(),
    ...names.map((name) => MANAGEMENT_GROUP + name.toLowerCase()),
  ]);
  return {
    isAtOrUnder(scope, top) {
      const below = scopeKey(scope);
      const above = scopeKey(top);
      if (above === '/' || below === above) return true;
      // Asked of every row of every list: no text is put together for it.
      if (below.startsWith(above) && below[above.length] === '/') return true;
      if (!above.startsWith(MANAGEMENT_GROUP)) return false;
      const id = subscriptionOf(below);
      const start = id === undefined ? below : `/subscriptions/${id}`;
      return chains.some((chain) => {
        const from = chain.indexOf(start);
        return from >= 0 && chain.indexOf(above) > from;
      });
    },
  };
}

/** `expandedProperties.scope` of a row: what kind of thing the scope is, and its short name. */
export function describeScope(scope: string, subscriptionName: (id: string) => string) {
  const id = tidyScope(scope);
  const parts = id.split('/').slice(1);
  const last = parts.at(-1) ?? '';
  if (parts.length === 2 && parts[0]?.toLowerCase() === 'subscriptions') {
    return { id, displayName: subscriptionName(last), type: 'subscription' };
  }
  if (parts.length === 4 && parts[2]?.toLowerCase() === 'resourcegroups') {
    return { id, displayName: last, type: 'resourcegroup' };
  }
  if (id.toLowerCase().startsWith(MANAGEMENT_GROUP)) {
    return { id, displayName: last, type: 'managementgroup' };
  }
  return { id, displayName: last, type: (parts.at(-2) ?? 'tenant').toLowerCase() };
}
