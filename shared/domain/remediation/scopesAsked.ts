import { isAtOrUnder } from '../armId';

/** What a run lists, and which of it it keeps: the rules' scopes are never left. */
export type ScopesAsked = {
  /** Scopes that the index is asked for; empty: none, there is nothing to do. */
  readonly query: readonly string[];
  /** VMs outside of these are dropped; `null`: none are. */
  readonly within: readonly string[] | null;
  /** Scopes that somebody asked for and that the rules do not allow. */
  readonly refused: readonly string[];
};

/**
 * The scopes of a run (`asked`, empty: all) within those of the rules, all lower case. What a
 * management group holds is not known here, so under one the index lists everything, and what was
 * not asked for is dropped.
 */
export function scopesAsked(asked: readonly string[], allowed: readonly string[]): ScopesAsked {
  if (asked.length === 0) return { query: allowed, within: null, refused: [] };
  if (allowed.some(isManagementGroup)) return { query: allowed, within: asked, refused: [] };
  const isAllowed = (scope: string): boolean => allowed.some((one) => isAtOrUnder(scope, one));
  const query = asked.filter(isAllowed);
  return { query, within: query, refused: asked.filter((scope) => !isAllowed(scope)) };
}

/**
 * Is nothing written to this VM, because its scope has its first night? Under a management group
 * every VM may be in the one that is new.
 */
export function isFirstNight(vmId: string, dryScopes: readonly string[]): boolean {
  return dryScopes.some((scope) => isManagementGroup(scope) || isAtOrUnder(vmId, scope));
}

/** Scopes that have had no dry night yet. */
export function newScopes(
  allowed: readonly string[],
  seen: Readonly<Record<string, number>>,
): string[] {
  return allowed.filter((scope) => !Object.hasOwn(seen, scope));
}

function isManagementGroup(scope: string): boolean {
  return scope.startsWith('/providers/microsoft.management/');
}
