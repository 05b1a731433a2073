import type { ReasonCode } from './reasons';

/**
 * When trying again can help: `soon` within the same run; in the `nextNight`; `afterFix`, when
 * somebody has mended something; or `never` while the VM is what it is.
 */
export type Retry = 'soon' | 'nextNight' | 'afterFix' | 'never';

/** One row of a table of failures. */
export type Failure = {
  /** As Azure or Windows calls it, else a word of ours. Stable: people filter by it. */
  readonly name: string;
  readonly cause: string;
  readonly next: string;
  readonly retry: Retry;
  readonly reason: ReasonCode;
  /** A page, or the place of a report. */
  readonly source: string;
};
