/** What went wrong outside, in the classes that decide what is done about it. */
export type FaultKind =
  /** Too many requests: 429, or a quota that is used up. Try again at `retryAfterMs`. */
  | 'throttled'
  /** Another operation runs on the same resource. Try again soon. */
  | 'busy'
  /** The answer may or may not have been preceded by the effect: time-out, reset, 5xx. Read, then decide. */
  | 'unavailable'
  /** 401: the token was not taken. The next one may be; nothing was begun. */
  | 'unauthenticated'
  /** 403: a role is missing, or a policy of Azure denies it. */
  | 'denied'
  /** A management lock forbids it. */
  | 'locked'
  /** 404 for something that was asked for by name. */
  | 'missing'
  /** Priority or name is taken: plan again. */
  | 'conflict'
  /** ETag mismatch: read again, decide again. */
  | 'changed'
  /** Azure refused the content as such; repeating it cannot help. */
  | 'invalid'
  /** The tenant has no licence for PIM. */
  | 'licence'
  /** A link or header pointed to a host that is not the configured Resource Manager. */
  | 'foreignHost';

/** Plain facts of a fault, fit for rows, logs and histories. No prose of other systems in it. */
export type FaultFacts = {
  readonly kind: FaultKind;
  /** Azure's error code, or Node's (`ECONNRESET`); at most 80 characters. */
  readonly code: string;
  /** HTTP status, 0 where no answer came. */
  readonly status: number;
  /** How long the other side asked us to wait, if it said so in a form that makes sense. */
  readonly retryAfterMs: number | null;
};

/** Thrown by adapters. Everything that decides on it looks at `facts`, never at the message. */
export class Fault extends Error {
  readonly facts: FaultFacts;

  constructor(facts: FaultFacts, doing: string) {
    super(`${doing}: ${facts.kind} (${facts.status} ${facts.code})`);
    this.name = 'Fault';
    this.facts = facts;
  }
}

/**
 * The facts of whatever was thrown. Only adapters throw faults; anything else is a bug, which must
 * not keep the other rules of a window from being closed: it counts as an answer that never came.
 */
export function factsOf(error: unknown): FaultFacts {
  if (error instanceof Fault) return error.facts;
  const code = error instanceof Error ? error.name : typeof error;
  return {
    kind: 'unavailable',
    code: `unexpected ${code}`.slice(0, 80),
    status: 0,
    retryAfterMs: null,
  };
}
