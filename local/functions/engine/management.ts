import { managementUrls, type HostAddress } from './clientUrls';
import type { Accepted, Refusal } from './commands';
import type { Engine } from './engine';
import type { Instance } from './instance';
import { statusOf, type StatusOptions } from './statusView';

export type ApiRequest = {
  method: string;
  /** Path below `/durabletask` or `/runtime/webhooks/durabletask`, still encoded. */
  path: string;
  query: URLSearchParams;
  body: string;
  /** The request's own URL, repeated in `location` of a status. */
  url: string;
  continuationToken?: string | undefined;
};

export type ApiAnswer = { status: number; headers: Record<string, string>; body: string };

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

function answer(status: number, value?: unknown, headers: Record<string, string> = {}): ApiAnswer {
  if (value === undefined) return { status, headers, body: '' };
  return { status, headers: { ...headers, ...jsonType }, body: JSON.stringify(value) };
}

/**
 * The management API of the Durable extension (`HttpApiHandler.cs`), as a pure function of the
 * engine: the durable client's calls and the public webhooks are the same requests.
 */
export function durableApi(engine: Engine, address: HostAddress, request: ApiRequest): ApiAnswer {
  let parts: string[];
  try {
    parts = request.path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return answer(400, { Message: 'The path is not valid.' });
  }
  const [area, first, second, third, ...rest] = parts;
  if (rest.length > 0) return answer(404);
  if (area === 'orchestrators' && first !== undefined && third === undefined) {
    return request.method === 'POST' ? start(engine, address, request, first, second) : answer(404);
  }
  if (area === 'entities') {
    return answer(501, { Message: 'Entities are not supported by the local host.' });
  }
  if (area !== 'instances') return answer(404);
  if (first === undefined) return many(engine, request);
  const instance = engine.instances.get(first);
  if (instance === undefined) return answer(404);
  if (second === undefined) return one(engine, request, instance);
  if (request.method !== 'POST') return answer(404);
  return act(engine, address, request, instance, second, third);
}

function parsedBody(body: string): { ok: true; text: string | null } | { ok: false } {
  if (body.trim() === '') return { ok: true, text: null };
  try {
    return { ok: true, text: JSON.stringify(JSON.parse(body)) };
  } catch {
    return { ok: false };
  }
}

const badBody = { Message: 'The request body is not valid JSON.' };

function start(
  engine: Engine,
  address: HostAddress,
  request: ApiRequest,
  name: string,
  instanceId: string | undefined,
): ApiAnswer {
  const input = parsedBody(request.body);
  if (!input.ok) return answer(400, badBody);
  const version = request.query.get('version');
  const started = engine.commands.start({
    name,
    version,
    input: input.text,
    ...(instanceId === undefined ? {} : { instanceId }),
  });
  return created(address, started);
}

function created(address: HostAddress, started: Accepted | Refusal): ApiAnswer {
  if (!started.ok) {
    return answer(409, {
      Message: `An Orchestration instance with the status ${started.status} already exists.`,
    });
  }
  const urls = managementUrls(address, started.instanceId);
  // The webhook's answer leaves the rewind address out; only the client's own payload has it.
  delete urls['rewindPostUri'];
  const location = urls['statusQueryGetUri'] ?? '';
  return answer(202, urls, { location, 'retry-after': '10' });
}

function flags(query: URLSearchParams): StatusOptions {
  return {
    showInput: query.get('showInput')?.toLowerCase() !== 'false',
    showHistory: query.get('showHistory')?.toLowerCase() === 'true',
    showHistoryOutput: query.get('showHistoryOutput')?.toLowerCase() === 'true',
  };
}

function one(engine: Engine, request: ApiRequest, instance: Instance): ApiAnswer {
  if (request.method === 'DELETE') {
    const purged = engine.commands.purge(instance.id);
    if (purged.ok) return answer(200, { instancesDeleted: 1 });
    return answer(
      412,
      'Only orchestrations in a terminal state can be purged, but the orchestration with ' +
        `instance ID ${instance.id} has status ${purged.status}`,
    );
  }
  if (request.method !== 'GET') return answer(404);
  const status = statusOf(instance, flags(request.query));
  if (instance.isOver) return answer(200, status);
  return answer(202, status, { location: request.url, 'retry-after': '5' });
}

