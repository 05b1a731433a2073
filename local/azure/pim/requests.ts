import { isEligibleNow } from './directory';
import { PimError, policyFailed } from './errors';
import type { Actor } from './events';
import { assignmentGuidFor, dropGrant, endGrantSoon, scheduleGrant } from './grants';
import { newGuid } from './random';
import { tidyScope } from './scopes';
import { standingGrants } from './standing';
import { authorizationId, isActive, isSameRole, type PimState } from './state';
import type { Eligibility, Grant, Principal, RequestType, ScheduleRequest } from './types';

/** What a request for a role says, however it came in. */
export type Wish = {
  /** GUID chosen by the client; made up when absent. */
  name?: string;
  principal: Principal;
  requestor: Principal;
  roleDefinitionGuid: string;
  scope: string;
  startAtMs?: number;
  /** Either of these; neither means no end, which only administrators may ask. */
  durationMs?: number;
  endAtMs?: number;
  durationText?: string;
  justification?: string;
  ticketNumber?: string;
  ticketSystem?: string;
  /** The address the requestor's token was issued to. */
  ipAddress?: string;
  approvalRequired?: boolean;
  /** No event for the request itself, as when the portal does not go through Resource Manager. */
  withoutRequestEvent?: boolean;
};

const REQUEST_WRITE = 'Microsoft.Authorization/roleAssignmentScheduleRequests/write';
const REQUEST_CANCEL = 'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action';

/** A person switches an eligibility on. Throws PimError where PIM would refuse. */
export function selfActivate(state: PimState, wish: Wish): ScheduleRequest {
  requireLicence(state);
  const eligibility = findEligibility(state, wish);
  const nowMs = Date.now();
  const startAtMs = Math.max(nowMs, wish.startAtMs ?? nowMs);
  checkPolicy(state, wish, startAtMs);
  refuseSecond(state, { ...wish, principalId: wish.principal.objectId });
  const needsApproval = wish.approvalRequired ?? eligibility.approvalRequired;
  const request = newRequest(state, 'SelfActivate', wish, startAtMs);
  request.eligibility = eligibility;
  request.needsApproval = needsApproval;
  request.grant = newGrant(state, request, 'Activated');
  state.requests.set(request.name.toLowerCase(), request);
  tellRequest(state, request, actorOf(wish), wish.withoutRequestEvent ?? false);
  if (needsApproval) {
    request.status = 'PendingApproval';
    awaitApproval(state, request);
  } else provision(state, request);
  return request;
}

/** An administrator makes a role active through PIM, without activation. */
export function adminAssign(state: PimState, wish: Wish): ScheduleRequest {
  requireLicence(state);
  refuseSecond(state, { ...wish, principalId: wish.principal.objectId });
  const startAtMs = Math.max(Date.now(), wish.startAtMs ?? Date.now());
  const request = newRequest(state, 'AdminAssign', wish, startAtMs);
  request.grant = newGrant(state, request, 'Assigned');
  state.requests.set(request.name.toLowerCase(), request);
  tellRequest(state, request, actorOf(wish), wish.withoutRequestEvent ?? false);
  provision(state, request);
  return request;
}

/** Nobody answers a pending request in time: it is over, and nobody is told. */
export function awaitApproval(state: PimState, request: ScheduleRequest): void {
  const atMs = request.createdAtMs + state.knobs.approvalTimeoutMs;
  request.stopWaiting = state.alarms.at(atMs, () => {
    request.status = 'TimedOut';
  });
}

/** Says yes or no to a pending request. A yes starts the activation now, or at its later start. */
export function decide(state: PimState, name: string, isApproved: boolean): ScheduleRequest {
  const request = requestNamed(state, name);
  if (request.status !== 'PendingApproval') {
    const text = `The request ${name} is ${request.status}; it waits for no approval.`;
    throw new PimError(400, 'ApprovalNotPending', text);
  }
  request.stopWaiting?.();
  if (isApproved) provision(state, request);
  else request.status = 'Denied';
  return request;
}

