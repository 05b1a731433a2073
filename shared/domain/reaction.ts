import type { FaultFacts, FaultKind } from './fault';

/**
 * What a call was made for. `close`: a rule or a window has to go, the reads that prove it included.
 * `open`: a plan, a PUT or its proof. `read`: intake and discovery, which ask whether there is
 * anything to do at all.
 */
export type Purpose = 'close' | 'open' | 'read';

/** What is done about a fault. */
export type Reaction = {
  /**
   * `now`: repeat it at once. `later`: repeat it after the pause. `reread`: nobody knows what the
   * truth is now, so look first. `refuse`: repeating cannot help. A close is never refused.
   */
  readonly do: 'now' | 'later' | 'reread' | 'refuse';
  /** How long to pause first; 0 with `now` and `refuse`. Never more than an hour. */
  readonly afterMs: number;
  /** A person must hear of it: it does not pass by itself. */
  readonly alarm: boolean;
};

type Rule = readonly [Reaction['do'], 'alarm'?];

const rules: Readonly<Record<Purpose, Readonly<Record<FaultKind, Rule>>>> = {
  close: {
    throttled: ['later'],
    busy: ['later'],
    unavailable: ['reread'],
    unauthenticated: ['later', 'alarm'],
    denied: ['later', 'alarm'],
    locked: ['later', 'alarm'],
    missing: ['reread'],
    conflict: ['later'],
    changed: ['reread'],
    invalid: ['later', 'alarm'],
    licence: ['later', 'alarm'],
    foreignHost: ['later', 'alarm'],
  },
  open: {
    throttled: ['later'],
    busy: ['later'],
    unavailable: ['reread'],
    unauthenticated: ['later'],
    denied: ['refuse'],
    locked: ['refuse'],
    missing: ['refuse'],
    conflict: ['now'],
    changed: ['reread'],
    invalid: ['refuse'],
    licence: ['refuse'],
    foreignHost: ['later', 'alarm'],
  },
  read: {
    throttled: ['later'],
    busy: ['later'],
    unavailable: ['later'],
    // A right or a token may be given later: what cannot be asked now is asked again.
    unauthenticated: ['later', 'alarm'],
    denied: ['later', 'alarm'],
    locked: ['later'],
    missing: ['later'],
    conflict: ['later'],
    changed: ['later'],
    invalid: ['later', 'alarm'],
    licence: ['refuse', 'alarm'],
    foreignHost: ['later', 'alarm'],
  },
};

/**
 * The one place that says what a fault leads to. `attempt` counts faults in a row, from 1. Total:
 * every fault, purpose and attempt has an answer, and it never throws.
 */
export function reactionTo(fault: FaultFacts, purpose: Purpose, attempt: number): Reaction {
  const [what, alarm] = rules[purpose][fault.kind];
  const atOnce = what === 'now' || what === 'refuse';
  return {
    do: what,
    afterMs: atOnce ? 0 : pauseAfter(fault, purpose, attempt),
    alarm: alarm !== undefined && !isGlitch(fault, attempt),
  };
}

/** One token that is not taken may be a matter of seconds; the next attempt comes with another. */
function isGlitch({ kind }: FaultFacts, attempt: number): boolean {
  return kind === 'unauthenticated' && !(attempt > 1);
}

/** A DELETE was forbidden where a PUT may be allowed: then the rule is at least turned into a Deny. */
export function canBeDisarmed({ kind }: FaultFacts): boolean {
  return kind === 'locked' || kind === 'denied';
}

const pauseFirstMs = 2_000;
const askedMinMs = 1_000;
/** Longest pause between two attempts to close, whatever anybody asks for. */
const closePauseMaxMs = 30_000;
/** The same for the first attempts: an outage of half a minute must not outlast the guard. */
const firstPausesMaxMs = 10_000;
const firstPauses = 12;
const readPauseMaxMs = 120_000;
/** What a busy Resource Manager may ask of whatever can wait: then the engine's timer waits. */
const throttledMaxMs = 3_600_000;
/** The same where the effect may have come true: it is looked for sooner. */
const doubtMaxMs = 60_000;

/**
 * How long to pause after the `attempt`-th fault in a row: what the other side asked for where that
 * makes sense, else ever longer. A close waits 30 s at most: an early repeat costs nothing but a
 * new refusal (learn.microsoft.com, "Understand how Azure Resource Manager throttles requests").
 */
export function pauseAfter(fault: FaultFacts, purpose: Purpose, attempt: number): number {
  const asked = fault.retryAfterMs;
  if (asked !== null && Number.isFinite(asked) && asked > 0) {
    return Math.min(askedMaxMs(fault, purpose), Math.max(askedMinMs, Math.ceil(asked)));
  }
  const doublings = Math.min(
    Math.max(Number.isFinite(attempt) ? Math.floor(attempt) - 1 : 0, 0),
    10,
  );
  return Math.min(ownMaxMs(purpose, attempt), pauseFirstMs * 2 ** doublings);
}

function askedMaxMs({ kind }: FaultFacts, purpose: Purpose): number {
  if (purpose === 'close') return closePauseMaxMs;
  return kind === 'throttled' || kind === 'busy' || purpose === 'read'
    ? throttledMaxMs
    : doubtMaxMs;
}

function ownMaxMs(purpose: Purpose, attempt: number): number {
  if (purpose === 'read') return readPauseMaxMs;
  return attempt > firstPauses ? closePauseMaxMs : firstPausesMaxMs;
}
