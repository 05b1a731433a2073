import { isAtOrUnder, subscriptionOf } from '../armId';
import { activationBehind } from '../grant';
import type { Now } from '../instant';
import type { WindowRow } from '../window/windowRow';

/** What somebody is to a window. Strangers are told that there is none. */
export type Standing = 'owner' | 'administrator' | 'auditor' | 'stranger';

/** A role that the caller holds, permanently or activated. Times are epoch ms. */
export type HeldRole = {
  readonly roleDefinitionGuid: string;
  readonly scope: string;
  readonly startAt: number | null;
  readonly endAt: number | null;
};

/**
 * Does the caller hold one of these roles, now, at or above each machine of the window? `held`: what
 * Resource Manager lists for each subscription, at, above and below it, by its id.
 */
export function administers(
  held: ReadonlyMap<string, readonly HeldRole[]>,
  administratorRoles: readonly string[],
  row: WindowRow,
  now: Now,
): boolean {
  const places = placesOf(row);
  return (
    places.length > 0 &&
    places.every((place) =>
      (held.get(subscriptionOf(place)) ?? []).some(
        (role) =>
          administratorRoles.includes(role.roleDefinitionGuid) &&
          isHeld(role, now) &&
          isAbove(place, role.scope),
      ),
    )
  );
}

/** The machines of a window; where none was granted, the scope that was asked for. */
export function placesOf({ grant: { origin, targets } }: WindowRow): readonly string[] {
  return targets.length > 0 ? targets.map(({ vmId }) => vmId) : [activationBehind(origin).scope];
}

function isHeld({ startAt, endAt }: HeldRole, now: Now): boolean {
  return (startAt ?? 0) <= now.earliestMs && (endAt === null || endAt > now.latestMs);
}

/** What Resource Manager lists for a subscription from above it holds in all of it. */
function isAbove(place: string, scope: string): boolean {
  return !/^\/subscriptions\//i.test(scope) || isAtOrUnder(place, scope);
}
