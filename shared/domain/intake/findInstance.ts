import { isGuid, lastSegment, sameArmId } from '../armId';
import type { Now } from '../instant';

/** What the search looks at: one assignment schedule instance, times in epoch ms. */
export type InstanceFacts = {
  readonly assignmentType: string;
  readonly originRoleAssignmentId: string;
  readonly scope: string;
  readonly roleDefinitionGuid: string;
  readonly principalId: string;
  readonly startAt: number | null;
  readonly endAt: number | null;
};

/** The plain assignment that the instances are compared with. */
export type AssignmentFacts = {
  readonly id: string;
  readonly scope: string;
  readonly principalId: string;
  readonly roleDefinitionGuid: string;
};

export type Found<Instance> =
  | { readonly kind: 'active'; readonly instance: Instance & { readonly startAt: number } }
  /** Activated, and begins at `startAt`. */
  | { readonly kind: 'later'; readonly startAt: number }
  /** Activated, and over. */
  | { readonly kind: 'over' }
  /** PIM's `Assigned`: access without activation, which opens nothing. */
  | { readonly kind: 'assigned' }
  | { readonly kind: 'none' };

/**
 * Finds the activation behind an assignment: `Activated`, of this assignment, active now. The name
 * alone does not do, since two scopes may hold assignments of the same name; nor does `status`,
 * which says nothing of now (https://learn.microsoft.com/rest/api/authorization).
 */
export function findInstance<Instance extends InstanceFacts>(
  instances: readonly Instance[],
  assignment: AssignmentFacts,
  now: Now,
): Found<Instance> {
  const ours = instances.filter((instance) => isOf(instance, assignment));
  const activated = ours.filter(({ assignmentType }) => isActivated(assignmentType));
  for (const instance of activated) {
    const { startAt, endAt } = instance;
    const ended = endAt !== null && endAt <= now.latestMs;
    if (startAt !== null && startAt <= now.earliestMs && !ended) {
      return { kind: 'active', instance: { ...instance, startAt } };
    }
  }
  const startAt = activated.map((one) => one.startAt ?? 0).find((at) => at > now.earliestMs);
  if (startAt !== undefined) return { kind: 'later', startAt };
  if (activated.length > 0) return { kind: 'over' };
  return ours.length > 0 ? { kind: 'assigned' } : { kind: 'none' };
}

/**
 * Whether a list still shows the activation that a delete hint of `eventAt` speaks of. One that
 * began after the hint is another activation, even if it has the same name.
 */
export function stillListed(
  instances: readonly InstanceFacts[],
  roleAssignmentId: string,
  eventAt: number,
  now: Now,
): boolean {
  const name = lastSegment(roleAssignmentId);
  return instances.some(
    ({ assignmentType, originRoleAssignmentId, startAt, endAt }) =>
      lastSegment(originRoleAssignmentId) === name &&
      isActivated(assignmentType) &&
      (startAt ?? 0) <= eventAt &&
      (endAt === null || endAt > now.latestMs),
  );
}

function isOf(instance: InstanceFacts, assignment: AssignmentFacts): boolean {
  return (
    isGuid(lastSegment(assignment.id)) &&
    lastSegment(instance.originRoleAssignmentId) === lastSegment(assignment.id) &&
    sameArmId(instance.scope, assignment.scope) &&
    instance.principalId.toLowerCase() === assignment.principalId.toLowerCase() &&
    instance.roleDefinitionGuid.toLowerCase() === assignment.roleDefinitionGuid.toLowerCase()
  );
}

function isActivated(assignmentType: string): boolean {
  return assignmentType.toLowerCase() === 'activated';
}
