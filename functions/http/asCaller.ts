import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { InvocationContext } from '@azure/functions';
import type { Caller, CallerRefusal } from '../../shared/domain/caller/caller';
import { problem, type Problem, withRetryAfter } from '../../shared/contract/problem';
import type { World } from '../../shared/ports/world';
import { answering } from './answer';
import type { CallKind, CallLimits } from './callLimits';

/** What a door does for somebody who is known. */
export type CallerHandler = (
  request: HttpRequest,
  caller: Caller,
  context: InvocationContext,
) => Promise<HttpResponseInit>;

/**
 * Lets nobody in but people of the tenant whom both the platform and we have checked, and none of
 * them too often. Without a way to know callers every call is answered 503; closing goes on.
 */
export function asCaller(
  world: World,
  limits: CallLimits,
  kind: CallKind,
  handle: CallerHandler,
): HttpHandler {
  return answering(world, async (request, context) => {
    const { api, log } = world;
    if ('faults' in api) return apiDisabled();
    const caller = await api.callers.identify(request.headers);
    if (typeof caller === 'string') {
      log.warn('http.refused', { refusal: caller, door: context.functionName });
      return unknownCaller(caller);
    }
    const waitMs = limits.waitMs(caller.objectId, kind);
    return waitMs > 0 ? tooMany(waitMs) : handle(request, caller, context);
  });
}

function apiDisabled(): Problem {
  return problem(
    'apiDisabled',
    'Nobody can be let in over HTTP: App Service authentication or its settings are not in order.',
    'GET /api/health names the faults. Windows open by their events and close all the same.',
  );
}

const refusals: Readonly<Record<CallerRefusal, readonly [title: string, detail: string]>> = {
  tokenMissing: ['There is no bearer token.', 'Sign in, then send Authorization: Bearer <token>.'],
  tokenInvalid: [
    'The token is none of this API.',
    'Get one of this tenant for this API: az account get-access-token --scope api://<API_CLIENT_ID>/.default',
  ],
  tokenExpired: ['The token has expired.', 'Get a new one and send the call again.'],
  notAPerson: [
    'Windows are for people; this token is an app’s, or lacks the permission user_impersonation.',
    'Sign in as a person.',
  ],
  guest: [
    'Guests of the tenant cannot sign in to VMs with Microsoft Entra, so nothing is opened for them.',
    'Use an account of this tenant.',
  ],
};

function unknownCaller(code: CallerRefusal): Problem {
  const [title, detail] = refusals[code];
  const answer = problem(code, title, detail);
  if (answer.status !== 401) return answer;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } };
}

function tooMany(waitMs: number): Problem {
  const answer = problem(
    'tooManyRequests',
    'You have called too often.',
    'Wait as long as Retry-After says; closing a window has a limit of its own.',
  );
  return withRetryAfter(answer, waitMs);
}
