/**
 * A security rule as Resource Manager stores it: the wire's `properties` without `provisioningState`.
 * A side is given once: by its singular field, its array or (addresses only) its application
 * security groups; unused arrays are kept out here and printed as `[]`.
 * https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
 */
export type SecurityRuleProperties = {
  description?: string;
  protocol: 'Tcp' | 'Udp' | 'Icmp' | 'Esp' | 'Ah' | '*';
  sourcePortRange?: string;
  destinationPortRange?: string;
  sourceAddressPrefix?: string;
  destinationAddressPrefix?: string;
  access: 'Allow' | 'Deny';
  priority: number;
  direction: 'Inbound' | 'Outbound';
  sourcePortRanges?: string[];
  destinationPortRanges?: string[];
  sourceAddressPrefixes?: string[];
  destinationAddressPrefixes?: string[];
  sourceApplicationSecurityGroups?: { id: string }[];
  destinationApplicationSecurityGroups?: { id: string }[];
};

/** A rule with its name, the form that seeds, the write log and the verdict share. */
export type NamedRule = { name: string; properties: SecurityRuleProperties };

const anyTo = (
  name: string,
  description: string,
  priority: number,
  direction: 'Inbound' | 'Outbound',
  access: 'Allow' | 'Deny',
  [source, destination]: [string, string],
): NamedRule => ({
  name,
  properties: {
    description,
    protocol: '*',
    sourcePortRange: '*',
    destinationPortRange: '*',
    sourceAddressPrefix: source,
    destinationAddressPrefix: destination,
    access,
    priority,
    direction,
  },
});

/**
 * The six rules that every NSG has and nobody can remove, with the texts that a recording of
 * Azure shows (Azure/azure-cli, `test_network_nsg.yaml`).
 */
export const defaultSecurityRules: readonly NamedRule[] = [
  anyTo(
    'AllowVnetInBound',
    'Allow inbound traffic from all VMs in VNET',
    65000,
    'Inbound',
    'Allow',
    ['VirtualNetwork', 'VirtualNetwork'],
  ),
  anyTo(
    'AllowAzureLoadBalancerInBound',
    'Allow inbound traffic from azure load balancer',
    65001,
    'Inbound',
    'Allow',
    ['AzureLoadBalancer', '*'],
  ),
  anyTo('DenyAllInBound', 'Deny all inbound traffic', 65500, 'Inbound', 'Deny', ['*', '*']),
  anyTo(
    'AllowVnetOutBound',
    'Allow outbound traffic from all VMs to all VMs in VNET',
    65000,
    'Outbound',
    'Allow',
    ['VirtualNetwork', 'VirtualNetwork'],
  ),
  anyTo(
    'AllowInternetOutBound',
    'Allow outbound traffic from all VMs to Internet',
    65001,
    'Outbound',
    'Allow',
    ['*', 'Internet'],
  ),
  anyTo('DenyAllOutBound', 'Deny all outbound traffic', 65500, 'Outbound', 'Deny', ['*', '*']),
];
