import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import axios, { type AxiosAdapter } from 'axios';
import type { Transport } from '../../local/azure/eventGrid/types';
import type { CoreRegistry } from '../../local/functions/index';
import type { ChainStore } from '../../shared/ports/audit';
import type { World } from '../../shared/ports/world';
import type { Seams } from '../support/simulatedAzure';
import type { Boundaries } from './boundaries';
import type { SentPut } from './oracle/history';
import type { EstateWatch } from './oracle/watch';
import { never } from '../support/never';

/** An answer of Resource Manager as faults make them. */
export type Answer = { status: number; headers: Record<string, string>; body: string };

/** Who is told of each NSG and each list that the app was shown, and of each PUT that left it. */
export type RequestWatch = Pick<EstateWatch, 'onLook' | 'onPut' | 'onList'>;

/** The boundaries of a run, put into every way between the app and its surroundings. */
export function seamsOf(boundaries: Boundaries, watch: RequestWatch): Seams {
  return {
    httpClient: (client) => clientOf(watched(crossing(client, boundaries), watch)),
    ledger: (ledger) => crossTables(ledger, boundaries),
    chains: (chains) => crossingChains(chains, boundaries),
    functions: (functions) => wrapFunctions(functions, boundaries),
    deliver: (deliver) => crossingTransport(deliver, boundaries),
    queue: (send) => (text) =>
      boundaries.cross(
        { kind: 'delivery', name: 'message', subject: eventIds(text), input: text },
        () => send(text),
      ),
  };
}

/** Waits inside an activity belong to the scheduler too, and are counted. */
export function crossingWaits(world: World, boundaries: Boundaries): World {
  const { clock } = world;
  return {
    ...world,
    clock: {
      ...clock,
      wait: (ms) =>
        boundaries.cross(
          { kind: 'wait', name: 'wait', subject: String(Math.round(ms)), input: ms },
          () => clock.wait(ms),
        ),
    },
  };
}

const subjectOf = (url: string): string => new URL(url).pathname;

/** `PUT rule`, `GET nsg`: what is asked of what. */
export function requestName(method: string, url: string): string {
  const parts = subjectOf(url).split('/').filter(Boolean);
  const provider = parts.lastIndexOf('providers');
  const types = parts.slice(provider + 2).filter((_part, at) => at % 2 === 0);
  return `${method} ${types.at(-1) ?? parts.at(-2) ?? 'root'}`.toLowerCase();
}

type Send = (request: PipelineRequest) => Promise<Answer>;

const oneNsg = /\/networkSecurityGroups\/[^/]+$/i;
const allNsgs = /\/networkSecurityGroups$/i;
const oneRule = /\/securityRules\/[^/]+$/i;

function crossing(client: HttpClient, boundaries: Boundaries): Send {
  return (request) => {
    const { method, url } = request;
    const place = {
      kind: 'request',
      name: requestName(method, url),
      subject: subjectOf(url),
      input: request,
    } as const;
    return boundaries.cross(
      place,
      async (): Promise<Answer> => {
        const { status, headers, bodyAsText } = await client.sendRequest(request);
        return { status, headers: headers.toJSON(), body: bodyAsText ?? '' };
      },
      ({ status }) => String(status),
    );
  };
}

/** Rules are sent as text. */
function textOf({ body }: PipelineRequest): string {
  return typeof body === 'string' ? body : '';
}

/** What the app sends and is shown, faults on the way included. */
function watched(send: Send, { onLook, onPut, onList }: RequestWatch): Send {
  return async (request) => {
    const { method, url } = request;
    const path = subjectOf(url).toLowerCase();
    const fromMs = Date.now();
    const isPut = method === 'PUT' && oneRule.test(path);
    const put: SentPut | null = isPut
      ? { path, atMs: fromMs, body: textOf(request), status: null }
      : null;
    if (put !== null) onPut(put);
    const isList = method === 'GET' && allNsgs.test(path);
    // What never comes back has shown nothing.
    if (isList) onList({ path, atMs: fromMs, isShown: false });
    const answer = await send(request);
    const { status, body } = answer;
    if (isList && status === 200) onList({ path, atMs: Date.now(), isShown: true });
    if (put !== null) put.status = status;
    if (method === 'GET' && status === 200 && oneNsg.test(path)) {
      onLook({ nsgId: path, fromMs, toMs: Date.now(), body });
    }
    return answer;
  };
}

