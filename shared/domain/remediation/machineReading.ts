import type { FaultKind } from '../fault';
import type { Candidate } from './candidate';
import type { EntryError } from './entry';

/** One VM as a GET with its run-time state shows it. */
export type MachineReading = {
  /** `outbound` is `unknown`: a VM does not say it. */
  readonly candidate: Candidate;
  readonly etag: string;
  /** The VM's own `provisioningState`, and what its run-time state says of a failure. */
  readonly provisioning: { readonly state: string; readonly error: EntryError | null };
  readonly statuses: readonly ExtensionStatus[];
};

/** What the handler of an extension says. `name`: lower case; `at`: when, `''`: it does not tell. */
export type ExtensionStatus = {
  readonly name: string;
  readonly at: string;
  readonly error: EntryError | null;
};

/** What became of a write that was sent. A refusal is a value: what Azure says is decoded and told. */
export type WriteAnswer =
  | { readonly kind: 'accepted'; readonly status: number }
  | {
      readonly kind: 'refused';
      readonly fault: FaultKind;
      readonly retryAfterMs: number | null;
      readonly error: EntryError;
    };
