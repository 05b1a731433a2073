import type { CallerRefusal } from '../domain/caller/caller';
import type { RefusalView } from './windowView';
import type { Refusal, RefusalCode } from '../domain/refusal';

/** What else an HTTP door answers when it does not do as asked. */
export type ProblemCode =
  | RefusalCode
  | CallerRefusal
  | 'apiDisabled'
  | 'notFound'
  | 'badQuery'
  | 'badBody'
  | 'bodyTooLarge'
  | 'idempotencyKeyMissing'
  | 'idempotencyKeyReused'
  | 'tooManyRequests'
  | 'requestsReserved'
  | 'clocksDisagree'
  | 'nothingToClose'
  | 'notAnAuditor'
  | 'auditTooLarge'
  | 'noRdpFile'
  | 'remediationNotOffered'
  | 'remediationDisabled'
  | 'notAnOperator'
  | 'notAReader'
  | 'runOver'
  | 'reportTooLarge'
  | 'unavailable';

/** The one table from code to HTTP status. `satisfies` makes a forgotten code a compile error. */
export const statusOf = {
  notFound: 404,
  badQuery: 400,
  unavailable: 503,
  nothingToClose: 404,
  notAnAuditor: 403,
  auditTooLarge: 422,
  noRdpFile: 409,
  remediationNotOffered: 503,
  remediationDisabled: 503,
  notAnOperator: 403,
  notAReader: 403,
  runOver: 409,
  reportTooLarge: 422,
  apiDisabled: 503,
  tokenMissing: 401,
  tokenInvalid: 401,
  tokenExpired: 401,
  notAPerson: 403,
  guest: 403,
  badBody: 400,
  bodyTooLarge: 413,
  idempotencyKeyMissing: 400,
  idempotencyKeyReused: 422,
  tooManyRequests: 429,
  requestsReserved: 503,
  clocksDisagree: 503,

  noActiveRole: 403,
  vmNotCovered: 403,
  vmAmbiguous: 422,
  severalActivations: 422,
  portNotAllowed: 403,
  sourceNotAllowed: 403,
  noClaim: 403,
  groupsOverage: 403,
  reasonTooShort: 422,

  approvalNeeded: 403,
  requestsWaiting: 429,
  approvalExpired: 409,
  approvalDenied: 409,
  approvalOwn: 403,
  notAnApprover: 403,
  approvalNotAwaited: 409,
  approvalAnswered: 409,
  approvalStale: 409,
  voucherInvalid: 409,

  roleNotAllowed: 403,
  scopeNotAllowed: 403,
  personNotAllowed: 403,
  denied: 403,
  notAUser: 403,
  noEnd: 422,
  tooShort: 422,
  openingsDisabled: 503,
  sweeperSilent: 503,
  keyUnknownToSweeper: 503,
  noAddress: 422,
  addressNotInRange: 403,
  addressFamily: 422,
  addressAmbiguous: 422,
  tooBroad: 422,
  noTargets: 422,
  windowsPerPerson: 429,
  windowsInAll: 429,
  closesFull: 429,
  tooManyPlacements: 422,
  vmNotOptedIn: 403,
  vmsNotOptedInMore: 403,
  noNic: 422,
  noNsg: 422,
  notRunning: 409,
  vanished: 409,
  locked: 409,
  shadowed: 409,
  bandFull: 409,
  ruleCountLimit: 409,
  tooLate: 409,
  bastionSubnet: 409,
  tooManySlots: 422,
  readDenied: 502,
  unreadable: 503,
  putDenied: 502,
  putInvalid: 502,
  planFailed: 409,

  extendNotOpen: 409,
  extendClosing: 409,
  extendNotLater: 422,
  extendTooLate: 409,
  extendPastActivation: 422,
  extendNotActive: 409,
  extendPastApproval: 403,
  extendPastPolicy: 403,
} as const satisfies Record<ProblemCode, number>;

/** An error as RFC 9457 has it: `application/problem+json`. */
export type Problem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly jsonBody: {
    readonly title: string;
    readonly status: number;
    readonly code: ProblemCode;
    readonly detail: string;
  } & ProblemMore;
};

/** What some problems say besides. */
export type ProblemMore = {
  /** What is wrong in the body, and where. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  /** Each VM that was refused, with the rule and the next step. */
  readonly refusals?: readonly RefusalView[];
};

/** Builds a problem: `title` says what, `detail` what to do next. */
export function problem(
  code: ProblemCode,
  title: string,
  detail: string,
  more: ProblemMore = {},
): Problem {
  const status = statusOf[code];
  return {
    status,
    headers: { ...plainHeaders, 'content-type': 'application/problem+json; charset=utf-8' },
    jsonBody: { title, status, code, detail, ...more },
  };
}

/** A refusal as a problem: the rule that refused, and the next step. */
export function refusalProblem({ code, rule, next }: Refusal, more: ProblemMore = {}): Problem {
  return problem(code, rule, next, more);
}

/** Asks to come again after some time, which may be shorter than the least that HTTP can say. */
export function withRetryAfter(answer: Problem, afterMs: number): Problem {
  const seconds = String(Math.max(1, Math.ceil(afterMs / 1_000)));
  return { ...answer, headers: { ...answer.headers, 'retry-after': seconds } };
}

/** Headers of every answer: names and addresses of people are in it, so nobody keeps a copy. */
export const plainHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;
