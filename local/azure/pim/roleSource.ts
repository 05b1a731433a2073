import type { ActiveRole, RoleSource } from '../contract';
import { scopeKey } from './scopes';
import { isActive, type PimState } from './state';
import type { Grant } from './types';

/**
 * Whose roles stand now: asked for with every request of everybody, so grants are kept by holder
 * and those that have ended are left behind. Grants are only ever added to the state, and one that
 * has ended never comes back.
 */
export function createRoleSource({ grants, directory }: PimState): RoleSource {
  const byHolder = new Map<string, Grant[]>();
  const roles = new WeakMap<Grant, ActiveRole>();
  let known = 0;

  const standing = (holder: string): ActiveRole[] => {
    const left = (byHolder.get(holder) ?? []).filter((one) => one.removedAtMs === undefined);
    byHolder.set(holder, left);
    return left.filter(isActive).map((grant) => {
      const role = roles.get(grant) ?? roleOf(grant);
      roles.set(grant, role);
      return role;
    });
  };

  return (principalId) => {
    for (; known < grants.length; known++) {
      const grant = grants[known];
      if (grant === undefined) continue;
      const holder = grant.principalId.toLowerCase();
      byHolder.set(holder, [...(byHolder.get(holder) ?? []), grant]);
    }
    const own = standing(principalId.toLowerCase());
    return [...own, ...[...directory.groupsOf(principalId)].flatMap(standing)];
  };
}

/** The role that a grant gives, as the check of roles wants it. */
export function roleOf(grant: Grant): ActiveRole {
  const { principalId, roleDefinitionGuid, scope } = grant;
  return { principalId, roleDefinitionGuid, scope: scopeKey(scope) };
}
