import type { NetworkSecurityGroupSeed } from '../../estate';
import { guidOf } from '../../estate';
import type { NsgOperation } from './operations';
import type { NamedRule, SecurityRuleProperties } from './securityRule';
import { defaultSecurityRules } from './securityRule';

/**
 * A rule in the store. `head`, `middle` and `tail` are its JSON around the two values that every
 * operation on the NSG changes (ETag, provisioning state), so that an NSG with 1,000 rules is
 * printed by joining strings.
 */
export type RuleState = NamedRule & {
  id: string;
  head: string;
  middle: string;
  tail: string;
  /** A DELETE of it is running. */
  leaving: boolean;
};

/** An NSG in the store. `rules` is what Resource Manager shows, `effective` what the network does. */
export type NsgState = {
  id: string;
  name: string;
  location: string;
  tags?: Record<string, string>;
  flushConnection?: boolean;
  resourceGuid: string;
  rules: Map<string, RuleState>;
  defaults: RuleState[];
  effective: Map<string, NamedRule>;
  etag: string;
  provisioningState: 'Succeeded' | 'Updating' | 'Deleting' | 'Failed';
  operation?: NsgOperation;
  /** Printed form, kept until the next change. */
  text?: string;
};

/** What an NSG is attached to, in the ids' own casing. */
export type Attachments = { networkInterfaces: string[]; subnets: string[] };

const typeOf = {
  nsg: 'Microsoft.Network/networkSecurityGroups',
  securityRules: 'Microsoft.Network/networkSecurityGroups/securityRules',
  defaultSecurityRules: 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules',
} as const;

/** Builds the state of an NSG from its seed. */
export function nsgFromSeed(seed: NetworkSecurityGroupSeed, etag: string): NsgState {
  const rules = new Map<string, RuleState>();
  for (const rule of seed.rules) rules.set(rule.name.toLowerCase(), ruleState(seed.id, rule));
  return {
    id: seed.id,
    name: seed.id.slice(seed.id.lastIndexOf('/') + 1),
    location: seed.location,
    ...(seed.tags === undefined ? {} : { tags: seed.tags }),
    ...(seed.flushConnection === undefined ? {} : { flushConnection: seed.flushConnection }),
    resourceGuid: guidOf(seed.id),
    rules,
    defaults: defaultSecurityRules.map((rule) => ruleState(seed.id, rule, 'defaultSecurityRules')),
    effective: new Map(seed.rules.map((rule) => [rule.name.toLowerCase(), rule])),
    etag,
    provisioningState: 'Succeeded',
  };
}

/** Builds the state of one rule, its text included. */
export function ruleState(
  nsgId: string,
  rule: NamedRule,
  kind: 'securityRules' | 'defaultSecurityRules' = 'securityRules',
): RuleState {
  const id = `${nsgId}/${kind}/${rule.name}`;
  const quoted = JSON.stringify(rule.name);
  return {
    name: rule.name,
    properties: rule.properties,
    id,
    head: `{"name":${quoted},"id":${JSON.stringify(id)},"etag":"W/\\"`,
    middle: `\\"","type":"${typeOf[kind]}","properties":{"provisioningState":"`,
    tail: `",${printedProperties(rule.properties).slice(1)}}`,
    leaving: false,
  };
}

/** The properties in the order and with the empty arrays that Azure prints. */
function printedProperties(rule: SecurityRuleProperties): string {
  return JSON.stringify({
    description: rule.description,
    protocol: rule.protocol,
    sourcePortRange: rule.sourcePortRange,
    destinationPortRange: rule.destinationPortRange,
    sourceAddressPrefix: rule.sourceAddressPrefix,
    destinationAddressPrefix: rule.destinationAddressPrefix,
    access: rule.access,
    priority: rule.priority,
    direction: rule.direction,
    sourcePortRanges: rule.sourcePortRanges ?? [],
    destinationPortRanges: rule.destinationPortRanges ?? [],
    sourceAddressPrefixes: rule.sourceAddressPrefixes ?? [],
    destinationAddressPrefixes: rule.destinationAddressPrefixes ?? [],
    sourceApplicationSecurityGroups: rule.sourceApplicationSecurityGroups,
    destinationApplicationSecurityGroups: rule.destinationApplicationSecurityGroups,
  });
}

/** A rule as JSON text, with the ETag that it shares with its NSG. */
export function ruleText(nsg: NsgState, rule: RuleState): string {
  const state = rule.leaving ? 'Deleting' : nsg.provisioningState;
  return rule.head + nsg.etag + rule.middle + state + rule.tail;
}

/** The NSG as JSON text; built once per change. */
export function nsgText(nsg: NsgState, attachments: Attachments): string {
  nsg.text ??= printNsg(nsg, attachments);
  return nsg.text;
}

function printNsg(nsg: NsgState, attachments: Attachments): string {
  const ids = (list: string[]): { id: string }[] => list.map((id) => ({ id }));
  const rules = [...nsg.rules.values()].map((rule) => ruleText(nsg, rule)).join(',');
  const defaults = nsg.defaults.map((rule) => ruleText(nsg, rule)).join(',');
  const head = JSON.stringify({
    name: nsg.name,
    id: nsg.id,
    etag: `W/"${nsg.etag}"`,
    type: typeOf.nsg,
    location: nsg.location,
    tags: nsg.tags,
  }).slice(0, -1);
  const properties = JSON.stringify({
    provisioningState: nsg.provisioningState,
    resourceGuid: nsg.resourceGuid,
    flushConnection: nsg.flushConnection,
    networkInterfaces:
      attachments.networkInterfaces.length > 0 ? ids(attachments.networkInterfaces) : undefined,
    subnets: attachments.subnets.length > 0 ? ids(attachments.subnets) : undefined,
  }).slice(0, -1);
  const lists = `"securityRules":[${rules}],"defaultSecurityRules":[${defaults}]`;
  return `${head},"properties":${properties},${lists}}}`;
}

/** Forgets the printed form: something that it shows has changed. */
export function touch(nsg: NsgState): void {
  delete nsg.text;
}

/** A rule as the write log keeps it. */
export function ruleValue(rule: NamedRule | undefined): NamedRule | null {
  return rule === undefined ? null : { name: rule.name, properties: rule.properties };
}

/** An NSG as the write log keeps it: all that a person could set, nothing that Azure adds. */
export function nsgValue(nsg: NsgState | undefined): NetworkSecurityGroupSeed | null {
  if (nsg === undefined) return null;
  return {
    id: nsg.id,
    location: nsg.location,
    ...(nsg.tags === undefined ? {} : { tags: nsg.tags }),
    ...(nsg.flushConnection === undefined ? {} : { flushConnection: nsg.flushConnection }),
    rules: [...nsg.rules.values()].map(({ name, properties }) => ({ name, properties })),
  };
}