function matching(engine: Engine, query: URLSearchParams): Instance[] {
  const statuses = (query.get('runtimeStatus') ?? '').split(',').filter(Boolean);
  const fromMs = Date.parse(query.get('createdTimeFrom') ?? '');
  const toMs = Date.parse(query.get('createdTimeTo') ?? '');
  const prefix = query.get('instanceIdPrefix') ?? '';
  return [...engine.instances.values()]
    .filter(({ id, head }) => {
      if (!id.startsWith(prefix)) return false;
      if (statuses.length > 0 && !statuses.includes(head.runtimeStatus)) return false;
      if (!Number.isNaN(fromMs) && head.createdAt < fromMs) return false;
      return Number.isNaN(toMs) || head.createdAt <= toMs;
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A list (paged by `top` and a continuation token), or the purge of many. */
function many(engine: Engine, request: ApiRequest): ApiAnswer {
  const found = matching(engine, request.query);
  if (request.method === 'DELETE') {
    const over = found.filter((instance) => instance.isOver);
    for (const instance of over) engine.commands.purge(instance.id);
    return over.length === 0 ? answer(404) : answer(200, { instancesDeleted: over.length });
  }
  if (request.method !== 'GET') return answer(404);
  const token = request.continuationToken ?? '';
  const after = Buffer.from(token, 'base64').toString('utf8');
  const left = token === '' ? found : found.filter(({ id }) => id > after);
  const top = Number(request.query.get('top') ?? 100) || 100;
  const page = left.slice(0, top);
  const last = page.at(-1);
  const hasMore = left.length > page.length && last !== undefined;
  const headers: Record<string, string> = hasMore
    ? { 'x-ms-continuation-token': Buffer.from(last.id, 'utf8').toString('base64') }
    : {};
  // Lists show the input even with showInput=false, as measured.
  const options = { showInput: true, showHistory: false, showHistoryOutput: false };
  return answer(
    200,
    page.map((instance) => statusOf(instance, options)),
    headers,
  );
}

function act(
  engine: Engine,
  address: HostAddress,
  request: ApiRequest,
  instance: Instance,
  verb: string,
  eventName: string | undefined,
): ApiAnswer {
  const { commands } = engine;
  const reason = request.query.get('reason');
  switch (verb.toLowerCase()) {
    case 'raiseevent': {
      const input = parsedBody(request.body);
      if (eventName === undefined) return answer(404);
      if (!input.ok) return answer(400, badBody);
      return accepted(commands.raiseEvent(instance.id, eventName, input.text ?? 'null'));
    }
    case 'terminate':
      return accepted(commands.terminate(instance.id, reason));
    case 'suspend':
    case 'resume':
      return pause(engine, instance, verb.toLowerCase(), reason);
    case 'rewind': {
      const { runtimeStatus } = instance.head;
      if (commands.rewind(instance.id, reason).ok) return answer(202);
      return answer(
        412,
        `This orchestration has status ${runtimeStatus}, but only orchestrations in the ` +
          '"Failed" state can be rewound.',
      );
    }
    case 'restart': {
      const withNewId = request.query.get('restartWithNewInstanceId')?.toLowerCase() !== 'false';
      return created(address, commands.restart(instance.id, withNewId));
    }
    default:
      return answer(404);
  }
}

/** Suspending a suspended instance, or resuming one that is not, is an internal error there. */
function pause(engine: Engine, instance: Instance, verb: string, reason: string | null): ApiAnswer {
  const { runtimeStatus } = instance.head;
  const isWrong =
    verb === 'suspend' ? runtimeStatus === 'Suspended' : runtimeStatus !== 'Suspended';
  if (isWrong && !instance.isOver) {
    return answer(500, {
      Message: 'Something went wrong while processing your request',
      ExceptionMessage:
        `Cannot ${verb} the orchestration instance ${instance.id} because instance is in the ` +
        `${runtimeStatus} state.`,
      ExceptionType: 'System.InvalidOperationException',
      StackTrace: `   at Microsoft.Azure.WebJobs.Extensions.DurableTask.DurableClient.${verb}Async`,
    });
  }
  const { commands } = engine;
  return accepted(
    verb === 'suspend'
      ? commands.suspend(instance.id, reason)
      : commands.resume(instance.id, reason),
  );
}

function accepted(result: Accepted | Refusal): ApiAnswer {
  if (result.ok) return answer(202);
  return answer(result.status === 'NotFound' ? 404 : 410);
}
