import type { EntryError } from './entry';
import type { ReasonCode } from './reasons';

/** What is remembered of a VM from night to night: only those that failed have a row. */
export type StandingRow = {
  readonly schema: 1;
  /** `keyOf` the VM's id. */
  readonly id: string;
  readonly vmId: string;
  /** Nights in a row in which it failed. */
  readonly failures: number;
  readonly lastFailureAt: number;
  /** The run of that failure: told twice, it counts once. */
  readonly lastRunId: string;
  /** Before this it is left alone. */
  readonly pausedUntil: number;
  /** When it was put into quarantine; `null`: it is not in it. */
  readonly quarantinedAt: number | null;
  /** Its facts at that failure, `fingerprintOf`: another fingerprint is another chance. */
  readonly fingerprint: string;
  readonly reason: ReasonCode;
  readonly error: EntryError | null;
};

/** Scopes whose first night is over: one row, `id` is `scopes`. */
export type ScopesRow = {
  readonly schema: 1;
  readonly id: 'scopes';
  /** By scope (lower case): when a dry night of it ended, epoch ms. */
  readonly seen: Readonly<Record<string, number>>;
};
