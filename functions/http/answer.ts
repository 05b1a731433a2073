import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { Fault, type FaultFacts } from '../../shared/domain/fault';
import { plainHeaders, type Problem, problem, withRetryAfter } from '../../shared/contract/problem';
import type { World } from '../../shared/ports/world';

/** A JSON answer. */
export function json(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit {
  return { status, headers: { ...plainHeaders, ...headers }, jsonBody: body };
}

/** Wraps a handler: what is out of reach is a problem of its own, not an internal error. */
export function answering(
  { log }: Pick<World, 'log'>,
  handle: (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>,
): HttpHandler {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      const { kind: faultKind, code: azureCode, status } = fault.facts;
      log.warn('http.fault', { faultKind, azureCode, status });
      return unavailable(fault);
    }
  };
}

const againMs = 5_000;

function unavailable({ facts }: Fault): Problem {
  const answer = problem(
    'unavailable',
    `What this needs cannot be reached (${facts.kind}).`,
    'Ask again in a moment, with the same Idempotency-Key; windows close all the same.',
  );
  return withRetryAfter(answer, retryAfter(facts));
}

function retryAfter({ retryAfterMs }: FaultFacts): number {
  return Math.min(retryAfterMs ?? againMs, 60_000);
}

/** There is no such window, or it is none of the caller's: nobody learns which. */
export function notFound(): Problem {
  return problem(
    'notFound',
    'There is no such window, or it is not yours.',
    'GET /api/windows lists those that you may see.',
  );
}
