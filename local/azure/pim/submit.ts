import { z } from 'zod';

import { PimError, policyFailed } from './errors';
import { adminAssign, endEarly, selfActivate, type Wish } from './requests';
import { standingGrants } from './standing';
import type { PimState } from './state';
import { parseDuration } from './time';
import type { Principal, ScheduleRequest } from './types';

const text = z.string().max(2000).nullish();

const REQUEST = z.object({
  properties: z.object({
    principalId: z.string(),
    roleDefinitionId: z.string(),
    requestType: z.string(),
    justification: text,
    scheduleInfo: z
      .object({
        startDateTime: text,
        expiration: z.object({ type: text, endDateTime: text, duration: text }).nullish(),
      })
      .nullish(),
    ticketInfo: z.object({ ticketNumber: text, ticketSystem: text }).nullish(),
  }),
});

const ASSIGNMENT = z.object({
  properties: z.object({ principalId: z.string(), roleDefinitionId: z.string() }),
});

type Sent = { name: string; scope: string; json: unknown; caller: Principal };

/** Carries out `PUT roleAssignmentScheduleRequests/{name}`. Throws PimError with what is wrong. */
export function submit(state: PimState, sent: Sent): ScheduleRequest {
  const { properties } = read(REQUEST, sent.json);
  const { principalId, requestType } = properties;
  const principal = state.directory.principal(principalId);
  const isSelf = requestType.toLowerCase().startsWith('self');
  if (isSelf && principal.objectId.toLowerCase() !== sent.caller.objectId.toLowerCase()) {
    throw refused('A person can only activate or deactivate its own roles.');
  }
  if (!isSelf && !mayAdminister(state, sent)) {
    throw refused(`${sent.caller.objectId} may not administer roles at ${sent.scope}.`);
  }
  const wish: Wish = {
    name: sent.name,
    principal,
    requestor: sent.caller,
    roleDefinitionGuid: state.directory.role(properties.roleDefinitionId).guid,
    scope: sent.scope,
    ...expiration(properties.scheduleInfo),
    ...start(properties.scheduleInfo?.startDateTime),
    ...texts(properties),
  };
  switch (requestType.toLowerCase()) {
    case 'selfactivate':
      return selfActivate(state, wish);
    case 'selfdeactivate':
      return endEarly(state, 'SelfDeactivate', wish);
    case 'adminassign':
      return adminAssign(state, wish);
    case 'adminremove':
      return endEarly(state, 'AdminRemove', wish);
    default:
      throw invalid(`The request type '${requestType}' is not supported.`);
  }
}

/** The body of `PUT roleAssignments/{name}`. */
export function readAssignment(state: PimState, json: unknown) {
  const { properties } = read(ASSIGNMENT, json);
  return {
    principalId: state.directory.principal(properties.principalId).objectId,
    roleDefinitionGuid: state.directory.role(properties.roleDefinitionId).guid,
  };
}

/** PIM's administrators are those who may write role assignments at the scope. */
function mayAdminister(state: PimState, sent: Sent): boolean {
  const { objectId } = sent.caller;
  if (objectId === state.administrator.objectId) return true;
  return standingGrants(state).some((grant) => {
    const role = state.roles.get(grant.roleDefinitionGuid);
    return (
      grant.effectiveAtMs !== undefined &&
      (role?.name === 'Owner' || role?.name === 'User Access Administrator') &&
      state.directory.isOrContains(grant.principalId, objectId) &&
      state.tree.isAtOrUnder(sent.scope, grant.scope)
    );
  });
}

type ScheduleInfo = z.infer<typeof REQUEST>['properties']['scheduleInfo'];

function expiration(info: ScheduleInfo): Partial<Wish> {
  const wanted = info?.expiration;
  const type = wanted?.type?.toLowerCase() ?? 'noexpiration';
  if (type === 'afterduration') {
    const durationText = wanted?.duration ?? '';
    const durationMs = parseDuration(durationText);
    if (durationMs === undefined) throw policyFailed('ExpirationRule');
    return { durationMs, durationText };
  }
  if (type === 'afterdatetime') return { endAtMs: time(wanted?.endDateTime ?? '') };
  if (type === 'noexpiration') return {};
  throw invalid(`The expiration type '${wanted?.type ?? ''}' is not known.`);
}

function start(startDateTime: string | null | undefined): Partial<Wish> {
  return startDateTime == null ? {} : { startAtMs: time(startDateTime) };
}

function texts(properties: z.infer<typeof REQUEST>['properties']): Partial<Wish> {
  const { justification, ticketInfo } = properties;
  const found: Partial<Wish> = {};
  if (justification != null) found.justification = justification;
  if (ticketInfo?.ticketNumber != null) found.ticketNumber = ticketInfo.ticketNumber;
  if (ticketInfo?.ticketSystem != null) found.ticketSystem = ticketInfo.ticketSystem;
  return found;
}

function time(value: string): number {
  const atMs = Date.parse(value);
  if (Number.isFinite(atMs)) return atMs;
  throw invalid(`'${value}' is not a time.`);
}

function read<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw invalid(`${first?.path.join('.') ?? 'body'}: ${first?.message ?? 'not readable'}`);
}

function invalid(message: string): PimError {
  return new PimError(400, 'InvalidRequestContent', message);
}

function refused(message: string): PimError {
  return new PimError(403, 'AuthorizationFailed', message);
}
