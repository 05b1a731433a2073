import type { CloudName } from '../domain/remediation/endpoints';
import type { BatchRow } from '../domain/remediation/batchRow';
import type { RemediationAsk } from '../domain/remediation/ask';
import type { RemediationRow } from '../domain/remediation/remediationRow';
import type { StandingRow } from '../domain/remediation/standing';
import type { Table } from './ledger';
import type { LiveRun } from './nightLedger';

/** What the remediator app is asked by. Throws `Fault`. */
export type RemediationQueue = {
  /** Resolves when the message is kept. It may come twice, and late. */
  send(ask: RemediationAsk): Promise<void>;
};

/**
 * The rows of the remediator, as far as this app may: it reads all of them, inserts runs that are
 * asked for, and notes on those that are over that they were told of.
 */
export type RunLedger = {
  readonly remediations: Pick<Table<RemediationRow>, 'insert' | 'get' | 'list' | 'replace'>;
  readonly remediationsLive: Pick<Table<LiveRun>, 'insert'>;
  readonly remediationBatches: Pick<Table<BatchRow>, 'get'>;
  readonly standings: Pick<Table<StandingRow>, 'get' | 'list'>;
};

/** What the main app offers of the remediation: it asks and reads, and does none of it. */
export type Remediation = {
  readonly ledger: RunLedger;
  readonly queue: RemediationQueue;
  /** Whose endpoints are told of where a VM has to reach something. */
  readonly cloud: CloudName;
};
