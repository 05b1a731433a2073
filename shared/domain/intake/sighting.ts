import { formatArmId, isGuid, lastSegment, parseArmId } from '../armId';
import type { ActivationFacts } from '../grant';
import { hashId, windowIdOf } from '../identity';
import type { Now } from '../instant';
import type { Policy } from '../policy/policy';
import { isRefusal, ruleFor } from '../policy/ruleFor';
import type { InstanceFacts } from './findInstance';

/** An activation that a list shows as active now, and that policy may have something to say to. */
export type Sighting = {
  /** Built from its parts, as every event's is. */
  readonly roleAssignmentId: string;
  readonly windowId: string;
  readonly personId: string;
  readonly scope: string;
  readonly startAt: number;
  readonly endAt: number;
};

type ListedInstance = InstanceFacts & { readonly principalType: string };

/**
 * The activations in a list that are worth an intake: activated, by a person, active now, of a role
 * that policy allows somewhere. Everything else is judged by the intake, with its own questions.
 */
export function sightingsOf(
  instances: readonly ListedInstance[],
  policy: Policy,
  now: Now,
): Sighting[] {
  const roles = new Set(policy.allow.flatMap((rule) => rule.roles));
  return instances.flatMap((instance) => {
    const { principalId, principalType, roleDefinitionGuid } = instance;
    const isPerson = principalType.toLowerCase() === 'user' && isGuid(principalId);
    if (!isPerson || !roles.has(roleDefinitionGuid)) return [];
    const activation = activeNow(instance, now);
    if (activation === null) return [];
    const { roleAssignmentId, scope, startAt, endAt } = activation;
    const personId = principalId.toLowerCase();
    // Above subscriptions our rights may not reach, so nothing is asked there without need.
    const asker = { roleDefinitionGuid, scope, personId, principalType };
    const isAbove = !/^\/subscriptions\//i.test(scope);
    if (isAbove && isRefusal(ruleFor(policy, asker))) return [];
    const windowId = windowIdOf({ kind: 'activation', ...activation });
    return [{ roleAssignmentId, windowId, personId, scope, startAt, endAt }];
  });
}

/**
 * Stands for the event that should have told of it. The policy's version and what is known of the
 * address are part of it: what was refused is judged again when one of them changes.
 */
export function sightingEventId(
  { windowId }: Sighting,
  policyVersion: string,
  addressId: string,
): string {
  return `sighting|${windowId}|${hashId(policyVersion)}|${addressId}`;
}

/** What a list shows as activated, with an end, and active now; `null` for everything else. */
export function activeNow(instance: InstanceFacts, now: Now): ActivationFacts | null {
  const { startAt, endAt, principalId, assignmentType, roleDefinitionGuid } = instance;
  if (assignmentType.toLowerCase() !== 'activated' || startAt === null || endAt === null)
    return null;
  if (startAt > now.earliestMs || endAt <= now.latestMs) return null;
  const found = assignmentOf(instance);
  return found && { ...found, roleDefinitionGuid, principalId, startAt, endAt };
}

/** Azure gives the id of the assignment in full, or its name alone. */
function assignmentOf({
  originRoleAssignmentId,
  scope,
}: InstanceFacts): { readonly roleAssignmentId: string; readonly scope: string } | null {
  const name = lastSegment(originRoleAssignmentId);
  const parsed = parseArmId(scope);
  if (!isGuid(name) || parsed === null) return null;
  const outer = formatArmId(parsed);
  const roleAssignmentId = `${outer}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  return { roleAssignmentId, scope: outer };
}