function clientOf(send: Send): HttpClient {
  return {
    sendRequest: async (request) => {
      const { status, headers, body } = await send(request);
      const response: PipelineResponse = {
        request,
        status,
        headers: createHttpHeaders(headers),
        ...(body === '' ? {} : { bodyAsText: body }),
      };
      return response;
    },
  };
}

/** The same for requests to Resource Manager, and nothing else. */
export function crossRequests(client: HttpClient, boundaries: Boundaries): HttpClient {
  return clientOf(crossing(client, boundaries));
}

type Call = (...args: unknown[]) => Promise<unknown>;

/** The boundaries of a run, put between an app and its tables. */
export function crossTables<Tables extends object>(ledger: Tables, boundaries: Boundaries): Tables {
  const tables = Object.entries(ledger).map(([table, calls]) => {
    const wrapped = Object.entries(calls as Record<string, Call>).map(([name, call]) => [
      name,
      (...args: unknown[]) =>
        boundaries.cross(
          { kind: 'ledger', name: `${table}.${name}`, subject: rowIdOf(args[0]), input: args },
          () => call(...args),
          (result) => (typeof result === 'string' ? result : result === null ? 'null' : 'ok'),
        ),
    ]);
    return [table, Object.fromEntries(wrapped)];
  });
  return Object.fromEntries(tables) as Tables;
}

function crossingChains(chains: ChainStore, boundaries: Boundaries): ChainStore {
  const wrapped = Object.entries(chains as Record<string, unknown>).flatMap(([name, call]) =>
    typeof call !== 'function'
      ? []
      : [
          [
            name,
            (...args: unknown[]) =>
              boundaries.cross(
                { kind: 'audit', name, subject: String(args[0]), input: args },
                () => (call as Call)(...args),
                (result) => (typeof result === 'string' && name === 'append' ? result : 'ok'),
              ),
          ],
        ],
  );
  return Object.fromEntries(wrapped) as ChainStore;
}

function rowIdOf(given: unknown): string {
  if (typeof given === 'string') return given;
  if (typeof given === 'object' && given !== null && 'id' in given) return String(given.id);
  return '';
}

function wrapFunctions(functions: CoreRegistry['functions'], boundaries: Boundaries): void {
  const born = boundaries.life();
  for (const [name, { metadata, callback }] of functions) {
    const type = Object.values(metadata.bindings)
      .map((binding) => binding.type)
      .find((one) => /trigger$/i.test(one));
    const kind = kindOf(type ?? '');
    functions.set(name, {
      metadata,
      callback: (...args) => {
        // What a dying host has still handed out reaches a worker that is gone.
        if (born !== boundaries.life()) return never();
        return boundaries.cross(
          { kind, name, subject: kind === 'trigger' ? '' : idIn(args[0]), input: args[0] },
          async () => callback(...args),
        );
      },
    });
  }
}

function kindOf(type: string): 'activity' | 'episode' | 'trigger' {
  if (/^activitytrigger$/i.test(type)) return 'activity';
  return /^orchestrationtrigger$/i.test(type) ? 'episode' : 'trigger';
}

function idIn(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  if ('id' in input) return String(input.id);
  return 'instanceId' in input ? String(input.instanceId) : '';
}

function crossingTransport(deliver: Transport, boundaries: Boundaries): Transport {
  return (request) =>
    boundaries.cross(
      { kind: 'delivery', name: 'event', subject: eventIds(request.body), input: request },
      () => deliver(request),
      ({ status }) => String(status),
    );
}

/** Ids of the events in a body, joined. */
function eventIds(body: string | undefined): string {
  return [...(body ?? '').matchAll(/"id":"([0-9a-f-]{36})"/g)]
    .map(([, id]) => id)
    .slice(0, 3)
    .join(' ');
}

/** The durable client speaks through axios: its calls are crossings as well. Returns the way back. */
export function crossStarts(boundaries: Boundaries): () => void {
  const before = axios.defaults.adapter as AxiosAdapter;
  axios.defaults.adapter = (config) => {
    const url = new URL(config.url ?? '', config.baseURL);
    const parts = url.pathname.split('/').slice(-3);
    return boundaries.cross(
      { kind: 'start', name: parts[1] ?? '', subject: parts[2] ?? '', input: config },
      () => before(config),
      ({ status }) => String(status),
    );
  };
  return () => {
    axios.defaults.adapter = before;
  };
}
