import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import { Fault } from '../../shared/domain/fault';
import { plainHeaders, problem } from '../../shared/contract/problem';
import type { World } from '../../shared/ports/world';

/** A JSON answer. */
export function json(body: unknown, status = 200): HttpResponseInit {
  return { status, headers: plainHeaders, jsonBody: body };
}

/** Wraps a handler: a ledger out of reach is a problem of its own, not an internal error. */
export function answering(
  { log }: Pick<World, 'log'>,
  handle: (request: HttpRequest) => Promise<HttpResponseInit>,
): HttpHandler {
  return async (request) => {
    try {
      return await handle(request);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      const { kind: faultKind, code: azureCode, status } = fault.facts;
      log.warn('http.fault', { faultKind, azureCode, status });
      return problem(
        'ledgerUnavailable',
        'The ledger cannot be reached.',
        'Ask again in a moment; windows close all the same.',
      );
    }
  };
}
