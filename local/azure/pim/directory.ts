import { PimError } from './errors';
import type { KnownRole } from './roles';
import type { Eligibility, Principal } from './types';

/** The application id of MS-PIM, the service principal that writes assignments in every tenant. */
export const MS_PIM_APP_ID = '01fc33a7-78ba-4d2f-a4b7-768e336e890e';

/** The administrator of an estate that names none. */
export const DEFAULT_ADMINISTRATOR: Principal = {
  objectId: '77777777-aaaa-4aaa-8aaa-777777777777',
  type: 'User',
  displayName: 'Admin Example',
  upn: 'admin@contoso.com',
  ipAddress: '198.51.100.7',
};

/** Who and which role is meant, by id or by name. */
export type Directory = {
  /** By object id, sign-in name or display name. 400 SubjectNotFound when unknown. */
  principal: (idOrName: string) => Principal;
  find: (objectId: string) => Principal | undefined;
  /** By GUID, full role definition id or display name. 400 RoleDefinitionDoesNotExist. */
  role: (idOrName: string) => KnownRole;
  /** Ids of the groups somebody is in, directly or through other groups. */
  groupsOf: (objectId: string) => ReadonlySet<string>;
  /** True when `holderId` is this principal, or a group it belongs to. */
  isOrContains: (holderId: string, principalId: string) => boolean;
};

/** A directory over fixed principals and roles. */
export function createDirectory(
  principals: Principal[],
  roles: ReadonlyMap<string, KnownRole>,
): Directory {
  const byId = new Map(principals.map((one) => [one.objectId.toLowerCase(), one]));
  const known = new Map<string, ReadonlySet<string>>();

  function groupsOf(objectId: string): ReadonlySet<string> {
    const groups = known.get(objectId) ?? findGroups(objectId);
    // Ids come from outside as well: only those of the directory are worth remembering.
    if (byId.has(objectId.toLowerCase())) known.set(objectId, groups);
    return groups;
  }

  function findGroups(objectId: string): Set<string> {
    const found = new Set<string>();
    const pending = [objectId.toLowerCase()];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      for (const group of principals) {
        const groupId = group.objectId.toLowerCase();
        const isMember = group.members?.some((member) => member.toLowerCase() === id) ?? false;
        if (!isMember || found.has(groupId)) continue;
        found.add(groupId);
        pending.push(groupId);
      }
    }
    return found;
  }

  return {
    principal(idOrName) {
      const wanted = idOrName.toLowerCase();
      const found =
        byId.get(wanted) ??
        principals.find((one) =>
          [one.upn, one.displayName].some((name) => name?.toLowerCase() === wanted),
        );
      if (!found) throw new PimError(400, 'SubjectNotFound', `No principal ${idOrName} is known.`);
      return found;
    },
    find: (objectId) => byId.get(objectId.toLowerCase()),
    role(idOrName) {
      const wanted = (idOrName.split('/').at(-1) ?? idOrName).toLowerCase();
      const found =
        roles.get(wanted) ?? [...roles.values()].find((role) => role.name.toLowerCase() === wanted);
      if (!found) {
        const text = `The specified role definition '${idOrName}' does not exist.`;
        throw new PimError(400, 'RoleDefinitionDoesNotExist', text);
      }
      return found;
    },
    groupsOf,
    isOrContains(holderId, principalId) {
      const holder = holderId.toLowerCase();
      return holder === principalId.toLowerCase() || groupsOf(principalId).has(holder);
    },
  };
}

/** True while an eligibility may be used. */
export function isEligibleNow(eligibility: Eligibility, nowMs: number): boolean {
  const { startAtMs, endAtMs } = eligibility;
  return startAtMs <= nowMs && (endAtMs === undefined || nowMs < endAtMs);
}
