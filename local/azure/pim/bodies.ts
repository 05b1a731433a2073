import { requestId } from './requests';
import type { KnownRole } from './roles';
import { describeScope, scopeKey, subscriptionOf } from './scopes';
import { assignmentId, authorizationId, type PimState } from './state';
import { pimTime } from './time';
import type { Eligibility, Grant, ScheduleRequest } from './types';

/**
 * Bodies of Microsoft.Authorization as the examples of Azure/azure-rest-api-specs print them
 * (stable/2020-10-01 and 2022-04-01), with the casing of type names as it varies there.
 */
export type Body = Record<string, unknown>;

/** A row of `roleAssignmentScheduleInstances` as seen from `askedScope`. */
export function instanceBody(state: PimState, grant: Grant, askedScope: string): Body {
  const { eligibility } = grant;
  const type = 'roleAssignmentScheduleInstances';
  const startAtMs = grant.effectiveAtMs ?? grant.plannedStartAtMs;
  return {
    id: authorizationId(grant.scope, type, grant.assignmentGuid),
    name: grant.assignmentGuid,
    type: `Microsoft.Authorization/${type}`,
    properties: {
      originRoleAssignmentId: assignmentId(grant),
      linkedRoleEligibilityScheduleId: eligibility
        ? authorizationId(grant.scope, 'roleEligibilitySchedules', eligibility.scheduleName)
        : null,
      linkedRoleEligibilityScheduleInstanceId: eligibility
        ? authorizationId(grant.scope, 'roleEligibilityScheduleInstances', eligibility.instanceName)
        : null,
      assignmentType: grant.kind === 'Activated' ? 'Activated' : 'Assigned',
      ...common(state, grant),
      status: 'Provisioned',
      roleAssignmentScheduleId: authorizationId(
        grant.scope,
        'roleAssignmentSchedules',
        grant.scheduleName,
      ),
      startDateTime: pimTime(startAtMs),
      endDateTime: grant.endAtMs === undefined ? null : pimTime(grant.endAtMs),
      memberType: memberType(state, grant, askedScope),
      createdOn: pimTime(startAtMs),
      condition: null,
      conditionVersion: null,
    },
  };
}

/** A `roleAssignmentSchedule`, also of a start still to come. */
export function scheduleBody(state: PimState, grant: Grant, askedScope: string): Body {
  const type = 'RoleAssignmentSchedules';
  const startAtMs = grant.effectiveAtMs ?? grant.plannedStartAtMs;
  return {
    id: authorizationId(grant.scope, type, grant.scheduleName),
    name: grant.scheduleName,
    type: `Microsoft.Authorization/${type}`,
    properties: {
      linkedRoleEligibilityScheduleId: grant.eligibility?.scheduleName ?? null,
      assignmentType: grant.kind === 'Activated' ? 'Activated' : 'Assigned',
      ...common(state, grant),
      status: 'Provisioned',
      roleAssignmentScheduleRequestId:
        grant.requestName === undefined
          ? null
          : authorizationId(grant.scope, 'RoleAssignmentScheduleRequests', grant.requestName),
      startDateTime: pimTime(startAtMs),
      endDateTime: grant.endAtMs === undefined ? null : pimTime(grant.endAtMs),
      memberType: memberType(state, grant, askedScope),
      createdOn: pimTime(grant.createdAtMs),
      updatedOn: pimTime(startAtMs),
      condition: null,
      conditionVersion: null,
    },
  };
}

/** A `roleAssignmentScheduleRequest`. */
export function requestBody(state: PimState, request: ScheduleRequest): Body {
  const { scope, scheduleName } = request;
  const isBegun = request.status === 'Provisioned' || request.requestType === 'SelfDeactivate';
  return {
    id: requestId(request).replace('roleAssignmentScheduleRequests', REQUESTS),
    name: request.name,
    type: `Microsoft.Authorization/${REQUESTS}`,
    properties: {
      targetRoleAssignmentScheduleId: authorizationId(
        scope,
        'roleAssignmentSchedules',
        scheduleName,
      ),
      targetRoleAssignmentScheduleInstanceId:
        isBegun && request.grant?.effectiveAtMs !== undefined
          ? authorizationId(scope, 'roleAssignmentScheduleInstances', request.grant.assignmentGuid)
          : null,
      ...common(state, request),
      requestType: request.requestType,
      status: request.status,
      approvalId: request.needsApproval
        ? `/providers/Microsoft.Authorization/roleAssignmentApprovals/${request.name}`
        : null,
      scheduleInfo: {
        startDateTime: pimTime(request.startAtMs),
        expiration: {
          type: request.expirationType,
          endDateTime: request.endAtMs === undefined ? null : pimTime(request.endAtMs),
          duration: request.durationText ?? null,
        },
      },
      ticketInfo: {
        ticketNumber: request.ticketNumber ?? null,
        ticketSystem: request.ticketSystem ?? null,
      },
      justification: request.justification ?? null,
      requestorId: request.requestorId,
      createdOn: pimTime(request.createdAtMs),
      condition: null,
      conditionVersion: null,
      linkedRoleEligibilityScheduleId: request.eligibility?.scheduleName ?? null,
    },
  };
}

