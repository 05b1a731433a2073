import { isAtOrUnder } from '../armId';
import type { Grant } from '../grant';
import type { Now } from '../instant';
import type { HeldRole } from './facts';

/** The two roles that let somebody sign in; administrators first. */
const loginRoles = {
  administrator: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
  user: 'fb879df8-f326-4884-b1cf-06f3ad86be52',
} as const;

export type LoginRole = keyof typeof loginRoles;

/** The login role that opened the window; `null`: another role did. It covers all its machines. */
export function loginRoleOfGrant({ origin }: Grant): LoginRole | null {
  return origin.kind === 'activation' ? nameOf(origin.roleDefinitionGuid) : null;
}

/** The best login role that is active at a machine; `null`: none is seen. */
export function loginRoleAt(vmId: string, held: readonly HeldRole[], now: Now): LoginRole | null {
  const names = held
    .filter((one) => covers(one.scope, vmId) && isActive(one, now))
    .map(({ roleDefinitionGuid }) => nameOf(roleDefinitionGuid));
  return names.find((name) => name === 'administrator') ?? names.find((name) => name) ?? null;
}

/** Management groups are listed only where they stand above the subscription that was asked. */
function covers(scope: string, vmId: string): boolean {
  const isAbove = /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i.test(scope);
  return isAbove || (scope !== '' && isAtOrUnder(vmId, scope));
}

function isActive({ startAt, endAt }: HeldRole, now: Now): boolean {
  return (startAt ?? 0) <= now.earliestMs && (endAt === null || endAt > now.latestMs);
}

function nameOf(guid: string): LoginRole | null {
  if (guid === loginRoles.administrator) return 'administrator';
  return guid === loginRoles.user ? 'user' : null;
}
