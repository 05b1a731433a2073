import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  Pipeline,
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
  SendRequest,
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

/**
 * What one call of an adapter sent and got. `once`: exactly one request may leave, because the SDK
 * follows each PUT and DELETE with a poll of its own, which tells us nothing that a read does not.
 */
export type Recorder = { readonly once: boolean; sent: number; readonly answers: Answer[] };

const recorders = new AsyncLocalStorage<Recorder>();

/** Runs one call of an SDK client so that the policy below can see whose requests these are. */
export function record<Value>(recorder: Recorder, call: () => Promise<Value>): Promise<Value> {
  return recorders.run(recorder, call);
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
      const recorder = recorders.getStore();
      if (recorder === undefined) throw new Error('A request was made outside of `record`.');
      if (pollForm.test(url.pathname) || (recorder.once && recorder.sent > 0)) {
        // The SDK is told so; our caller has the recorded answer and ignores what the SDK makes of it.
        throw new Error('Operations are not polled.');
      }
      recorder.sent += 1;
      const sentAt = Date.now();
      const response = await sendInTime(request, next);
      const headers = response.headers.toJSON();
      meter.answered(headers, sentAt, Date.now());
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

/**
 * Puts the rules into a client's pipeline, and the token behind them: the generated clients add it
 * before everything else. What would act behind the rules' back is taken out: retries, redirects,
 * tracing and the log of requests.
 */
export function applyArmPolicy(
  pipeline: Pipeline,
  rules: PipelinePolicy,
  addToken: PipelinePolicy,
): void {
  const unwanted = ['redirectPolicy', 'defaultRetryPolicy', 'tracingPolicy', 'logPolicy'];
  for (const name of [...unwanted, addToken.name]) pipeline.removePolicy({ name });
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
async function sendInTime(request: PipelineRequest, next: SendRequest): Promise<PipelineResponse> {
  const abort = new AbortController();
  request.abortSignal = abort.signal;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const facts = {
        kind: 'unavailable',
        code: 'ETIMEDOUT',
        status: 0,
        retryAfterMs: null,
      } as const;
      reject(new Fault(facts, 'waiting for an answer'));
      abort.abort();
    }, requestMsMax);
  });
  try {
    return await Promise.race([next(request), late]);
  } finally {
    clearTimeout(timer);
  }
}
