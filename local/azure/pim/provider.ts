import type { ArmContext, ArmRequest, ArmResponse, Caller, Provider } from '../contract';
import {
  assignmentBody,
  eligibilityBody,
  instanceBody,
  requestBody,
  roleBody,
  scheduleBody,
  type Body,
} from './bodies';
import { PimError } from './errors';
import { isListed, parseFilter, type Filter } from './filter';
import { cancel, requestNamed, requireLicence } from './requests';
import { assignPlainly, removeAssignment } from './plain';
import { scopeKey, tidyScope } from './scopes';
import { standingGrants } from './standing';
import { authorizationId, isActive, type PimState } from './state';
import { readAssignment, submit } from './submit';
import type { Grant, Principal } from './types';

/** A path of Microsoft.Authorization, taken apart. */
type Asked = {
  scope: string;
  /** Lower case, `roleassignments`. */
  type: string;
  name: string | undefined;
  action: string | undefined;
};

type Answer = { status: number; body?: unknown };

const PATH =
  /^(.*)\/providers\/Microsoft\.Authorization\/(role[a-z]+)(?:\/([^/]+))?(?:\/([^/]+))?\/?$/i;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Microsoft.Authorization's role resources over HTTP: PIM at 2020-10-01, role assignments and
 * definitions at 2022-04-01. Other api-versions get the same bodies.
 */
export function createAuthorizationProvider(state: PimState): Provider {
  return async (context) => {
    const asked = parsePath(context.path);
    if (!asked) return undefined;
    try {
      const answer = answerTo(state, context, asked);
      return answer && respond(answer.status, answer.body);
    } catch (error) {
      if (!(error instanceof PimError)) throw error;
      const { status, code, message } = error;
      return respond(status, { error: { code, message } });
    }
  };
}

/**
 * True for the calls that PIM judges by itself: a person's own requests and lists of what is the
 * person's own need no role on the scope, so the RBAC check must let them through. Nothing else of
 * this provider may pass unchecked: it also writes plain role assignments.
 */
export function isOwnPimRequest(request: ArmRequest, caller: Caller): boolean {
  if (caller.kind !== 'person') return false;
  const url = new URL(request.url);
  const asked = parsePath(url.pathname);
  if (!asked) return false;
  if (request.method === 'GET') {
    const filter = url.searchParams.get('$filter') ?? '';
    return asked.name === undefined && /\bas(Target|Requestor)\(\)/i.test(filter);
  }
  if (asked.type !== 'roleassignmentschedulerequests' || asked.name === undefined) return false;
  if (request.method === 'PUT') return asked.action === undefined;
  return request.method === 'POST' && asked.action?.toLowerCase() === 'cancel';
}

function parsePath(path: string): Asked | undefined {
  const [, scope, type, name, action] = PATH.exec(path) ?? [];
  if (scope === undefined || type === undefined) return undefined;
  return { scope: tidyScope(scope), type: type.toLowerCase(), name, action };
}

function answerTo(state: PimState, context: ArmContext, asked: Asked): Answer | undefined {
  const method = context.request.method.toUpperCase();
  if (asked.type === 'roleassignments') return plainAnswer(state, context, asked, method);
  if (asked.type === 'roledefinitions') return roleAnswer(state, context, asked, method);
  const isRead = method === 'GET' && asked.action === undefined;
  if (asked.type === 'roleassignmentschedulerequests') {
    requireLicence(state);
    if (isRead) return requestAnswer(state, context, asked);
    return requestWrite(state, context, asked, method);
  }
  const rows = isRead ? SCHEDULED[asked.type] : undefined;
  if (!rows) return undefined;
  requireLicence(state);
  return pick(state, context, asked, rows(state, asked.scope));
}

/** A row before it is known whether it is asked for. */
type Row = {
  scope: string;
  principalId: string;
  requestorId?: string;
  name: string;
  body: () => Body;
};

