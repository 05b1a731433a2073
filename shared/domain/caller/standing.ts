import { isAtOrUnder, subscriptionOf } from '../armId';
import { activationBehind } from '../grant';
import type { Now } from '../instant';
import type { WindowRow } from '../window/windowRow';

/**
 * What somebody is to a window; `second`: the second person whom policy wants, to approve it or to
 * look into it. Strangers are told that there is none.
 */
export type Standing = 'owner' | 'administrator' | 'second' | 'auditor' | 'stranger';

/** A role that the caller holds, permanently or activated. Times are epoch ms. */
export type HeldRole = {
  readonly roleDefinitionGuid: string;
  readonly scope: string;
  readonly startAt: number | null;
  readonly endAt: number | null;
};

/**
 * Does the caller hold one of these roles, now, at or above each of these machines? `held`: what
 * Resource Manager lists for each subscription, at, above and below it, by its id.
 */
export function administers(
  held: ReadonlyMap<string, readonly HeldRole[]>,
  administratorRoles: readonly string[],
  places: readonly string[],
  now: Now,
): boolean {
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
  if (targets.length > 0) return targets.map(({ vmId }) => vmId);
  const activation = activationBehind(origin);
  return activation === null ? [] : [activation.scope];
}

function isHeld({ startAt, endAt }: HeldRole, now: Now): boolean {
  return (startAt ?? 0) <= now.earliestMs && (endAt === null || endAt > now.latestMs);
}

/** What Resource Manager lists for a subscription from above it holds in all of it. */
function isAbove(place: string, scope: string): boolean {
  return !/^\/subscriptions\//i.test(scope) || isAtOrUnder(place, scope);
}
