import type { CandidateOutbound } from './candidate';
import type { ReasonCode } from './reasons';
import type { PlannedWrite } from './verdict';

/** What a VM came to in one run; each has exactly one. */
export type Outcome = 'ready' | 'fixed' | 'wouldFix' | 'skipped' | 'failed' | 'quarantined';

/** One VM in a run. Plain data inside a batch's row. Times are epoch ms by the host's clock. */
export type Entry = {
  readonly vmId: string;
  readonly vmGuid: string;
  readonly location: string;
  /** What the index said, and a read of the VM does not. */
  readonly outbound: CandidateOutbound;
  readonly duplicateName: boolean;
  readonly stage: Stage;
  /** When it is looked at next; 0: as soon as there is room. */
  readonly nextAt: number;
  /** Its facts at the last look, `fingerprintOf`: what a quarantine is compared by. */
  readonly fingerprint: string;
  /** Writes that are still to be made, as the last look at the VM had it. */
  readonly plan: readonly PlannedWrite[];
  /** Writes that were sent, in their order. */
  readonly sent: readonly SentWrite[];
  /**
   * The failed install that the writes of `plan` are to mend: when it failed, as its handler tells,
   * `unknown` where it does not; `''`: nothing had failed.
   */
  readonly mends: string;
  /** Looks that came to nothing, in a row; pauses grow with it. */
  readonly attempts: number;
  /** What judging could not know; told beside the outcome. */
  readonly notes: readonly ReasonCode[];
  /** Set when it is at its end. */
  readonly end: EntryEnd | null;
};

/**
 * `waiting`: to be read, judged and written. `announced`: a write is about to leave; after a crash
 * nobody knows whether it did. `identitySent`: the extension follows. `extensionSent`: it installs.
 * `ended`: see `end`.
 */
export type Stage = 'waiting' | 'announced' | 'identitySent' | 'extensionSent' | 'ended';

export type SentWrite = {
  readonly what: PlannedWrite['what'];
  /** When it was announced: it left after this, and not later than 20 s after it. */
  readonly at: number;
  /** `null`: no answer came, or none that says what became of it. */
  readonly status: number | null;
  /** Nothing is awaited of it any more: it was refused, has failed, or is known not to have arrived. */
  readonly over: boolean;
  /** Why it was sent although one of its kind had been sent before; `''` for the first. */
  readonly cause: SentCause;
};

export type EntryEnd = {
  readonly outcome: Outcome;
  readonly at: number;
  /** `null`: ready or fixed, nothing to say. */
  readonly reason: ReasonCode | null;
  /** More to the reason: which list refused, the tag, the assignment; cleaned. */
  readonly detail: string;
  /** Of a failure: what Azure said, to be decoded by `decodeFailure`; `null`: there is none. */
  readonly error: EntryError | null;
  /** Of a dry run: the writes that it would make. */
  readonly writes: readonly PlannedWrite[];
};

/** An error as Azure told it: `code` and `message` cleaned and cut. */
export type EntryError = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
};

export type SentCause = '' | 'refused' | 'failed' | 'lost' | 'changed';