const SCHEDULED: Record<string, (state: PimState, asked: string) => Row[]> = {
  roleassignmentscheduleinstances: (state, asked) =>
    // Ended grants are looked through only where lists are told to show them for a while.
    (state.knobs.staleListMs > 0 ? state.grants : standingGrants(state))
      .filter((grant) => isInstanceListed(state, grant))
      .map((grant) => rowOf(grant, grant.assignmentGuid, () => instanceBody(state, grant, asked))),
  roleassignmentschedules: (state, asked) =>
    standingGrants(state).map((grant) =>
      rowOf(grant, grant.scheduleName, () => scheduleBody(state, grant, asked)),
    ),
  roleeligibilityscheduleinstances: (state) =>
    state.eligibilities.map((one) =>
      rowOf(one, one.instanceName, () =>
        eligibilityBody(state, one, 'RoleEligibilityScheduleInstances'),
      ),
    ),
  roleeligibilityschedules: (state) =>
    state.eligibilities.map((one) =>
      rowOf(one, one.scheduleName, () => eligibilityBody(state, one, 'RoleEligibilitySchedules')),
    ),
};

function rowOf(source: { scope: string; principalId: string }, name: string, body: () => Body) {
  return { scope: source.scope, principalId: source.principalId, name, body };
}

/** An instance is seen late and may be seen after its end, as far as the knobs say. */
function isInstanceListed(state: PimState, grant: Grant): boolean {
  const { listingLagMs, staleListMs } = state.knobs;
  const { effectiveAtMs, removedAtMs } = grant;
  if (removedAtMs !== undefined && Date.now() >= removedAtMs + staleListMs) return false;
  return effectiveAtMs !== undefined && Date.now() >= effectiveAtMs + listingLagMs;
}

function requestAnswer(state: PimState, context: ArmContext, asked: Asked): Answer {
  const { name } = asked;
  const one = name === undefined ? undefined : state.requests.get(name.toLowerCase());
  const requests = name === undefined ? [...state.requests.values()] : one ? [one] : [];
  const rows = requests.map((request) => ({
    ...rowOf(request, request.name, () => requestBody(state, request)),
    requestorId: request.requestorId,
  }));
  return pick(state, context, asked, rows);
}

function requestWrite(
  state: PimState,
  context: ArmContext,
  asked: Asked,
  method: string,
): Answer | undefined {
  const { name, action, scope } = asked;
  if (name === undefined) return undefined;
  if (method === 'PUT' && action === undefined) {
    requireGuid(name, 'InvalidRoleAssignmentScheduleRequestId');
    const request = submit(state, {
      name,
      scope,
      json: context.json,
      caller: principalOf(context, state),
    });
    return { status: 201, body: requestBody(state, request) };
  }
  if (method === 'POST' && action?.toLowerCase() === 'cancel') {
    const found = requestNamed(state, name);
    if (scopeKey(found.scope) !== scopeKey(scope)) throw notFound('request', name);
    cancel(state, name, principalOf(context, state));
    return { status: 200 };
  }
  return undefined;
}

function plainAnswer(
  state: PimState,
  context: ArmContext,
  asked: Asked,
  method: string,
): Answer | undefined {
  const { scope, name, action } = asked;
  if (action !== undefined) return undefined;
  if (method === 'GET') {
    const wanted = name?.toLowerCase();
    const rows = standingGrants(state)
      .filter((one) => isActive(one) && (wanted === undefined || isNamed(one, wanted)))
      .map((grant) => rowOf(grant, grant.assignmentGuid, () => assignmentBody(state, grant)));
    return pick(state, context, asked, rows);
  }
  if (name === undefined) return undefined;
  if (method === 'DELETE') {
    const id = authorizationId(scope, 'roleAssignments', name);
    const wanted = name.toLowerCase();
    const exists = standingGrants(state).some((one) => isActive(one) && isNamed(one, wanted));
    if (!exists) return { status: 204 };
    const body = assignmentBody(state, removeAssignment(state, id, principalOf(context, state)));
    return { status: 200, body };
  }
  if (method !== 'PUT') return undefined;
  requireGuid(name, 'InvalidRoleAssignmentId');
  const wanted = { ...readAssignment(state, context.json), scope, name };
  const grant = assignPlainly(state, wanted, principalOf(context, state));
  return { status: 201, body: assignmentBody(state, grant) };
}

