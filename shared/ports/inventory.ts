/** What the app asks of Resource Graph. The index lags: nothing here proves anything. Throws `Fault`. */
export type Inventory = {
  /** Every (VM, NIC, ip configuration) at or under a scope, all pages, at most `rowsMax` rows. */
  listTargets(scope: string, rowsMax: number): Promise<TargetRow[]>;
  /** Every rule, in every subscription we may read, whose name or description says it is ours. */
  listOurRules(): Promise<RuleSighting[]>;
  /** Where a rule of this name stands (an NSG may have been moved, its rules go along). */
  findRule(ruleName: string): Promise<RuleSighting[]>;
};

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

export type RuleSighting = {
  readonly nsgId: string;
  readonly ruleName: string;
  readonly description: string;
};
