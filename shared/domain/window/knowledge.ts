import type { FaultFacts } from '../fault';
import type { NsgReading, SecurityRule } from '../networkSecurityGroup';

/** What looking at a placement's NSG showed. `startedAt`: when the look was begun, host clock. */
export type Observation =
  | { readonly kind: 'read'; readonly reading: NsgReading }
  /** Resource Manager says 404. Proves nothing: an NSG that was moved takes its rules along. */
  | { readonly kind: 'absent'; readonly startedAt: number }
  | { readonly kind: 'unreadable'; readonly startedAt: number; readonly fault: FaultFacts };

/** Whether the activation behind a window still stands. */
export type Confirmation =
  | { readonly kind: 'standing'; readonly answeredAt: number }
  /** The answer came and does not hold it. Lists are stale at times: once is not enough. */
  | { readonly kind: 'lacking'; readonly answeredAt: number }
  /** It stands, but ends before the deadline that is wished. */
  | { readonly kind: 'shorter'; readonly answeredAt: number }
  /** A delete hint that is not judged yet keeps every PUT back. */
  | { readonly kind: 'withheld' }
  /** No answer: not a confirmation. */
  | { readonly kind: 'unknown'; readonly fault: FaultFacts };

/** Where the rule's name was found by search, while its NSG is missing. */
export type Search =
  | { readonly kind: 'found'; readonly nsgId: string }
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'failed'; readonly fault: FaultFacts };

/** What one run of a step knows about one placement; `null`: not asked yet. */
export type Knowledge = {
  readonly observation: Observation | null;
  readonly confirmation: Confirmation | null;
  readonly search: Search | null;
  /** Policy and signing key are in order. Closing never asks. */
  readonly mayOpen: boolean;
  /** How long opening has to hold back so that closes keep their requests, ms. Closing never asks. */
  readonly budgetPauseMs: number;
  /** While the window is extended: what to PUT for it, signed; `null` where nobody can, or may, sign. */
  readonly extendedRule: SecurityRule | null;
};

export const knowsNothing: Knowledge = {
  observation: null,
  confirmation: null,
  search: null,
  mayOpen: true,
  budgetPauseMs: 0,
  extendedRule: null,
};
