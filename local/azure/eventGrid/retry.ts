import type { Destination } from './types';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Event Grid stops waiting for an answer after this. */
export const ANSWER_TIMEOUT_MS = 30 * SECOND;

const SCHEDULE_MS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
];

/** What follows an answer: nothing more, another attempt, or giving up. */
export type Verdict =
  | { kind: 'done' }
  | { kind: 'retry'; leastMs: number }
  | { kind: 'giveUp'; reason: string };

/**
 * Judges one answer, after the tables of
 * https://learn.microsoft.com/azure/event-grid/delivery-and-retry. `undefined` = no answer in time
 * or no connection. 401 and 404 end a delivery to a webhook but not to an Azure resource.
 */
export function judge(status: number | undefined, kind: Destination['kind']): Verdict {
  if (status !== undefined && status >= 200 && status <= 204) return { kind: 'done' };
  const isResource = kind !== 'webhook';
  switch (status) {
    case 400:
    case 403:
    case 413:
      return { kind: 'giveUp', reason: outcomeName(status) };
    case 401:
    case 404:
      return isResource
        ? { kind: 'retry', leastMs: 5 * MINUTE }
        : { kind: 'giveUp', reason: outcomeName(status) };
    case 408:
      return { kind: 'retry', leastMs: 2 * MINUTE };
    case 503:
      return { kind: 'retry', leastMs: 30 * SECOND };
    case undefined:
    default:
      return { kind: 'retry', leastMs: 10 * SECOND };
  }
}

/** How long to wait after the attempt of this number (from 1) failed. */
export function retryDelayMs(attempt: number, leastMs: number): number {
  const planned = SCHEDULE_MS[Math.min(attempt, SCHEDULE_MS.length) - 1] ?? 12 * HOUR;
  return Math.max(planned, leastMs);
}

/** `lastDeliveryOutcome` of a dead letter. */
export function outcomeName(status: number | undefined): string {
  const names: Record<number, string> = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    408: 'TimedOut',
    413: 'PayloadTooLarge',
    503: 'Busy',
  };
  if (status === undefined) return 'TimedOut';
  return names[status] ?? (status >= 500 ? 'InternalServerError' : 'GenericError');
}
