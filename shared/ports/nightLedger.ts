import type { BatchRow } from '../domain/remediation/batchRow';
import type { RemediationRow } from '../domain/remediation/remediationRow';
import type { ScopesRow, StandingRow } from '../domain/remediation/standing';
import type { Table } from './ledger';

/** What the remediator remembers. The main app reads it; nothing that closes does. */
export type NightLedger = {
  /** Every run there was. */
  readonly remediations: Table<RemediationRow>;
  /** Runs that are not over, by id: what the remediator's timer reads. */
  readonly remediationsLive: Table<LiveRun>;
  /** The VMs of each run, some of them in a row. */
  readonly remediationBatches: Table<BatchRow>;
  /** VMs that failed in the last nights. */
  readonly standings: Table<StandingRow>;
  readonly remediationScopes: Table<ScopesRow>;
};

/** A run that is not over; inserted before the run's own row, removed after its end. */
export type LiveRun = { readonly id: string; readonly createdAt: number };
