import { PimError } from './errors';
import { deleteGrant, writeGrant } from './grants';
import { newGuid } from './random';
import { tidyScope } from './scopes';
import { standingGrants } from './standing';
import { assignmentId, isActive, isSameRole, type PimState } from './state';
import type { Grant, Principal } from './types';

/** Writes a plain role assignment, as an administrator does without PIM; 409 where it exists. */
export function assignPlainly(
  state: PimState,
  wanted: { principalId: string; roleDefinitionGuid: string; scope: string; name?: string },
  by: Principal,
): Grant {
  if (standingGrants(state).some((one) => isActive(one) && isSameRole(one, wanted))) {
    throw new PimError(409, 'RoleAssignmentExists', 'The role assignment already exists.');
  }
  const name = wanted.name ?? newGuid(state.random);
  const grant: Grant = {
    kind: 'Plain',
    assignmentGuid: name,
    scheduleName: name,
    principalId: wanted.principalId,
    roleDefinitionGuid: wanted.roleDefinitionGuid,
    scope: tidyScope(wanted.scope),
    throughGroup: false,
    plannedStartAtMs: Date.now(),
    createdBy: by.objectId,
    createdAtMs: Date.now(),
  };
  writeGrant(state, grant, { kind: 'administrator', principal: by });
  return grant;
}

/** Deletes a role assignment, whatever made it. 404 where there is none of that id. */
export function removeAssignment(state: PimState, id: string, by: Principal): Grant {
  const wanted = id.toLowerCase();
  const grant = standingGrants(state).find(
    (one) => isActive(one) && assignmentId(one).toLowerCase() === wanted,
  );
  if (!grant) {
    const text = `The role assignment '${id.split('/').at(-1) ?? ''}' is not found.`;
    throw new PimError(404, 'RoleAssignmentNotFound', text);
  }
  deleteGrant(state, grant, { kind: 'administrator', principal: by });
  return grant;
}
