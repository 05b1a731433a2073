import type {
  Pipeline,
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
} from '@azure/core-rest-pipeline';
import { Fault } from '../domain/fault';
import type { Meter } from './meter';
import { parseHttpDate } from './meter';

/** One answer as it came, before any client made something else of it. */
export type Answer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The answer's own `Date`, else when its request was sent: never later than the truth of the answer. */
  readonly answeredAt: number;
};

type AbortSignalLike = NonNullable<PipelineRequest['abortSignal']>;
type AbortListener = Parameters<AbortSignalLike['addEventListener']>[1];

/**
 * What one call of an adapter sent and got. It travels with the call as its abort signal, the one
 * thing that every generation of clients hands on to all requests of a call untouched: context that
 * follows promises by itself (`AsyncLocalStorage`) makes every promise of the process dearer.
 */
export class Recorder implements AbortSignalLike {
  sent = 0;
  readonly answers: Answer[] = [];
  aborted = false;
  private readonly listeners = new Set<AbortListener>();

  /**
   * `once`: exactly one request may leave, because the SDK follows each PUT and DELETE with a poll
   * of its own, which tells us nothing that a read does not.
   */
  constructor(readonly once: boolean) {}

  addEventListener(_type: 'abort', listener: AbortListener): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    this.listeners.delete(listener);
  }

  /** Ends whatever request of the call is under way. */
  abort(): void {
    this.aborted = true;
    for (const listener of this.listeners) listener.call(this, { type: 'abort' });
  }
}

export const policyName = 'posternRules';
const requestMsMax = 15_000;
const pollForm = /\/(?:operations|operationresults)\//i;

/**
 * The one policy on every Azure client. It refuses any origin but `origin` before a token is added,
 * refuses polls and redirects before they are sent, bounds the time of a request, and records every
 * answer. Throws `Fault` of kind `foreignHost` or `unavailable`.
 */
export function createArmPolicy(origin: string, meter: Meter): PipelinePolicy {
  return {
    name: policyName,
    sendRequest: async (request, next) => {
      const url = requireOrigin(request.url, origin);
      const recorder = request.abortSignal;
      if (!(recorder instanceof Recorder)) throw new Error('A request came without its recorder.');
      if (pollForm.test(url.pathname) || (recorder.once && recorder.sent > 0)) {
        // The SDK is told so; our caller has the recorded answer and ignores what the SDK makes of it.
        throw new Error('Operations are not polled.');
      }
      recorder.sent += 1;
      const sentAt = Date.now();
      const mark = meter.sent(request.method, url.pathname, sentAt);
      const response = await sendInTime(recorder, () => next(request));
      const headers = response.headers.toJSON();
      meter.answered(headers, sentAt, Date.now(), mark);
      recorder.answers.push({
        status: response.status,
        headers,
        body: response.bodyAsText ?? '',
        answeredAt: parseHttpDate(headers['date']) ?? sentAt,
      });
      refuseRedirect(response.status, headers['location'], origin);
      return response;
    },
  };
}

/** What would act behind the rules' back: retries, redirects, tracing and the log of requests. */
const unwanted = ['redirectPolicy', 'defaultRetryPolicy', 'tracingPolicy', 'logPolicy'];
/** Forms are never sent, and the recorder is known by its identity, which a wrapper would hide. */
const useless = ['formDataPolicy', 'multipartPolicy', 'wrapAbortSignalLikePolicy'];
/** Parses each body, which is then parsed again by whoever reads the recorded answer. */
const deserializer = 'deserializationPolicy';

/**
 * Puts the rules into a client's pipeline, and the token behind them: the generated clients add it
 * before everything else. `hasPages`: the client has to read answers itself, to find next pages.
 */
export function applyArmPolicy(
  pipeline: Pipeline,
  { rules, addToken }: { readonly rules: PipelinePolicy; readonly addToken: PipelinePolicy },
  hasPages: boolean,
): void {
  const removed = [...unwanted, ...useless, ...(hasPages ? [] : [deserializer]), addToken.name];
  for (const name of removed) pipeline.removePolicy({ name });
  pipeline.addPolicy(rules, { afterPhase: 'Retry' });
  pipeline.addPolicy(addToken, { phase: 'Sign' });
}

function requireOrigin(text: string, origin: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.origin !== origin || url.username !== '' || url.password !== '') {
    throw foreignHost('a request');
  }
  return url;
}

function refuseRedirect(status: number, location: string | undefined, origin: string): void {
  if (status < 300 || status > 399) return;
  const target = URL.canParse(location ?? '', origin) ? new URL(location ?? '', origin) : null;
  if (target !== null && target.origin !== origin) throw foreignHost('a redirect');
  const facts = { kind: 'unavailable', code: 'Redirect', status, retryAfterMs: null } as const;
  throw new Fault(facts, 'following a redirect');
}

function foreignHost(what: string): Fault {
  const facts = {
    kind: 'foreignHost',
    code: 'ForeignHost',
    status: 0,
    retryAfterMs: null,
  } as const;
  return new Fault(facts, `sending ${what} to another host than Resource Manager`);
}

/** The SDK's own time-out binds only its own HTTP client, so the race is run here. */
function sendInTime(
  recorder: Recorder,
  send: () => Promise<PipelineResponse>,
): Promise<PipelineResponse> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const facts = {
        kind: 'unavailable',
        code: 'ETIMEDOUT',
        status: 0,
        retryAfterMs: null,
      } as const;
      reject(new Fault(facts, 'waiting for an answer'));
      recorder.abort();
    }, requestMsMax);
    send().then(
      (response) => {
        clearTimeout(timer);
        resolve(response);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
