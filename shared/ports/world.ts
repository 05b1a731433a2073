import type { Policy } from '../domain/policy/policy';
import type { Budget } from './budget';
import type { SweepSettings } from '../domain/sweep/sweepSettings';
import type { SweeperWatch } from '../domain/sweep/heartbeat';
import type { Audit } from './audit';
import type { ActivityLog } from './activityLog';
import type { Callers } from './callers';
import type { Compute } from './compute';
import type { Directory } from './directory';
import type { Inventory } from './inventory';
import type { Ledger, Table } from './ledger';
import type { Log } from './log';
import type { CandidateIndex, Machines } from './machines';
import type { Network } from './network';
import type { Notices } from './notices';
import type { Remediation } from './remediation';
import type { Signer, Verifier } from './signer';
import type { WindowRow } from '../domain/window/windowRow';

/** Everything the app asks of the outside, in one place. Tests and hosts hand in their own. */
export type World = {
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: Budget;
  readonly ledger: Ledger;
  readonly audit: Audit;
  readonly network: Network;
  readonly compute: Compute;
  readonly directory: Directory;
  readonly inventory: Inventory;
  /** VMs one by one, and all of them page by page: for whoever asks how ready they are. */
  readonly machines: Pick<Machines, 'readMachine'>;
  readonly candidates: Pick<CandidateIndex, 'listCandidates'>;
  readonly activityLog: ActivityLog;
  readonly verifier: Verifier;
  readonly deleteTimes: DeleteTimes;
  /** Six characters that stand in every rule name of this deployment. */
  readonly deployment: string;
  /** When the two timers run, NCRONTAB; and the longest time between two sweeps. */
  readonly sweepSchedule: string;
  readonly reconcileSchedule: string;
  readonly sweepPeriodMs: number;
  /** Whether the sweep deletes, and where. */
  readonly sweep: SweepSettings;
  /** What opening needs; `faults` instead when policy or keys are not in order. Closing never looks here. */
  readonly opening: Opening | { readonly faults: readonly string[] };
  /** Settings that lead out of Azure's published clouds: what is proved there is proved nowhere. */
  readonly notAzure: readonly string[];
  /** How callers over HTTP are known; `faults` instead where nobody can be. */
  readonly api: { readonly callers: Callers } | { readonly faults: readonly string[] };
  /** How people are told of windows. Nothing that closes looks here. */
  readonly notices: Notices;
  /**
   * What is offered of the remediation: `null` where the settings name no queue, `faults` where they
   * are not in order. Nothing that closes looks here.
   */
  readonly remediation: Remediation | { readonly faults: readonly string[] } | null;
};

/** How long deletes of this process took, from accepted to read as gone. */
export type DeleteTimes = {
  note(ms: number): void;
  /** The time within which 99 of 100 were done; a floor while there is little to learn from. */
  p99Ms(): number;
};

export type Opening = {
  readonly policy: Policy;
  readonly signer: Signer;
  /** What the opener asks of the sweeper app. */
  readonly sweeper: SweeperWatch;
};

/**
 * What the sweep needs, and all that the sweeper app has: it reads rows and NSGs and deletes rules.
 * Nothing in it can put a rule, sign a marker or change a window.
 */
export type SweepWorld = Pick<
  World,
  'clock' | 'log' | 'verifier' | 'deployment' | 'sweepPeriodMs' | 'sweep'
> & {
  readonly ledger: { readonly windows: Pick<Table<WindowRow>, 'get'> };
  readonly network: Pick<
    Network,
    'readNsg' | 'deleteRule' | 'visibleSubscriptions' | 'listOurRulesIn'
  >;
  readonly inventory: Pick<Inventory, 'listOurRules'>;
};

/** The world of the sweeper app: one row of its own is all it may write. */
export type SweeperWorld = SweepWorld & {
  readonly ledger: SweepWorld['ledger'] & Pick<Ledger, 'heartbeats'>;
  readonly sweepSchedule: string;
  /** Version of the app, and the marker keys it can verify: what its heartbeat says. */
  readonly version: string;
  readonly keyVersions: readonly number[];
  /** Faults of settings that do not keep it from closing; health shows them. */
  readonly settingFaults: readonly string[];
};

export type Clock = {
  /** Host clock, epoch ms. */
  now(): number;
  /** Last measured skew: Resource Manager's `Date` minus the host clock, and when an answer last came. */
  skew(): { readonly skewMs: number; readonly measuredAt: number | null };
  /** Waits inside an activity: for short waits only, at most 20 s. */
  wait(ms: number): Promise<void>;
};
