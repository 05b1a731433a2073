import type { Candidate } from '../domain/remediation/candidate';
import type { MachineReading, WriteAnswer } from '../domain/remediation/machineReading';
import type { LoginExtensionType, PlannedWrite } from '../domain/remediation/verdict';

/** What the remediator asks of the compute provider. Everything throws `Fault` but what is a value. */
export type Machines = {
  /** GET of one VM with its run-time state: everything that is known of it. `null`: 404. */
  readMachine(vmId: string): Promise<MachineReading | null>;
  /**
   * Submits the PATCH that turns the system identity on and sends every user-assigned one again, on
   * condition that the VM is still as it was read (`etag`). Never waits for its end.
   */
  patchIdentity(vmId: string, userAssigned: readonly string[], etag: string): Promise<WriteAnswer>;
  /** Submits the PUT of the login extension. Never waits for its end. */
  putExtension(
    vmId: string,
    location: string,
    write: Extract<PlannedWrite, { what: 'extension' }>,
  ): Promise<WriteAnswer>;
};

/** What the index knows of VMs. It lags: nothing here proves anything. Throws `Fault`. */
export type CandidateIndex = {
  /** One page of all VMs at or under the scopes, of all subscriptions in a mixture. */
  listCandidates(scopes: readonly string[], token: string | null): Promise<CandidatePage>;
  /** One page of the login extensions of some subscriptions, at most 100 of these. */
  listLoginExtensions(
    subscriptionIds: readonly string[],
    token: string | null,
  ): Promise<ExtensionPage>;
  /** Host names, lower case, that more than one VM has. */
  listDuplicateNames(): Promise<readonly string[]>;
  listInstallingPolicies(): Promise<readonly InstallingPolicy[]>;
};

export type CandidatePage = {
  readonly candidates: readonly Candidate[];
  /** Rows that could not be read; they are counted, never guessed. */
  readonly strange: number;
  /** `null`: this was the last page. */
  readonly next: string | null;
};

export type ExtensionPage = {
  readonly extensions: readonly SeenExtension[];
  readonly next: string | null;
};

export type SeenExtension = {
  /** Lower case. */
  readonly vmId: string;
  readonly type: LoginExtensionType;
  readonly state: string;
};

/** An assignment of Azure Policy that installs the extension by itself. Ids lower case. */
export type InstallingPolicy = {
  readonly id: string;
  readonly scope: string;
  readonly notScopes: readonly string[];
  readonly type: LoginExtensionType;
};
