import type {
  ActivationTruth,
  ActiveRole,
  Provider,
  RoleDefinition,
  RoleSource,
} from '../contract';
import { isEligibleNow } from './directory';
import { PimError, policyFailed } from './errors';
import { moveEnd } from './grants';
import { assignPlainly, removeAssignment } from './plain';
import { createAuthorizationProvider } from './provider';
import { newGuid } from './random';
import { adminAssign, cancel, decide, endEarly, requestId, selfActivate } from './requests';
import type { Wish } from './requests';
import { createRoleSource, roleOf } from './roleSource';
import { tidyScope } from './scopes';
import { restoreSnapshot, takeSnapshot } from './snapshot';
import { standingGrants } from './standing';
import { assignmentId, createState, isActive, isSameRole, type PimState } from './state';
import { formatDuration, parseDuration } from './time';
import type {
  Eligibility,
  Grant,
  PimKnobs,
  PimOptions,
  PimSnapshot,
  ScheduleRequest,
} from './types';

/** A person, a role and a scope, by id or by name. */
export type Target = {
  /** Object id, sign-in name or display name. */
  person: string;
  /** GUID, full id or name of the role. */
  role: string;
  scope: string;
};

/** What a person fills in to activate a role. One of `duration` (ISO 8601) and `durationMs`. */
export type ActivateInput = Target & {
  duration?: string;
  durationMs?: number;
  /** ISO 8601; now when absent or past. */
  startAt?: string;
  /** Needed unless the knob lifts it; "No justification given" stands in for it here. */
  justification?: string;
  ticket?: { number: string; system?: string };
  /** `claims.ipaddr` of the request's event; else the person's own, else none. */
  ipAddress?: string;
  /** Overrides what the eligibility says. */
  approvalRequired?: boolean;
  withoutRequestEvent?: boolean;
};

/** An activation or PIM assignment as the control functions show it. Times ISO 8601. */
export type Activation = {
  requestName: string;
  requestId: string;
  status: string;
  roleAssignmentId: string;
  principalId: string;
  roleDefinitionGuid: string;
  scope: string;
  startAt: string;
  /** Absent where it has no end. */
  endAt?: string;
  /** True while the role assignment exists. */
  active: boolean;
};

/** A role assignment that exists now, for Resource Graph's `authorizationresources`. */
export type ActiveAssignment = ActiveRole & {
  id: string;
  name: string;
  principalType: string;
  /** ISO 8601. */
  createdOn: string;
  createdBy: string;
};

/** The PIM of the local Azure and the authorization provider it writes to. */
export type Pim = {
  /** Reads of Microsoft.Authorization, a person's own requests, plain role assignments. */
  provider: Provider;
  roleSource: RoleSource;
  /** All role definitions, Azure's and the estate's. */
  roleDefinitions: () => RoleDefinition[];
  /** Every activation that took effect, in order, with when it really ended. */
  truth: () => ActivationTruth[];
  /** May be changed at any time. */
  knobs: PimKnobs;
  makeEligible: (input: {
    principalId: string;
    roleDefinitionGuid: string;
    scope: string;
    startAt?: string;
    endAt?: string;
    approvalRequired?: boolean;
  }) => Eligibility;
  eligibilities: () => Eligibility[];
  /** All below throw PimError where PIM refuses. */
  activate: (input: ActivateInput) => Activation;
  approve: (requestName: string) => Activation;
  deny: (requestName: string) => Activation;
  /** By the requestor: a pending request, or one whose start is still to come. */
  cancel: (requestName: string) => Activation;
  /** By the person, five minutes after the start at the earliest. */
  deactivate: (input: Target & { ipAddress?: string }) => Activation;
  /** By an administrator, at any time. */
  adminRemove: (input: Target) => Activation;
  /** By an administrator: an activation that stands ends at another time. */
  adminUpdate: (input: Target & { endAt: string }) => void;
  /** By an administrator, through PIM: active without activation (`Assigned`). */
  assignActive: (input: Target & { duration?: string; startAt?: string }) => Activation;
  /** By an administrator, without PIM. Returns the role assignment id. */
  plainAssignment: (input: Target) => string;
  /** By an administrator: deletes any role assignment that exists, by its id. */
  removePlain: (roleAssignmentId: string) => void;
  /** Requests that gave or are to give a role, in order. */
  activations: () => Activation[];
  /** Role assignments that exist, or existed at a moment, also those of Azure's own making. */
  assignments: (atMs?: number) => ActiveAssignment[];
  /** The principal and role behind names, for whoever takes input from people. */
  resolve(target: { person: string }): { principalId: string; eligible: Eligibility[] };
  /** The role behind a GUID, a full id or a name. PimError where there is none. */
  role(idOrName: string): RoleDefinition;
  /** Everything it knows, for the `from` of the next one: an estate that outlives its process. */
  snapshot: () => PimSnapshot;
  /** Ends all timers; nothing happens by itself afterwards. */
  close: () => void;
};

