import type { EasyAuth } from '../easyAuth/easyAuth';
import { SignInFailed } from '../easyAuth/signIn';
import { durableApi } from '../engine/management';
import { forwarded } from './forwardedFor';
import type { FunctionsHost } from './host';
import { answerJson, answerText, findRoute, rpcRequest } from './http';
import type { HttpAnswer, HttpRequest } from './http';
import { keyOf, opens, opensSystem } from './keys';

type Call = { request: HttpRequest; url: URL; headers: Record<string, string>; key: string };

/**
 * What a request meets: the front end, which tells the caller's address, App Service authentication
 * where it is on, then the host: `/admin`, the extensions' webhooks, and functions by route.
 */
export async function frontDoor(
  host: FunctionsHost,
  request: HttpRequest & { headers: Record<string, string> },
): Promise<HttpAnswer> {
  let url: URL;
  try {
    url = new URL(request.url, host.settings.origin);
  } catch {
    return answerText(400, '');
  }
  let headers = forwarded(request.headers, request.peer);
  if (headers === null) return answerText(400, 'x-local-address is an IP address.\n');
  if (host.easyAuth !== undefined) {
    const passage = await passed(host, host.easyAuth, url, headers);
    if ('answer' in passage) return passage.answer;
    ({ headers } = passage);
  }
  const method = request.method.toUpperCase();
  const key = keyOf(url, headers);
  const call: Call = { request: { ...request, method, headers }, url, headers, key };
  const path = url.pathname.toLowerCase();
  if (path === '/runtime/webhooks/eventgrid') return eventGrid(host, call);
  if (path.startsWith('/runtime/webhooks/durabletask/')) return durable(host, call);
  if (path.startsWith('/admin/')) return admin(host, call);
  return httpFunction(host, call);
}

async function passed(
  host: FunctionsHost,
  easyAuth: EasyAuth,
  url: URL,
  headers: Record<string, string>,
): ReturnType<EasyAuth> {
  try {
    return await easyAuth(url, headers);
  } catch (error) {
    if (!(error instanceof SignInFailed)) throw error;
    host.complain(`App Service authentication: ${error.message}`);
    return { answer: answerText(503, '') };
  }
}

function text(body: string | Uint8Array | undefined): string {
  return body === undefined ? '' : Buffer.from(body).toString('utf8');
}

async function eventGrid(host: FunctionsHost, { request, url, headers, key }: Call) {
  if (!opensSystem(host.settings.keys, key, 'eventgrid')) return answerText(401, '');
  const name = url.searchParams.get('functionName') ?? '';
  return host.eventGrid(name, headers, text(request.body), request.method);
}

function durable(host: FunctionsHost, { request, url, headers, key }: Call): HttpAnswer {
  if (!opensSystem(host.settings.keys, key, 'durabletask')) return answerText(401, '');
  const answer = durableApi(host.engine, host.address, {
    method: request.method,
    path: url.pathname.slice('/runtime/webhooks/durabletask'.length),
    query: url.searchParams,
    body: text(request.body),
    url: url.href,
    continuationToken: headers['x-ms-continuation-token'],
  });
  return answerText(answer.status, answer.body, answer.headers);
}

async function admin(host: FunctionsHost, { request, url, key }: Call): Promise<HttpAnswer> {
  if (!opens(host.settings.keys, key, 'admin', '')) return answerText(401, '');
  if (url.pathname === '/admin/host/status') {
    return answerJson(200, { id: host.settings.taskHub, state: 'Running', version: '4.1037.0.0' });
  }
  const name = /^\/admin\/functions\/([\w-]+)$/.exec(url.pathname)?.[1];
  const type = name === undefined ? undefined : host.binding(name)?.type.toLowerCase();
  if (name === undefined || type === undefined || request.method !== 'POST') {
    return answerText(404, '');
  }
  // The admin API answers at once; the function's end is in the log.
  const input = adminInput(text(request.body));
  const run = type === 'timertrigger' ? host.runTimer(name) : host.invoke(name, { string: input });
  run.catch(() => undefined);
  return answerText(202, '');
}

function adminInput(body: string): string {
  try {
    const parsed = JSON.parse(body) as { input?: unknown };
    return typeof parsed.input === 'string' ? parsed.input : JSON.stringify(parsed.input ?? null);
  } catch {
    return body;
  }
}

async function httpFunction(host: FunctionsHost, call: Call): Promise<HttpAnswer> {
  const { request, url, key } = call;
  const prefix = host.settings.routePrefix === '' ? '' : `/${host.settings.routePrefix}`;
  const isBelow = url.pathname.toLowerCase().startsWith(`${prefix.toLowerCase()}/`);
  if (!isBelow) return answerText(404, '');
  const path = url.pathname.slice(prefix.length);
  const found = findRoute(host.registry, request.method, path);
  if (found === undefined) return answerText(404, '');
  if (!opens(host.settings.keys, key, found.authLevel, found.functionName)) {
    return answerText(401, '');
  }
  return host.invokeHttp(found.functionName, rpcRequest(request, url, found.params));
}
