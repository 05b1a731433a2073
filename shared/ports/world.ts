import type { Policy } from '../domain/policy/policy';
import type { Budget } from './budget';
import type { Compute } from './compute';
import type { Directory } from './directory';
import type { Inventory } from './inventory';
import type { Ledger } from './ledger';
import type { Log } from './log';
import type { Network } from './network';
import type { Signer, Verifier } from './signer';

/** Everything the app asks of the outside, in one place. Tests and hosts hand in their own. */
export type World = {
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: Budget;
  readonly ledger: Ledger;
  readonly network: Network;
  readonly compute: Compute;
  readonly directory: Directory;
  readonly inventory: Inventory;
  readonly verifier: Verifier;
  readonly deleteTimes: DeleteTimes;
  /** Six characters that stand in every rule name of this deployment. */
  readonly deployment: string;
  /** When the two timers run, NCRONTAB; and the longest time between two sweeps. */
  readonly sweepSchedule: string;
  readonly reconcileSchedule: string;
  readonly sweepPeriodMs: number;
  /** What opening needs; `faults` instead when policy or keys are not in order. Closing never looks here. */
  readonly opening: Opening | { readonly faults: readonly string[] };
};

/** How long deletes of this process took, from accepted to read as gone. */
export type DeleteTimes = {
  note(ms: number): void;
  /** The time within which 99 of 100 were done; a floor while there is little to learn from. */
  p99Ms(): number;
};

export type Opening = { readonly policy: Policy; readonly signer: Signer };

export type Clock = {
  /** Host clock, epoch ms. */
  now(): number;
  /** Last measured skew: Resource Manager's `Date` minus the host clock, and when an answer last came. */
  skew(): { readonly skewMs: number; readonly measuredAt: number | null };
  /** Waits inside an activity: for short waits only, at most 20 s. */
  wait(ms: number): Promise<void>;
};
