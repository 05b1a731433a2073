import type { RefusalCode } from '../domain/refusal';

/** What else an HTTP door answers when it does not do as asked. */
export type ProblemCode = RefusalCode | 'notFound' | 'badQuery' | 'ledgerUnavailable' | 'noRdpFile';

/** The one table from code to HTTP status. `satisfies` makes a forgotten code a compile error. */
export const statusOf = {
  notFound: 404,
  badQuery: 400,
  ledgerUnavailable: 503,
  noRdpFile: 409,

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
  };
};

/** Builds a problem: `title` says what, `detail` what to do next. */
export function problem(code: ProblemCode, title: string, detail: string): Problem {
  const status = statusOf[code];
  return {
    status,
    headers: { ...plainHeaders, 'content-type': 'application/problem+json; charset=utf-8' },
    jsonBody: { title, status, code, detail },
  };
}

/** Headers of every answer: names and addresses of people are in it, so nobody keeps a copy. */
export const plainHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;
