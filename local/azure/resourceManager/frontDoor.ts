import type { ArmContext, ArmRequest, ArmResponse, Caller, WriteRecord } from '../contract';
import { actionOf, forbidden } from './accessControl';
import type { ArmPath } from './armPath';
import { printedTemplate } from './armPath';
import type { Call, Handler } from './call';
import type { Inside } from './createResourceManager';
import type { Fault } from './faults';
import { connectionReset } from './faults';
import { errorCodeOf, gatewayError, readJson } from './http';
import { isOfMachines, loggedBody } from './machineLog';
import { deleteLock, getLock, isLockPath, listLocks, putLock, refuseLocked } from './lockRoutes';
import { readUrl } from './requestUrl';
import { routes } from './routes';
import { drawn } from './settings';

const anonymous: Caller = { objectId: '', name: 'anonymous', kind: 'person' };

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Takes a request through faults, latency and Resource Manager itself. */
export async function serve(sent: ArmRequest, inside: Inside): Promise<ArmResponse> {
  const request = { ...sent, method: sent.method.toUpperCase() };
  const fault = inside.faults.strike(request);
  if (fault?.delayMs !== undefined) await wait(fault.delayMs);
  if (fault?.answer !== undefined || fault?.drop === 'beforeEffect') {
    return refuseByFault(request, fault, inside);
  }
  const response = await answerOne(request, fault, inside);
  if (fault?.delayAnswerMs !== undefined) await wait(fault.delayAnswerMs);
  if (fault?.drop === 'afterEffect') throw connectionReset();
  return response;
}

function refuseByFault(request: ArmRequest, fault: Fault, inside: Inside): ArmResponse {
  const { lateMs } = fault;
  if (lateMs !== undefined) {
    const { timers } = inside.world.operations;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void answerOne(request, fault, inside);
    }, lateMs);
    timers.add(timer);
  }
  if (fault.answer === undefined) throw connectionReset();
  const response = typeof fault.answer === 'function' ? fault.answer(request) : fault.answer;
  const record = openRecord(request, inside);
  if (record !== undefined) closeRecord(record, response, inside);
  return dressed(response, {}, inside);
}

/** A record for what changes something; Resource Graph's POST only asks. */
function openRecord(request: ArmRequest, inside: Inside): WriteRecord | undefined {
  const { method } = request;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  const { pathname, route } = readUrl(request.url);
  if (pathname.toLowerCase().includes('/microsoft.resourcegraph/')) return undefined;
  const caller = inside.options.authenticate(request) ?? anonymous;
  return inside.writeLog.begin(caller, method, route?.path ?? pathname);
}

function closeRecord(record: WriteRecord, response: ArmResponse, inside: Inside): void {
  record.status = response.status;
  const code = errorCodeOf(response);
  if (code !== undefined) record.code = code;
  if (response.status >= 400) {
    record.after = record.before;
  } else if (response.status === 204 || !isLongRunning(record.path)) {
    record.effectiveAt ??= new Date().toISOString();
    record.outcome ??= 'succeeded';
  }
  inside.writeLog.answered(record);
  if (record.outcome !== undefined) inside.options.onWrite?.(record);
}

/** True where the provider completes the record itself, once its operation has ended. */
function isLongRunning(path: string): boolean {
  return /\/microsoft\.(?:network|compute)\//i.test(path);
}

async function answerOne(
  request: ArmRequest,
  fault: Fault | undefined,
  inside: Inside,
): Promise<ArmResponse> {
  const { settings, chance } = inside.world;
  const record = openRecord(request, inside);
  const isRead = record === undefined && request.method === 'GET';
  const latency = isRead ? settings.latency.read : settings.latency.write;
  const isGraph = record === undefined && request.method === 'POST';
  const latencyMs = drawn(isGraph ? settings.latency.query : latency, chance);
  if (latencyMs > 0) await wait(latencyMs);
  const headers: Record<string, string> = {};
  const response = await respond(request, fault, record, headers, inside);
  if (record !== undefined) closeRecord(record, response, inside);
  return dressed(response, headers, inside);
}