/** True where this is the GUID of the grant's assignment, in lower case. */
function isNamed({ assignmentGuid }: Grant, guid: string): boolean {
  return assignmentGuid.toLowerCase() === guid;
}

function roleAnswer(
  state: PimState,
  context: ArmContext,
  asked: Asked,
  method: string,
): Answer | undefined {
  if (method !== 'GET' || asked.action !== undefined) return undefined;
  const { roleName, type } = parseFilter(context.query.get('$filter'));
  const same = (one: string, other?: string) =>
    other === undefined || one.toLowerCase() === other.toLowerCase();
  const roles = [...state.roles.values()].filter(
    (role) => same(role.name, roleName) && same(role.type, type) && same(role.guid, asked.name),
  );
  const bodies = roles.map((role) => () => roleBody(role, asked.scope));
  if (asked.name === undefined) return page(state, context, bodies);
  const only = bodies[0];
  if (!only) {
    const text = `The specified role definition with ID '${asked.name}' does not exist.`;
    throw new PimError(404, 'RoleDefinitionDoesNotExist', text);
  }
  return { status: 200, body: only() };
}

/** One row by name, or a page of the rows that the filter leaves. */
function pick(state: PimState, context: ArmContext, asked: Asked, rows: Row[]): Answer {
  const { name, scope, type } = asked;
  if (name !== undefined) {
    const found = rows.findLast(
      (row) =>
        row.name.toLowerCase() === name.toLowerCase() && scopeKey(row.scope) === scopeKey(scope),
    );
    if (!found) throw notFound(type, name);
    return { status: 200, body: found.body() };
  }
  const filter: Filter = parseFilter(context.query.get('$filter'));
  const { objectId } = context.caller;
  const listed = rows.filter((row) => isListed(state, filter, scope, objectId, row));
  return page(
    state,
    context,
    listed.map((row) => row.body),
  );
}

/** Pages go on by row number; Azure's tokens are as opaque as this one looks. */
function page(state: PimState, context: ArmContext, rows: (() => Body)[]): Answer {
  const token = context.query.get('$skiptoken');
  const text = token === null ? '0' : Buffer.from(token, 'base64url').toString();
  const start = Number(text);
  if (!/^\d{1,9}$/.test(text)) {
    throw new PimError(400, 'InvalidSkipToken', 'The skip token is not valid.');
  }
  const end = start + state.knobs.pageSize;
  const value = rows.slice(start, end).map((body) => body());
  if (end >= rows.length) return { status: 200, body: { value } };
  const next = new URL(context.request.url);
  next.searchParams.delete('$skipToken');
  next.searchParams.set('$skiptoken', Buffer.from(String(end)).toString('base64url'));
  return { status: 200, body: { value, nextLink: next.href } };
}

function principalOf(context: ArmContext, state: PimState): Principal {
  const { objectId, name, kind } = context.caller;
  const known = state.directory.find(objectId);
  return (
    known ?? { objectId, type: kind === 'app' ? 'ServicePrincipal' : 'User', displayName: name }
  );
}

function requireGuid(name: string, code: string): void {
  if (!GUID.test(name)) throw new PimError(400, code, `The name '${name}' is not a GUID.`);
}

function notFound(what: string, name: string): PimError {
  const code = what === 'roleassignments' ? 'RoleAssignmentNotFound' : 'ResourceNotFound';
  return new PimError(404, code, `The ${what} '${name}' is not found.`);
}

function respond(status: number, body: unknown): ArmResponse {
  if (body === undefined) return { status, headers: {} };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: JSON.stringify(body) };
}