/** Makes a PIM with what the estate gives it; nothing is active but its plain assignments. */
export function createPim(options: PimOptions): Pim {
  const state = createState(options);
  if (options.from) restoreSnapshot(state, options.from);
  return {
    ...lifecycle(state),
    ...views(state),
    knobs: state.knobs,
    close: () => state.alarms.close(),
  };
}

type Lifecycle = Pick<
  Pim,
  | 'makeEligible'
  | 'activate'
  | 'approve'
  | 'deny'
  | 'cancel'
  | 'deactivate'
  | 'adminRemove'
  | 'adminUpdate'
  | 'assignActive'
  | 'plainAssignment'
  | 'removePlain'
>;

function lifecycle(state: PimState): Lifecycle {
  const { administrator, directory } = state;
  const show = (request: ScheduleRequest) => showRequest(request);
  return {
    makeEligible: (input) => makeEligible(state, input),
    activate: (input) => show(selfActivate(state, wishOf(state, input))),
    approve: (name) => show(decide(state, name, true)),
    deny: (name) => show(decide(state, name, false)),
    cancel(name) {
      const requestor = state.requests.get(name.toLowerCase())?.requestorId;
      const caller = requestor === undefined ? undefined : directory.find(requestor);
      return show(cancel(state, name, caller ?? administrator));
    },
    deactivate(input) {
      const wish = { ...targetOf(state, input), ...pick(input.ipAddress, 'ipAddress') };
      return show(endEarly(state, 'SelfDeactivate', wish));
    },
    adminRemove: (input) =>
      show(endEarly(state, 'AdminRemove', { ...targetOf(state, input), requestor: administrator })),
    adminUpdate(input) {
      const { principal, ...role } = targetOf(state, input);
      const wanted = { ...role, principalId: principal.objectId };
      const grant = standingGrants(state).findLast(
        (one) => one.kind === 'Activated' && isActive(one) && isSameRole(one, wanted),
      );
      if (grant === undefined) {
        const text = 'The Role assignment does not exist.';
        throw new PimError(400, 'RoleAssignmentDoesNotExist', text);
      }
      moveEnd(state, grant, Date.parse(input.endAt));
    },
    assignActive: (input) =>
      show(
        adminAssign(state, {
          ...targetOf(state, input),
          requestor: administrator,
          ...lengthOf(input),
          ...startOf(input.startAt),
        }),
      ),
    plainAssignment(input) {
      const { principal, roleDefinitionGuid, scope } = targetOf(state, input);
      const wanted = { principalId: principal.objectId, roleDefinitionGuid, scope };
      return assignmentId(assignPlainly(state, wanted, administrator));
    },
    removePlain(id) {
      removeAssignment(state, id, administrator);
    },
  };
}

function views(state: PimState): Omit<Pim, keyof Lifecycle | 'knobs' | 'close'> {
  const { directory } = state;
  return {
    provider: createAuthorizationProvider(state),
    roleSource: createRoleSource(state),
    roleDefinitions: () => [...state.roles.values()],
    snapshot: () => takeSnapshot(state),
    truth: () => state.grants.flatMap(truthOf),
    eligibilities: () => [...state.eligibilities],
    activations: () =>
      [...state.requests.values()]
        .filter((one) => one.requestType === 'SelfActivate' || one.requestType === 'AdminAssign')
        .map(showRequest),
    assignments: (atMs) =>
      (atMs === undefined
        ? standingGrants(state).filter(isActive)
        : state.grants.filter((one) => stoodAt(one, atMs))
      ).map((one) => ({
        ...roleOf(one),
        id: assignmentId(one),
        name: one.assignmentGuid,
        principalType: directory.find(one.principalId)?.type ?? 'ServicePrincipal',
        createdOn: new Date(one.effectiveAtMs ?? one.createdAtMs).toISOString(),
        createdBy: one.createdBy,
      })),
    role: (idOrName) => directory.role(idOrName),
    resolve({ person }) {
      const { objectId } = directory.principal(person);
      const eligible = state.eligibilities.filter(
        (one) =>
          directory.isOrContains(one.principalId, objectId) && isEligibleNow(one, Date.now()),
      );
      return { principalId: objectId, eligible };
    },
  };
}

