/** What one look of intake came to. */
export type Verdict =
  /** Look again. `lacks` is what the hint row keeps: answers in a row that lacked the activation. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly lacks: number }
  /** It is not its turn, or requests are short: nothing was asked, so nothing is counted. */
  | { readonly kind: 'queued'; readonly afterMs: number }
  | { readonly kind: 'end'; readonly outcome: IntakeOutcome; readonly windowId: string | null };

/** How an intake ends. Each is logged; none is silent. */
export type IntakeOutcome =
  | 'granted'
  | 'refused'
  /** The activation has its window, or had it: a closed row counts as having had it. */
  | 'sameWindow'
  | 'refusedBefore'
  /** The assignment is not there (any more). */
  | 'noAssignment'
  | 'roleNotAllowed'
  | 'notAUser'
  /** A plain assignment, or one that PIM calls `Assigned`. */
  | 'notAnActivation'
  | 'activationOver'
  | 'startsLater'
  /** A confirmed delete hint is newer than the activation. */
  | 'endedAlready'
  /** Assigned at the tenant's root, which no policy can mean. */
  | 'scopeNotAllowed'
  | 'openingsDisabled'
  | 'licenceMissing'
  /** A delete hint, confirmed: the windows close. */
  | 'ended'
  /** A delete hint that PIM contradicted for two minutes: nothing closes. */
  | 'unfounded'
  /** It began before the ledger did: reported, and nothing more. */
  | 'beforeLedger'
  /** Not judged within a day, whatever we tried. */
  | 'givenUp'
  /** No hint row: the door failed between its two writes, and the event comes again. */
  | 'noHint';

/** Ends intake with an outcome. */
export function end(outcome: IntakeOutcome, windowId: string | null = null): Verdict {
  return { kind: 'end', outcome, windowId };
}

/** Looks again after some time; `lacks` is the count of answers in a row that lacked something. */
export function again(afterMs: number, lacks = 0): Verdict {
  return { kind: 'again', afterMs, lacks };
}
