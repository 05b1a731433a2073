import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Callers } from '../ports/callers';
import type { ChainStore } from '../ports/audit';
import type { Ledger } from '../ports/ledger';
import type { Log } from '../ports/log';
import type { Remediation } from '../ports/remediation';

/** What tests and hosts may put in place of the real thing. */
export type WorldParts = {
  /** Answers every request of every client but storage's in process. */
  readonly httpClient?: HttpClient;
  readonly credential?: TokenCredential;
  readonly ledger?: Ledger;
  readonly callers?: Callers;
  /** Where the chains of the audit are kept. */
  readonly chains?: ChainStore;
  readonly remediation?: Remediation;
  readonly log: Log;
};
