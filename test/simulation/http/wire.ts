import { findRoute, rpcRequest } from '../../../local/functions/host/http';
import { forwarded } from '../../../local/functions/host/forwardedFor';
import type { FunctionsHost } from '../../../local/functions/index';
import { undocumented } from '../../support/documented';
import type { Simulation } from '../../support/simulatedAzure';
import type { Boundaries } from '../boundaries';
import type { Call, CallAnswer } from './call';

/** A call on its way: whoever stands there may change it. */
export type Envelope = {
  readonly call: Call;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** It reaches the functions without the platform's sign-in, and with all that its headers say. */
  isPastPlatform: boolean;
};

/** Nobody listens where the call goes, or the connection ends before the answer. */
class Unreached extends Error {}

/** The way between callers and the host. */
export type Wire = {
  /** Answers what the caller gets; `null`: nothing, whatever has happened. */
  send(envelope: Envelope): Promise<CallAnswer | null>;
};

type Parts = {
  readonly boundaries: Boundaries;
  readonly simulation: () => Simulation;
  /** A call has reached a host. */
  readonly arrived: (call: Call) => void;
  readonly answered: (call: Call) => void;
};

const origin = 'http://simulated-host.invalid';

export function createWire({ boundaries, simulation, arrived, answered }: Parts): Wire {
  const effect = async (envelope: Envelope): Promise<CallAnswer> => {
    if (!simulation().isRunning()) throw new Unreached('Connection refused.');
    // Sent twice on its way it is two calls of one caller.
    const call = { ...envelope.call, arrivedMs: Date.now() };
    const born = boundaries.life();
    arrived(call);
    try {
      const { status, headers, body } = await handOver(simulation().host(), envelope);
      call.answer = read(call, status, headers['content-type'] ?? '', body);
      return call.answer;
    } catch (error) {
      throw new Unreached('Connection reset.', { cause: error });
    } finally {
      call.isOrphaned = born !== boundaries.life();
      answered(call);
    }
  };
  return {
    send: async (envelope) => {
      const { door, windowId, callerId } = envelope.call;
      const subject = `${windowId} ${callerId}`;
      const place = { kind: 'call', name: door, subject, input: envelope } as const;
      try {
        return await boundaries.cross(
          place,
          () => effect(envelope),
          ({ status }) => `${status}`,
        );
      } catch (error) {
        if (!(error instanceof Unreached)) throw error;
        return null;
      }
    },
  };
}

/** What a strike on the way throws: the caller hears nothing more. */
export function lost(): Error {
  return new Unreached('Connection reset.');
}

function handOver(host: FunctionsHost, envelope: Envelope): ReturnType<FunctionsHost['http']> {
  const { method, url, headers, call, isPastPlatform } = envelope;
  const peer = { address: call.address, port: 40_000 };
  const body = call.body === null ? {} : { body: JSON.stringify(call.body) };
  const request = { method, url: `${origin}${url}`, headers, peer, ...body };
  if (!isPastPlatform) return host.http(request);
  const { pathname } = new URL(request.url);
  const route = findRoute(host.registry, method, pathname.slice('/api'.length));
  if (route === undefined) throw new Error(`There is no function at ${pathname}.`);
  const seen = { ...request, headers: forwarded(headers, peer) ?? {} };
  const rpc = rpcRequest(seen, new URL(request.url), route.params);
  return host.invokeHttp(route.functionName, rpc);
}

function read({ door }: Call, status: number, contentType: string, bytes: Uint8Array): CallAnswer {
  const text = Buffer.from(bytes).toString('utf8');
  const isJson = /^application\/(?:problem\+)?json/.test(contentType);
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  // What the platform says in the app's stead is not the app's to describe.
  const isPlatforms = status === 500 || (status === 401 && !isJson);
  const strange = isPlatforms ? [] : undocumented(door, status, contentType, body);
  return { atMs: Date.now(), status, contentType, body, strange };
}