/** The requestor takes a request back that is pending or has not begun. */
export function cancel(state: PimState, name: string, caller: Principal): ScheduleRequest {
  const request = requestNamed(state, name);
  const waits = request.status === 'PendingApproval' || request.status === 'ScheduleCreated';
  if (request.requestorId.toLowerCase() !== caller.objectId.toLowerCase() || !waits) {
    const text = `The request is ${request.status} and cannot be cancelled by ${caller.objectId}.`;
    throw new PimError(400, 'RequestCannotBeCancelled', text);
  }
  request.stopWaiting?.();
  if (request.status === 'ScheduleCreated' && request.grant) dropGrant(request.grant);
  request.status = 'Canceled';
  const resourceId = requestId(request);
  const actor: Actor = { kind: 'self', principal: caller, ...ipOf(caller.ipAddress) };
  state.tell({ name: REQUEST_CANCEL, resourceId, actor }, state.knobs.requestEventDelayMs);
  return request;
}

/**
 * Ends an activation (`SelfDeactivate`) or any grant of PIM (`AdminRemove`). A person cannot in the
 * first five minutes: https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-activate-your-roles
 */
export function endEarly(
  state: PimState,
  requestType: 'SelfDeactivate' | 'AdminRemove',
  wish: Wish,
): ScheduleRequest {
  requireLicence(state);
  const wanted = { ...wish, principalId: wish.principal.objectId };
  const isOwn = requestType === 'SelfDeactivate';
  const grant = standingGrants(state).findLast(
    (one) =>
      isActive(one) &&
      one.endingAtMs === undefined &&
      isSameRole(one, wanted) &&
      (one.kind === 'Activated' || !isOwn),
  );
  if (grant?.effectiveAtMs === undefined) {
    throw new PimError(400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.');
  }
  if (isOwn && Date.now() - grant.effectiveAtMs < state.knobs.minimumActiveMs) {
    const text = 'The role has to be active for at least 5 minutes before it can be deactivated.';
    throw new PimError(400, 'ActiveDurationTooShort', text);
  }
  const request = newRequest(state, requestType, wish, Date.now());
  request.status = 'Revoked';
  request.scheduleName = grant.scheduleName;
  request.grant = grant;
  if (grant.eligibility) request.eligibility = grant.eligibility;
  state.requests.set(request.name.toLowerCase(), request);
  tellRequest(state, request, actorOf(wish), wish.withoutRequestEvent ?? false);
  endGrantSoon(state, grant);
  return request;
}

/** The request of that name (any casing), or 404. */
export function requestNamed(state: PimState, name: string): ScheduleRequest {
  const request = state.requests.get(name.toLowerCase());
  if (!request) {
    const text = `The role assignment schedule request '${name}' is not found.`;
    throw new PimError(404, 'RoleAssignmentScheduleRequestNotFound', text);
  }
  return request;
}

/** The id of a request, as events and bodies name it. */
export function requestId(request: ScheduleRequest): string {
  return authorizationId(request.scope, 'roleAssignmentScheduleRequests', request.name);
}

/** 400 on PIM's calls where the tenant has no licence for it. */
export function requireLicence(state: PimState): void {
  if (state.knobs.licence) return;
  const text = 'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance.';
  throw new PimError(400, 'AadPremiumLicenseRequired', text);
}

function provision(state: PimState, request: ScheduleRequest): void {
  const { grant } = request;
  if (!grant) return;
  const nowMs = Date.now();
  grant.plannedStartAtMs = Math.max(nowMs, request.startAtMs);
  if (request.durationMs !== undefined) {
    grant.endAtMs = grant.plannedStartAtMs + request.durationMs;
  }
  request.status = grant.plannedStartAtMs > nowMs ? 'ScheduleCreated' : 'Provisioned';
  scheduleGrant(state, grant, () => {
    request.status = 'Provisioned';
  });
}

function findEligibility(state: PimState, wish: Wish): Eligibility {
  const found = state.eligibilities.find(
    (one) =>
      one.roleDefinitionGuid === wish.roleDefinitionGuid &&
      isEligibleNow(one, Date.now()) &&
      state.directory.isOrContains(one.principalId, wish.principal.objectId) &&
      state.tree.isAtOrUnder(wish.scope, one.scope),
  );
  if (found) return found;
  throw new PimError(400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.');
}

function checkPolicy(state: PimState, wish: Wish, startAtMs: number): void {
  const { knobs } = state;
  const lengthMs = wish.durationMs ?? (wish.endAtMs ?? Number.POSITIVE_INFINITY) - startAtMs;
  const failed: string[] = [];
  const isLengthAllowed =
    lengthMs > 0 && lengthMs >= knobs.minimumActiveMs && lengthMs <= knobs.maximumActiveMs;
  if (!isLengthAllowed) failed.push('ExpirationRule');
  if (knobs.justificationRequired && !wish.justification?.trim()) failed.push('JustificationRule');
  if (knobs.ticketRequired && !wish.ticketNumber?.trim()) failed.push('TicketingRule');
  if (failed.length > 0) throw policyFailed(...failed);
}

/** One activation at a time for a person, a role and a scope. */
function refuseSecond(
  state: PimState,
  wanted: { principalId: string; roleDefinitionGuid: string; scope: string },
): void {
  const isPending = [...state.requests.values()].some(
    (one) => one.status === 'PendingApproval' && isSameRole(one, wanted),
  );
  if (isPending) {
    const text = 'There is already an existing pending Role assignment request.';
    throw new PimError(400, 'PendingRoleAssignmentRequest', text);
  }
  if (standingGrants(state).some((one) => isSameRole(one, wanted))) {
    throw new PimError(400, 'RoleAssignmentExists', 'The Role assignment already exists.');
  }
}

function newRequest(
  state: PimState,
  requestType: RequestType,
  wish: Wish,
  startAtMs: number,
): ScheduleRequest {
  const name = wish.name ?? newGuid(state.random);
  if (state.requests.has(name.toLowerCase())) {
    const text = `The role assignment request with id ${name} already exists.`;
    throw new PimError(409, 'RoleAssignmentRequestExists', text);
  }
  const { durationMs, endAtMs, durationText, justification, ticketNumber, ticketSystem } = wish;
  return {
    name,
    requestType,
    status: 'Provisioned',
    principalId: wish.principal.objectId,
    requestorId: wish.requestor.objectId,
    roleDefinitionGuid: wish.roleDefinitionGuid,
    scope: tidyScope(wish.scope),
    startAtMs,
    expirationType:
      durationMs !== undefined
        ? 'AfterDuration'
        : endAtMs !== undefined
          ? 'AfterDateTime'
          : 'NoExpiration',
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(durationText === undefined ? {} : { durationText }),
    ...(endAtMs === undefined ? {} : { endAtMs }),
    ...(justification === undefined ? {} : { justification }),
    ...(ticketNumber === undefined ? {} : { ticketNumber }),
    ...(ticketSystem === undefined ? {} : { ticketSystem }),
    needsApproval: false,
    scheduleName: name,
    createdAtMs: Date.now(),
  };
}

function newGrant(
  state: PimState,
  request: ScheduleRequest,
  kind: 'Activated' | 'Assigned',
): Grant {
  const { eligibility, principalId, roleDefinitionGuid, scope } = request;
  const throughGroup =
    eligibility !== undefined &&
    eligibility.principalId.toLowerCase() !== principalId.toLowerCase();
  const grant = {
    kind,
    scheduleName: request.scheduleName,
    requestName: request.name,
    principalId,
    roleDefinitionGuid,
    scope,
    throughGroup,
    ...(eligibility ? { eligibility } : {}),
    plannedStartAtMs: request.startAtMs,
    ...(request.endAtMs === undefined ? {} : { endAtMs: request.endAtMs }),
    createdBy: state.msPimObjectId,
    createdAtMs: Date.now(),
  };
  return { ...grant, assignmentGuid: assignmentGuidFor(state, grant) };
}

function tellRequest(
  state: PimState,
  request: ScheduleRequest,
  actor: Actor,
  isSilent: boolean,
): void {
  if (isSilent) return;
  const resourceId = requestId(request);
  state.tell({ name: REQUEST_WRITE, resourceId, actor }, state.knobs.requestEventDelayMs);
}

function actorOf(wish: Wish): Actor {
  const { requestor } = wish;
  if (requestor.objectId !== wish.principal.objectId) {
    return { kind: 'administrator', principal: requestor };
  }
  return { kind: 'self', principal: requestor, ...ipOf(wish.ipAddress ?? requestor.ipAddress) };
}

function ipOf(ipAddress: string | undefined): { ipAddress?: string } {
  return ipAddress === undefined ? {} : { ipAddress };
}