/** Authentication, version, throttling, roles, locks, then the handler. */
async function respond(
  request: ArmRequest,
  fault: Fault | undefined,
  record: WriteRecord | undefined,
  headers: Record<string, string>,
  inside: Inside,
): Promise<ArmResponse> {
  const { world, options } = inside;
  const caller = options.authenticate(request);
  if (caller === undefined) return unauthorized(request, world.store.initial.tenantId);
  const call = readCall(request, caller, record, fault);
  if ('status' in call) return call;
  const known = findHandler(call, inside);
  const counted =
    known === inside.query
      ? inside.throttle.countQuery(caller.objectId, world.guid())
      : inside.throttle.count(call.method, call.route, caller.objectId);
  Object.assign(headers, counted.headers);
  if (counted.refusal !== undefined) return counted.refusal;
  if (typeof known !== 'function') return known ?? askProviders(call, inside);
  const refused = refuseByRole(call, inside) ?? refuseLocked(call, world);
  return refused ?? known(call, world);
}

/** Parses; an `ArmResponse` is a refusal. */
function readCall(
  request: ArmRequest,
  caller: Caller,
  record: WriteRecord | undefined,
  fault: Fault | undefined,
): Call | ArmResponse {
  const { route, query, origin } = readUrl(request.url);
  if (route === undefined) {
    return gatewayError(400, 'InvalidRequestUri', 'The request URI is not valid.');
  }
  const apiVersion = query.get('api-version');
  if (apiVersion === null || apiVersion === '') {
    return gatewayError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const text = request.body ?? '';
  const json = text === '' ? { value: undefined } : readJson(text);
  if (json === undefined) {
    return gatewayError(
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    );
  }
  if (record !== undefined && isOfMachines(route)) record.body = loggedBody(json.value);
  return {
    request,
    caller,
    path: route.path,
    query,
    json: json.value,
    route,
    method: request.method,
    origin,
    apiVersion,
    ...(record === undefined ? {} : { record }),
    ...(fault?.operation === undefined ? {} : { operationEnd: fault.operation }),
  };
}

function unauthorized(request: ArmRequest, tenantId: string): ArmResponse {
  const isMissing = request.headers['authorization'] === undefined;
  const [code, message] = isMissing
    ? ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."]
    : ['InvalidAuthenticationToken', 'The access token is invalid.'];
  return gatewayError(401, code ?? '', message ?? '', {
    'www-authenticate':
      `Bearer authorization_uri="https://login.windows.net/${tenantId}", ` +
      `error="invalid_token", error_description="${message}"`,
  });
}

const lockMethods: Record<string, [list: Handler | undefined, one: Handler | undefined]> = {
  GET: [listLocks, getLock],
  PUT: [undefined, putLock],
  DELETE: [undefined, deleteLock],
};

/** The handler; or the refusal of a known path's unknown method; or nothing. */
function findHandler(call: Call, inside: Inside): Handler | ArmResponse | undefined {
  const { method, route } = call;
  if (isLockPath(call)) {
    return lockMethods[method]?.[route.endsInType ? 0 : 1] ?? notAllowed(method, []);
  }
  if (isQuery(route)) {
    return method === 'POST' ? inside.query : notAllowed(method, ['POST']);
  }
  const found = routes.get(route.template);
  if (found === undefined) return undefined;
  const handler = found.methods[method];
  if (handler !== undefined) return handler;
  if (found.alsoInAzure?.includes(method) === true) return unknown(call, inside);
  return notAllowed(method, Object.keys(found.methods));
}

function notAllowed(method: string, allowed: string[]): ArmResponse {
  return gatewayError(
    405,
    'MethodNotAllowed',
    `The requested resource does not support http method '${method}'.`,
    allowed.length === 0 ? {} : { allow: allowed.join(', ') },
  );
}

function unknown(call: Call, inside: Inside): ArmResponse {
  const what = `${call.method} ${printedTemplate(call.route)}`;
  inside.options.onUnknown?.(call.request, what);
  return gatewayError(
    501,
    'NotImplemented',
    `The local Resource Manager does not imitate ${what}.`,
  );
}

async function askProviders(call: Call, inside: Inside): Promise<ArmResponse> {
  for (const { provider, isSelfService } of inside.providers) {
    if (!isSelfService(call.request, call.caller)) continue;
    const response = await provider(contextOf(call));
    if (response !== undefined) return noted(call, response);
  }
  if (inside.providers.length === 0) return unknown(call, inside);
  const refused = refuseByRole(call, inside) ?? refuseLocked(call, inside.world);
  if (refused !== undefined) return refused;
  for (const { provider } of inside.providers) {
    const response = await provider(contextOf(call));
    if (response !== undefined) return noted(call, response);
  }
  return unknown(call, inside);
}

function contextOf({ request, caller, path, query, json }: Call): ArmContext {
  return { request, caller, path, query, json };
}

/** Providers do not write the log themselves: their answer is taken as the state after. */
function noted(call: Call, response: ArmResponse): ArmResponse {
  if (call.record !== undefined && response.status < 300 && response.body !== undefined) {
    call.record.after = readJson(response.body)?.value ?? null;
  }
  return response;
}

function refuseByRole(call: Call, inside: Inside): ArmResponse | undefined {
  const { world } = inside;
  const { route, caller, method } = call;
  const action = actionOf(method, route);
  if (isPoll(route) && world.settings.polls !== 'byRole') {
    return world.settings.polls === 'allowed' ? undefined : forbidden(caller, action, call.path);
  }
  const isList = route.endsInType && (method === 'GET' || isQuery(route));
  const scope = checkedScope(call);
  const isAllowed = isList
    ? isListAllowed(call, inside, action)
    : world.access.mayDo(caller.objectId, action, scope.toLowerCase());
  return isAllowed ? undefined : forbidden(caller, action, scope === '' ? '/' : scope);
}

function isListAllowed(call: Call, inside: Inside, action: string): boolean {
  const { access } = inside.world;
  const { route, caller } = call;
  if (route.template === 'subscriptions' || route.template === 'tenants') return true;
  const scope = checkedScope(call).toLowerCase();
  // Across all types each row is judged by its own type's right to read.
  if (/^subscriptions\/\{\}\/(?:resourcegroups\/\{\}\/)?resources$/.test(route.template)) {
    return access.hasAnyRole(caller.objectId, scope);
  }
  // A list shows what the caller may read of it, so any role that reads some of it will do.
  return access.mayDoSomewhere(caller.objectId, action, scope === '' ? '/' : scope);
}

/** What the role must stand on or above: the resource; for a list, what it is a list of. */
function checkedScope({ route, path }: Call): string {
  if (isPoll(route)) return route.scope;
  if (!route.endsInType) return path;
  if (route.types.length <= 1) return route.scope;
  return `/${route.segments.slice(0, -1).join('/')}`;
}

function isQuery(route: ArmPath): boolean {
  return route.template === 'providers/microsoft.resourcegraph/resources';
}

function isPoll(route: ArmPath): boolean {
  return route.template.includes('/locations/{}/operation');
}

/** Now as headers print it; many answers share a moment, above all under virtual time. */
function moment(): typeof lastMoment {
  const atMs = Date.now();
  if (atMs !== lastMoment.atMs) {
    const now = new Date(atMs);
    const stamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
    lastMoment = { atMs, date: now.toUTCString(), stamp };
  }
  return lastMoment;
}

let lastMoment = { atMs: Number.NaN, date: '', stamp: '' };

/** The headers that every answer of Resource Manager carries. */
function dressed(
  response: ArmResponse,
  headers: Record<string, string>,
  inside: Inside,
): ArmResponse {
  const { guid, store } = inside.world;
  const { date, stamp } = moment();
  const requestId = guid();
  return {
    ...response,
    headers: {
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      date,
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-cache': 'CONFIG_NOCACHE',
      'x-ms-request-id': requestId,
      'x-ms-correlation-request-id': requestId,
      'x-ms-routing-request-id': `WESTEUROPE:${stamp}:${requestId}`,
      'x-ms-operation-identifier': `tenantId=${store.initial.tenantId}/westeurope/${requestId}`,
      ...headers,
      ...response.headers,
    },
  };
}
