import type { Instance } from '../../shared/ports/directory';
import type { World } from '../../shared/ports/world';

/** Long enough for any person's roles in a subscription. */
const pagesMax = 5;

/**
 * The roles that somebody holds at, above and below a subscription, permanent and activated. One
 * list goes through groups, the other knows what is assigned above: neither says both for sure.
 * Throws `Fault`.
 */
export async function heldRoles(
  { directory }: Pick<World, 'directory'>,
  subscriptionId: string,
  principalId: string,
): Promise<readonly Instance[]> {
  const scope = `/subscriptions/${subscriptionId}`;
  const [assigned, own] = await Promise.all([
    directory.listInstances(scope, principalId),
    directory.listActive({ scope, of: { principalId } }, pagesMax),
  ]);
  return [...assigned.instances, ...own.instances];
}
