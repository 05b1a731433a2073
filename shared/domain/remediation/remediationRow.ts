import type { Outcome } from './entry';

/**
 * One run of the remediation as the ledger keeps it. Plain data, replaced by ETag only; only the
 * remediator app writes it, but for the row of a run that was asked for and not taken up yet. Times
 * are epoch milliseconds by the host's clock.
 */
export type RemediationRow = {
  readonly schema: 1;
  /** `night-20261130`, `asked-<26 characters>`: letters, digits and `-`. */
  readonly id: string;
  readonly kind: 'nightly' | 'asked';
  /** Object id of the person who asked; `''`: the timer. */
  readonly askedBy: string;
  /** Why, in the words of who asked, cleaned; absent: the timer does not say. */
  readonly justification?: string;
  /** Ids at or under which VMs are looked at, lower case; empty: whatever the rules name. */
  readonly scopes: readonly string[];
  /** Nothing is written, everything is told. */
  readonly dryRun: boolean;
  /** Scopes that have their first night, in which nothing is written there. */
  readonly dryScopes: readonly string[];
  /**
   * `asked`: nobody has begun. `running`: VMs are looked for, judged and worked on. `cancelling`:
   * nothing new is begun; what was sent is watched to its end. `done` and `cancelled` are ends.
   */
  readonly phase: 'asked' | 'running' | 'cancelling' | 'done' | 'cancelled';
  readonly createdAt: number;
  readonly startedAt: number | null;
  /** When the last VM was found. */
  readonly foundAt: number | null;
  readonly endedAt: number | null;
  /** When somebody asked for it to end, and who. */
  readonly cancelAt: number | null;
  readonly cancelledBy: string;
  /** How often a start came while it ran, and was merged into it. */
  readonly merged: number;
  /** Who works on it, and until when nobody else does. */
  readonly holder: string;
  readonly heldUntil: number;
  /** How far the index was read; `token`: Resource Graph's own, `lastId`: the last VM of the page. */
  readonly cursor: { readonly token: string | null; readonly lastId: string };
  /** Batches 0 … `batches` − 1 exist; `open` names those that are not at their end, by their numbers. */
  readonly batches: number;
  readonly open: readonly number[];
  readonly tally: RemediationTally;
  /** The part of `tally.ended` that batches at their end make up: what a new worker counts on from. */
  readonly settled: RemediationTally['ended'];
  /** What was left of Compute's own counts when the row was saved, by subscription and region. */
  readonly pace: readonly SavedBucket[];
  /** Why the run as a whole could not do its work; `''`: nothing. A code of Azure's or ours. */
  readonly trouble: string;
  /** When its notice was put into words by the main app; absent: not yet. */
  readonly toldAt?: number;
};

/** What a run came to so far. `ended` holds VMs by outcome. */
export type RemediationTally = {
  readonly found: number;
  readonly ended: Readonly<Record<Outcome, number>>;
  /** Writes that Azure accepted, and reads of VMs. */
  readonly writes: number;
  readonly reads: number;
  readonly queries: number;
};

/** `at`: epoch ms by the host's clock. */
export type SavedBucket = { readonly key: string; readonly tokens: number; readonly at: number };

const noneEnded = { ready: 0, fixed: 0, wouldFix: 0, skipped: 0, failed: 0, quarantined: 0 };

export const noTally: RemediationTally = {
  found: 0,
  ended: noneEnded,
  writes: 0,
  reads: 0,
  queries: 0,
};

/** Is there nothing left to do for it? */
export function isOver({ phase }: Pick<RemediationRow, 'phase'>): boolean {
  return phase === 'done' || phase === 'cancelled';
}