const REQUESTS = 'RoleAssignmentScheduleRequests';

/** A row of `roleEligibilityScheduleInstances`, or of `roleEligibilitySchedules`. */
export function eligibilityBody(
  state: PimState,
  eligibility: Eligibility,
  type: 'RoleEligibilityScheduleInstances' | 'RoleEligibilitySchedules',
): Body {
  const { scope, scheduleName, instanceName, startAtMs, endAtMs, createdAtMs } = eligibility;
  const isInstance = type === 'RoleEligibilityScheduleInstances';
  const name = isInstance ? instanceName : scheduleName;
  return {
    id: authorizationId(scope, type, name),
    name,
    type: `Microsoft.Authorization/${type}`,
    properties: {
      ...common(state, eligibility),
      status: 'Provisioned',
      ...(isInstance
        ? {
            roleEligibilityScheduleId: authorizationId(
              scope,
              'RoleEligibilitySchedules',
              scheduleName,
            ),
          }
        : { roleEligibilityScheduleRequestId: null, updatedOn: pimTime(createdAtMs) }),
      startDateTime: pimTime(startAtMs),
      endDateTime: endAtMs === undefined ? null : pimTime(endAtMs),
      memberType: 'Direct',
      createdOn: pimTime(createdAtMs),
      condition: null,
      conditionVersion: null,
    },
  };
}

/** A plain `roleAssignment`: no end, whatever made it. */
export function assignmentBody(state: PimState, grant: Grant): Body {
  const at = pimTime(grant.effectiveAtMs ?? grant.createdAtMs);
  const { createdBy, principalId, scope } = grant;
  return {
    id: assignmentId(grant),
    name: grant.assignmentGuid,
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      roleDefinitionId: roleId(scope, grant.roleDefinitionGuid),
      principalId,
      principalType: principalType(state, principalId),
      scope,
      condition: null,
      conditionVersion: null,
      createdOn: at,
      updatedOn: at,
      createdBy,
      updatedBy: createdBy,
      delegatedManagedIdentityResourceId: null,
      description: null,
    },
  };
}

/** A `roleDefinition` as seen from `scope`. */
export function roleBody(role: KnownRole, scope: string): Body {
  const { actions, notActions, dataActions } = role;
  return {
    id: roleId(scope, role.guid),
    name: role.guid,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName: role.name,
      type: role.type,
      description: role.description,
      assignableScopes: role.type === 'BuiltInRole' ? ['/'] : [subscriptionScope(scope)],
      permissions: [{ actions, notActions, dataActions, notDataActions: [] }],
      createdOn: '2015-02-02T21:55:09.8806423Z',
      updatedOn: '2023-08-02T14:24:37.2314812Z',
      createdBy: null,
      updatedBy: null,
    },
  };
}

/** What all rows of PIM have in common. */
function common(
  state: PimState,
  row: { scope: string; roleDefinitionGuid: string; principalId: string },
): Body {
  const { scope, roleDefinitionGuid, principalId } = row;
  const role = state.roles.get(roleDefinitionGuid);
  const principal = state.directory.find(principalId);
  const roleDefinitionId = roleId(scope, roleDefinitionGuid);
  const type = principalType(state, principalId);
  return {
    scope,
    roleDefinitionId,
    principalId,
    principalType: type,
    expandedProperties: {
      scope: describeScope(scope, (id) => state.subscriptionName(id)),
      roleDefinition: {
        id: roleDefinitionId,
        displayName: role?.name ?? roleDefinitionGuid,
        type: role?.type ?? 'CustomRole',
      },
      principal: {
        id: principalId,
        displayName: principal?.displayName ?? principalId,
        ...(principal?.upn === undefined ? {} : { email: principal.upn }),
        type,
      },
    },
  };
}

function principalType(state: PimState, principalId: string): string {
  return state.directory.find(principalId)?.type ?? 'ServicePrincipal';
}

/** Where the eligibility came from, or whether the row stands above the scope that was asked. */
function memberType(state: PimState, grant: Grant, askedScope: string): string {
  if (grant.throughGroup) return 'Group';
  const isAbove =
    scopeKey(askedScope) !== scopeKey(grant.scope) &&
    state.tree.isAtOrUnder(askedScope, grant.scope);
  return isAbove ? 'Inherited' : 'Direct';
}

function subscriptionScope(scope: string): string {
  const id = subscriptionOf(scope);
  return id === undefined ? '/' : `/subscriptions/${id}`;
}

function roleId(scope: string, guid: string): string {
  const top = subscriptionScope(scope);
  return authorizationId(top, 'roleDefinitions', guid);
}
