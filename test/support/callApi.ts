import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { asCaller } from '../../functions/http/asCaller';
import { type CallLimits, createCallLimits } from '../../functions/http/callLimits';
import { routes } from '../../functions/http/routes';
import { undocumented } from './documented';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';

/** One call of the API, as the Functions host would hand it over. */
export type Call = {
  /** What stands behind `Bearer`; `null`: nobody says who calls. */
  readonly as?: string | null;
  readonly id?: string;
  readonly query?: string;
  /** Sent as JSON, or as it is where it is text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
  /** The body that is no JSON. */
  readonly text: string;
};

/** The API of a world, through its own route table. */
export function apiOf(world: World, starter: Starter) {
  const limits: CallLimits = createCallLimits(world);
  return {
    call: async (name: string, call: Call = {}): Promise<Answer> => {
      const route = routes.find((one) => one.name === name);
      if (route === undefined) throw new Error(`There is no route ${name}.`);
      const { method, path, kind, make } = route;
      const handler = asCaller(
        world,
        limits,
        kind,
        make(world, () => starter),
      );
      const request = requestOf(method, path, call);
      const context = { functionName: name } as InvocationContext;
      const answer = (await handler(request, context)) as HttpResponseInit;
      const { status = 200, headers = {}, jsonBody, body: sent = '' } = answer;
      const plain = headers as Record<string, string>;
      const text = typeof sent === 'string' ? sent : Buffer.from(sent as Uint8Array).toString();
      // What is long comes as bytes that were put together piece by piece.
      const isJson =
        jsonBody === undefined && (plain['content-type'] ?? '').startsWith('application/json;');
      const body = (isJson ? JSON.parse(text) : jsonBody) as Record<string, unknown>;
      // Every answer in every test is one that the OpenAPI document describes.
      const strange = undocumented(name, status, plain['content-type'] ?? '', body);
      if (strange.length > 0) throw new Error(strange.join('\n'));
      return { status, headers: plain, body, text };
    },
  };
}

function requestOf(method: string, path: string, call: Call): HttpRequest {
  const { as = 'ada', id = '', query = '', body, headers = {} } = call;
  const url = `https://app.example/api/${path.replace('{id}', encodeURIComponent(id))}${query}`;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new HttpRequest({
    method,
    url,
    params: { id },
    headers: { ...(as === null ? {} : { authorization: `Bearer ${as}` }), ...headers },
    query: Object.fromEntries(new URL(url).searchParams),
    ...(text === undefined ? {} : { body: { string: text } }),
  });
}
