import type { Call } from './call';

/** Who calls: the number of somebody who activates roles; the Owner of the group; nobody's friend. */
export type Who = number | 'administrator' | 'stranger';

/** A window: what somebody asked for under a key, or, without one, that of their own activation. */
export type Meant = { readonly person: number; readonly key: string | null };

/** One thing that somebody wants of the API. Plain data; times from the start of the run. */
export type Errand = {
  readonly atMs: number;
  readonly who: Who;
  readonly door: Call['door'];
  /** Which window it is about; of a request, the one that is asked for; of a close of all, its key. */
  readonly of: Meant | null;
  /** As it is sent. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** `dryRun=true`: nothing is to happen. */
  readonly isDry: boolean;
  readonly prefer: string | null;
  /** From an address that policy lets nobody in from. */
  readonly isElsewhere: boolean;
};
