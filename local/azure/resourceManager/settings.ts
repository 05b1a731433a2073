import type { ArmRequest, Caller, RoleSource, WriteRecord } from '../contract';
import type { Limits } from '../../limits';
import { azureLimits } from '../../limits';
import { logNormal } from '../../chance';
import type { Estate } from '../../estate';

/** A length of time in milliseconds, fixed or drawn anew each time. */
export type Duration = number | ((chance: () => number) => number);

/**
 * How long things take. Requests: until an answer; operations: from acceptance to effect. Those on
 * VMs are drawn for each VM by itself, from `machineSeed`.
 */
type Latency = {
  read: Duration;
  write: Duration;
  query: Duration;
  rulePut: Duration;
  ruleDelete: Duration;
  nsgPut: Duration;
  nsgDelete: Duration;
  vmPatch: Duration;
  extensionPut: Duration;
  extensionDelete: Duration;
  /** From the end of an operation until the network does it; invisible to clients. */
  propagation: Duration;
};

/** What a second operation on a busy NSG gets. */
type WhenBusy = 'retryable' | 'conflict' | 'supersede';

/** Knobs that tests and demonstrations may turn while it runs. */
export type Settings = {
  latency: Latency;
  resourceGraphLagMs: number;
  /** The activity log shows what was done minutes later. */
  activityLogLagMs: number;
  limits: Limits;
  /** False: nothing is counted and no call is refused for its number. */
  isThrottled: boolean;
  whenBusy: WhenBusy | ((chance: () => number) => WhenBusy);
  /** Whether `RetryableError` carries Retry-After; recordings do not say. */
  hasBusyRetryAfter: boolean;
  /** Whether the change of a superseded PUT lands all the same; unknown in Azure. */
  supersededLands: boolean | ((chance: () => number) => boolean);
  /** Whether a priority clash is refused at once or fails the accepted operation. */
  conflicts: 'atOnce' | 'asynchronous' | ((chance: () => number) => 'atOnce' | 'asynchronous');
  /** Polls of operation URLs: as the caller's roles say, always allowed, or always 403. */
  polls: 'byRole' | 'allowed' | 'forbidden';
  /** Seconds in `Retry-After` of accepted writes and running polls. Azure commonly says 10. */
  retryAfterS: number;
  /** What the times of operations on VMs are drawn from, with the VM's id. */
  machineSeed: number;
  /** After this an install that has not ended is given up. */
  installLimitMs: number;
  /** After this an agent that says nothing is given up. */
  silentAgentMs: number;
};

/** What `createResourceManager` takes. */
export type ResourceManagerOptions = Partial<Omit<Settings, 'latency'>> & {
  estate: Estate;
  /** A fixed sequence in tests: numbers from 0 up to, not including, 1. */
  chance: () => number;
  /** The caller of a request's bearer token; `undefined` = 401. */
  authenticate: (request: ArmRequest) => Caller | undefined;
  roleSource: RoleSource;
  /** Role definitions besides Azure's: objects as in `infra/roles`, CLI or ARM form. */
  roleDefinitions?: unknown[];
  latency?: Partial<Latency>;
  /** Called when an accepted write has come to its end. */
  onWrite?: (record: WriteRecord) => void;
  /** Called for each request to an endpoint that is not imitated. */
  onUnknown?: (request: ArmRequest, what: string) => void;
  /** A file to which every record is appended as a JSON line. */
  writeLogPath?: string;
};

/** Settings from options; what is left out behaves as Azure is known to behave. */
export function settingsFrom(options: ResourceManagerOptions): Settings {
  return {
    latency: {
      read: 0,
      write: 0,
      query: 0,
      rulePut: 4_000,
      // hashicorp/terraform-provider-azurerm#11521: a delete takes about 11 s.
      ruleDelete: 11_000,
      nsgPut: 10_000,
      nsgDelete: 10_000,
      // No figure is published for these three; declared here, so that a run can be read.
      vmPatch: logNormal(12_000, 0.3),
      extensionPut: logNormal(120_000, 0.35),
      extensionDelete: logNormal(60_000, 0.35),
      propagation: 0,
      ...options.latency,
    },
    resourceGraphLagMs: options.resourceGraphLagMs ?? 0,
    activityLogLagMs: options.activityLogLagMs ?? 180_000,
    limits: options.limits ?? azureLimits,
    isThrottled: options.isThrottled ?? true,
    whenBusy: options.whenBusy ?? 'retryable',
    hasBusyRetryAfter: options.hasBusyRetryAfter ?? false,
    supersededLands: options.supersededLands ?? false,
    conflicts: options.conflicts ?? 'atOnce',
    polls: options.polls ?? 'byRole',
    retryAfterS: options.retryAfterS ?? 10,
    machineSeed: options.machineSeed ?? 1,
    // learn.microsoft.com/azure/virtual-machines/extensions/features-windows: 90 minutes.
    installLimitMs: options.installLimitMs ?? 90 * 60_000,
    silentAgentMs: options.silentAgentMs ?? 20 * 60_000,
  };
}

/** Draws a duration. */
export function drawn(duration: Duration, chance: () => number): number {
  return typeof duration === 'number' ? duration : duration(chance);
}
