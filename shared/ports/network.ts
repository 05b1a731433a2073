import type { NsgReading, SecurityRule } from '../domain/networkSecurityGroup';
import type { RuleSighting } from './inventory';

/** What the app asks of the network provider. Every function throws `Fault`. */
export type Network = {
  /** GET of one NSG with all its rules. `null`: Resource Manager says 404. */
  readNsg(nsgId: string): Promise<NsgReading | null>;
  /** GET of one NIC. `null`: 404. */
  readNic(nicId: string): Promise<NicReading | null>;
  /**
   * Some NICs of one resource group by one GET: the first page of its list, which is as fresh as a
   * GET of each. A NIC that is not on it has to be read by itself. `null`: 404.
   */
  listNics(groupId: string): Promise<NicReading[] | null>;
  /** GET of one subnet's NSG id: `''` where none is attached. `null`: 404. */
  readSubnetNsgId(subnetId: string): Promise<string | null>;
  /** Management locks on and above each of some resources of one resource group, by one list. */
  readLocks(resourceIds: readonly string[]): Promise<Lock[][]>;
  /** Ids of every subscription in which the identity holds any role, lower case, all pages. */
  visibleSubscriptions(): Promise<string[]>;
  /** The rules that look like ours in every NSG of a subscription, from Resource Manager's own list. */
  listOurRulesIn(subscriptionId: string): Promise<RuleList>;
  /** Submits the PUT of one rule. Resolves when it is accepted (200, 201, 202), never waits for its end. */
  putRule(nsgId: string, rule: SecurityRule): Promise<'accepted'>;
  /** What `putRule` of a rule, or `deleteRule` of a name, would send. Sends nothing. */
  describeWrite(nsgId: string, write: SecurityRule | string): Promise<ArmWrite>;
  /** Submits the DELETE of one rule by name; `absent` is Resource Manager's 204. */
  deleteRule(nsgId: string, ruleName: string): Promise<'accepted' | 'absent'>;
};

/** One request to Resource Manager, as it would be sent but for its token. */
export type ArmWrite = {
  readonly method: 'PUT' | 'DELETE';
  readonly url: string;
  readonly body: object | null;
};

/** What a list of NSGs showed of ours. `isWhole` is false where a page cap or strange rows left gaps. */
export type RuleList = { readonly rules: readonly RuleSighting[]; readonly isWhole: boolean };

export type NicReading = {
  readonly id: string;
  /** Id of the VM it is attached to, `''` if none. */
  readonly vmId: string;
  readonly nsgId: string;
  readonly ipConfigurations: readonly { readonly address: string; readonly subnetId: string }[];
};

export type Lock = { readonly id: string; readonly level: 'CanNotDelete' | 'ReadOnly' };
