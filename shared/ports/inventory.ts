import type { ConnectFacts } from '../domain/connect/facts';
import type { LocalAccountState } from '../domain/remediation/readiness/localAccountsPart';

/** What the app asks of Resource Graph. The index lags: nothing here proves anything. Throws `Fault`. */
export type Inventory = {
  /** Every (VM, NIC, ip configuration) at or under a scope, all pages, at most `rowsMax` rows. */
  listTargets(scope: string, rowsMax: number): Promise<TargetRow[]>;
  /** The same rows for machines known by their ids. */
  listMachines(vmIds: readonly string[]): Promise<TargetRow[]>;
  /** Subscriptions in which we see machines, lower case. */
  listSubscriptions(): Promise<string[]>;
  /** People's role assignments of these roles (GUIDs) made in the last `minutes`. */
  listAssignments(
    roleGuids: readonly string[],
    minutes: number,
    rowsMax: number,
  ): Promise<AssignmentRow[]>;
  /** Every rule, in every subscription we may read, whose name or description says it is ours. */
  listOurRules(): Promise<RuleSighting[]>;
  /** Where a rule of this name stands (an NSG may have been moved, its rules go along). */
  findRule(ruleName: string): Promise<RuleSighting[]>;
  /** What connecting to these machines asks: what they run, their extensions, every Bastion. */
  readConnectFacts(vmIds: readonly string[]): Promise<ConnectFacts>;
  /**
   * One page of what Azure Policy says of the local accounts of a VM; `null`: of every VM. A VM of
   * which there is no row has not been judged by anybody, as far as the caller may see.
   */
  listLocalAccounts(vmId: string | null, token: string | null): Promise<LocalAccountPage>;
};

export type LocalAccountPage = {
  readonly rows: readonly LocalAccountRow[];
  /** `null`: this was the last page. */
  readonly next: string | null;
};

/** `vmId`: lower case. */
export type LocalAccountRow = LocalAccountState & { readonly vmId: string };

export type TargetRow = {
  readonly vmId: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly powerState: string;
  readonly vmGuid: string;
  readonly osType: string;
  readonly scaleSetId: string;
  readonly nicId: string;
  readonly nicNsgId: string;
  readonly subnetId: string;
  readonly subnetNsgId: string;
  readonly privateIp: string;
};

/** A role assignment as the index knows it: an activation, or any other. */
export type AssignmentRow = {
  readonly id: string;
  readonly scope: string;
  readonly principalId: string;
  /** Epoch ms. */
  readonly createdAt: number;
};

export type RuleSighting = {
  readonly nsgId: string;
  readonly ruleName: string;
  readonly description: string;
};
