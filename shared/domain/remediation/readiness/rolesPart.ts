import type { Told } from '../../connect/facts';
import { loginRoleAt } from '../../connect/loginRole';
import type { HeldRole } from '../../connect/facts';
import type { Now } from '../../instant';
import { ownerRole } from '../../policy/policy';
import { cleanText } from '../../text';
import { loginRoleNote } from '../report/report';
import { factsOf, type ReadinessFact } from './fact';

/** One active assignment, with who holds it. */
export type RoleHolder = HeldRole & { readonly principalId: string };

/** Active assignments at a VM and above it; `isWhole` is false where there were too many to list. */
export type RoleHolders = { readonly holders: readonly RoleHolder[]; readonly isWhole: boolean };

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged */
const contributorRole = 'b24988ac-6180-42a0-ab88-20f7382dd24c';

/**
 * Who may sign in now, by the two login roles at the VM or above it. Eligible assignments are not
 * among them: PIM lists what is active. Owner and Contributor are counted, to say what they are
 * not.
 */
export function rolesPart(vmId: string, roles: Told<RoleHolders>, now: Now): ReadinessFact {
  const { ok, missing, unknown } = factsOf('loginRoles', 'roles');
  if ('unknown' in roles) {
    return unknown(`Who holds a login role could not be read (${cleanText(roles.unknown, 80)}).`);
  }
  const { holders, isWhole } = roles.facts;
  const { administrators, users, onVmAlone, withoutLogin } = counted(vmId, holders, now);
  const privileged =
    withoutLogin === 0
      ? ''
      : ` ${withoutLogin} hold Owner or Contributor without a login role, which does not log in.`;
  const next = `Activate or assign a login role at its resource group or above. ${loginRoleNote}`;
  if (administrators + users === 0) {
    return isWhole
      ? missing(`Nobody holds a login role here now.${privileged}`, next)
      : unknown(`Nobody was seen to hold a login role; there are more assignments than were read.`);
  }
  const said =
    `${administrators} may sign in as administrator and ${users} as user now, each a person ` +
    `or a group.${privileged}`;
  return onVmAlone === administrators + users
    ? ok(said, `All of them on the VM alone, not on its network: ${reach}`)
    : ok(said, loginRoleNote);
}

const reach = 'where people connect by tools that read these, assign it to the resource group.';

function counted(vmId: string, holders: readonly RoleHolder[], now: Now) {
  const byPrincipal = new Map<string, RoleHolder[]>();
  for (const one of holders) {
    byPrincipal.set(one.principalId, [...(byPrincipal.get(one.principalId) ?? []), one]);
  }
  const counts = { administrators: 0, users: 0, onVmAlone: 0, withoutLogin: 0 };
  for (const held of byPrincipal.values()) {
    const role = loginRoleAt(vmId, held, now);
    if (role === 'administrator') counts.administrators += 1;
    if (role === 'user') counts.users += 1;
    if (role === null && held.some(isPrivileged)) counts.withoutLogin += 1;
    const above = held.filter(({ scope }) => scope.toLowerCase() !== vmId.toLowerCase());
    if (role !== null && loginRoleAt(vmId, above, now) === null) counts.onVmAlone += 1;
  }
  return counts;
}

function isPrivileged({ roleDefinitionGuid }: HeldRole): boolean {
  return roleDefinitionGuid === ownerRole || roleDefinitionGuid === contributorRole;
}
