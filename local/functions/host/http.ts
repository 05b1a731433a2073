import type { Peer } from './forwardedFor';
import { triggerOf, type CoreRegistry, type RpcValue } from './core';

export type HttpRequest = {
  method: string;
  /** Path and query, or a whole URL. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Who is connected; this process when absent. */
  peer?: Peer;
};

export type HttpAnswer = {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Uint8Array;
};

export function answerText(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): HttpAnswer {
  return { status, headers, body: Buffer.from(text) };
}

export function answerJson(status: number, value: unknown): HttpAnswer {
  return answerText(status, JSON.stringify(value), {
    'content-type': 'application/json; charset=utf-8',
  });
}

export type Route = {
  functionName: string;
  authLevel: string;
  params: Record<string, string>;
};

type Template = { pattern: RegExp; names: string[]; literals: number };

const templates = new Map<string, Template>();

/** ASP.NET route templates: `{name}`, `{name?}`, `{name:constraint}`, `{*rest}`. */
function template(route: string): Template {
  const known = templates.get(route);
  if (known !== undefined) return known;
  const names: string[] = [];
  let literals = 0;
  const parts = route
    .split('/')
    .filter(Boolean)
    .map((part) => {
      const match = /^\{(\*)?(\w+)(?::[^}?]+)?(\?)?\}$/.exec(part);
      if (match === null) {
        literals += 1;
        return `/${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
      }
      names.push(match[2] ?? '');
      if (match[1] !== undefined) return '(?:/(.*))?';
      return match[3] === undefined ? '/([^/]+)' : '(?:/([^/]+))?';
    });
  const made = { pattern: new RegExp(`^${parts.join('')}/?$`, 'i'), names, literals };
  templates.set(route, made);
  return made;
}

/**
 * Finds the function for a path below the route prefix; more literal segments win, as in ASP.NET.
 */
export function findRoute(registry: CoreRegistry, method: string, path: string): Route | undefined {
  let best: (Route & { literals: number }) | undefined;
  for (const [functionName, { metadata }] of registry.functions) {
    const trigger = triggerOf(metadata);
    if (trigger?.type !== 'httptrigger') continue;
    const options = trigger.binding as { methods?: string[]; route?: string; authLevel?: string };
    const methods = options.methods ?? ['GET', 'POST'];
    if (!methods.some((allowed) => allowed.toUpperCase() === method)) continue;
    const { pattern, names, literals } = template(options.route ?? functionName);
    const match = pattern.exec(path);
    if (match === null || (best !== undefined && best.literals >= literals)) continue;
    const params: Record<string, string> = {};
    for (const [index, name] of names.entries()) {
      const value = match[index + 1];
      if (value !== undefined) params[name] = decode(value);
    }
    const authLevel = (options.authLevel ?? 'anonymous').toLowerCase();
    best = { functionName, authLevel, params, literals };
  }
  return best;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]));
}

/** The request as the worker receives it. */
export function rpcRequest(
  request: HttpRequest,
  url: URL,
  params: Record<string, string>,
): unknown {
  const body = request.body === undefined ? undefined : Buffer.from(request.body);
  return {
    method: request.method,
    url: url.href,
    nullableHeaders: nullable(lowerNames(request.headers ?? {})),
    nullableQuery: nullable(Object.fromEntries(url.searchParams)),
    nullableParams: nullable(params),
    body: body === undefined || body.length === 0 ? undefined : { bytes: body },
  };
}

/** Header names in lower case. */
export function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** The answer of an HTTP function; nothing returned is 204. */
export function httpAnswer(value: RpcValue | null | undefined): HttpAnswer {
  const http = value?.http;
  if (http === null || http === undefined) return answerText(204, '');
  const headers = lowerNames(http.headers ?? {});
  const cookies = (http.cookies ?? []).map(({ name, value: text }) => `${name}=${text}`);
  if (cookies.length > 0) headers['set-cookie'] = cookies.join(', ');
  return {
    status: Number(http.statusCode ?? 200),
    headers,
    body: bodyBytes(http.body),
  };
}

function bodyBytes(body: RpcValue | null | undefined): Uint8Array {
  if (body?.bytes) return Buffer.from(body.bytes);
  return Buffer.from(body?.string ?? body?.json ?? '');
}