function makeEligible(state: PimState, input: Parameters<Pim['makeEligible']>[0]): Eligibility {
  const eligibility: Eligibility = {
    scheduleName: newGuid(state.random),
    instanceName: newGuid(state.random),
    principalId: state.directory.principal(input.principalId).objectId,
    roleDefinitionGuid: state.directory.role(input.roleDefinitionGuid).guid,
    scope: tidyScope(input.scope),
    startAtMs: input.startAt === undefined ? Date.now() : Date.parse(input.startAt),
    ...(input.endAt === undefined ? {} : { endAtMs: Date.parse(input.endAt) }),
    approvalRequired: input.approvalRequired ?? false,
    createdAtMs: Date.now(),
  };
  state.eligibilities.push(eligibility);
  return eligibility;
}

function wishOf(state: PimState, input: ActivateInput): Wish {
  return {
    ...targetOf(state, input),
    ...lengthOf(input),
    ...startOf(input.startAt),
    justification: input.justification ?? 'No justification given',
    ...pick(input.ticket?.number, 'ticketNumber'),
    ...pick(input.ticket?.system, 'ticketSystem'),
    ...pick(input.ipAddress, 'ipAddress'),
    ...pick(input.approvalRequired, 'approvalRequired'),
    ...pick(input.withoutRequestEvent, 'withoutRequestEvent'),
  };
}

function targetOf(state: PimState, input: Target): Wish {
  const principal = state.directory.principal(input.person);
  const roleDefinitionGuid = state.directory.role(input.role).guid;
  return { principal, requestor: principal, roleDefinitionGuid, scope: tidyScope(input.scope) };
}

function lengthOf(input: { duration?: string; durationMs?: number }) {
  const { duration, durationMs } = input;
  if (duration !== undefined) {
    const parsed = parseDuration(duration);
    if (parsed === undefined) throw policyFailed('ExpirationRule');
    return { durationMs: parsed, durationText: duration };
  }
  return durationMs === undefined ? {} : { durationMs, durationText: formatDuration(durationMs) };
}

function startOf(startAt: string | undefined): { startAtMs?: number } {
  if (startAt === undefined) return {};
  const startAtMs = Date.parse(startAt);
  if (Number.isFinite(startAtMs)) return { startAtMs };
  throw new PimError(400, 'InvalidRequestContent', `"${startAt}" is not a time (ISO 8601).`);
}

function pick<K extends string, V>(value: V | undefined, key: K): { [P in K]?: V } {
  if (value === undefined) return {};
  const found: { [P in K]?: V } = {};
  found[key] = value;
  return found;
}

function stoodAt({ effectiveAtMs, removedAtMs }: Grant, atMs: number): boolean {
  if (effectiveAtMs === undefined || effectiveAtMs > atMs) return false;
  return removedAtMs === undefined || removedAtMs > atMs;
}

function showMove({ atMs, endAtMs }: NonNullable<Grant['movedEnds']>[number]) {
  return { at: new Date(atMs).toISOString(), endAt: new Date(endAtMs).toISOString() };
}

function truthOf(grant: Grant): ActivationTruth[] {
  const { kind, effectiveAtMs, endAtMs, removedAtMs, movedEnds = [] } = grant;
  if (kind !== 'Activated' || effectiveAtMs === undefined || endAtMs === undefined) return [];
  const early = removedAtMs !== undefined && removedAtMs < endAtMs;
  return [
    {
      roleAssignmentId: assignmentId(grant),
      requestName: grant.requestName ?? '',
      principalId: grant.principalId,
      roleDefinitionGuid: grant.roleDefinitionGuid,
      scope: grant.scope,
      startAt: new Date(effectiveAtMs).toISOString(),
      endAt: new Date(endAtMs).toISOString(),
      ...(movedEnds.length === 0 ? {} : { movedEnds: movedEnds.map(showMove) }),
      ...(early ? { endedEarlyAt: new Date(removedAtMs).toISOString() } : {}),
    },
  ];
}

function showRequest(request: ScheduleRequest): Activation {
  const { grant } = request;
  const endAtMs =
    grant?.endAtMs ??
    (request.durationMs === undefined ? request.endAtMs : request.startAtMs + request.durationMs);
  return {
    requestName: request.name,
    requestId: requestId(request),
    status: request.status,
    roleAssignmentId: grant ? assignmentId(grant) : '',
    principalId: request.principalId,
    roleDefinitionGuid: request.roleDefinitionGuid,
    scope: request.scope,
    startAt: new Date(grant?.effectiveAtMs ?? request.startAtMs).toISOString(),
    ...(endAtMs === undefined ? {} : { endAt: new Date(endAtMs).toISOString() }),
    active: grant !== undefined && isActive(grant),
  };
}
