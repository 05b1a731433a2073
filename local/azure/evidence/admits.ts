import { BlockList, isIP } from 'node:net';
import type { NamedRule, SecurityRuleProperties } from '../resourceManager/securityRule';
import { defaultSecurityRules } from '../resourceManager/securityRule';

/** A first packet of a connection, as an NSG judges it. */
type Packet = {
  source: string;
  destination: string;
  port: number;
  protocol: 'Tcp' | 'Udp' | 'Icmp';
  /** Inbound unless said otherwise. */
  direction?: 'Inbound' | 'Outbound';
};

/** What one NSG says, and by which rule. */
type Judgement = { access: 'Allow' | 'Deny'; rule: string };

/** Private space: what `VirtualNetwork` means where nobody names the network's own ranges. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'];

/** The address from which Azure's load balancer and platform speak. */
const platformAddress = '168.63.129.16';

/**
 * Judges a packet by one NSG: ascending priority, the first match decides, the six default rules
 * last. Written apart from the app's own evaluation, so that both cannot be wrong in one way.
 * A service tag other than the three that every NSG knows matches nothing.
 * https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works
 */
export function admits(
  rules: readonly NamedRule[],
  packet: Packet,
  virtualNetwork: readonly string[] = privateRanges,
): Judgement {
  const direction = packet.direction ?? 'Inbound';
  const ordered = [...rules, ...defaultSecurityRules]
    .filter((rule) => rule.properties.direction === direction)
    .sort((one, other) => one.properties.priority - other.properties.priority);
  for (const { name, properties } of ordered) {
    if (isMatch(properties, packet, virtualNetwork))
      return { access: properties.access, rule: name };
  }
  return { access: 'Deny', rule: '' };
}

function isMatch(
  rule: SecurityRuleProperties,
  packet: Packet,
  virtualNetwork: readonly string[],
): boolean {
  if (rule.protocol !== '*' && rule.protocol !== packet.protocol) return false;
  const ports = listed(rule.destinationPortRange, rule.destinationPortRanges);
  if (packet.protocol !== 'Icmp' && !ports.some((range) => isInPorts(packet.port, range))) {
    return false;
  }
  const sources = listed(rule.sourceAddressPrefix, rule.sourceAddressPrefixes);
  const destinations = listed(rule.destinationAddressPrefix, rule.destinationAddressPrefixes);
  return (
    sources.some((prefix) => isInPrefix(packet.source, prefix, virtualNetwork)) &&
    destinations.some((prefix) => isInPrefix(packet.destination, prefix, virtualNetwork))
  );
}

function listed(single: string | undefined, many: string[] | undefined): string[] {
  return [...(single === undefined || single === '' ? [] : [single]), ...(many ?? [])];
}

function isInPorts(port: number, range: string): boolean {
  if (range === '*') return true;
  const [low = Number.NaN, high = low] = range.split('-').map(Number);
  return port >= low && port <= high;
}

/** True where an address lies in a prefix, an address, `*` or one of the three common tags. */
export function isInPrefix(
  address: string,
  prefix: string,
  virtualNetwork: readonly string[] = privateRanges,
): boolean {
  if (prefix === '*') return true;
  const tag = prefix.toLowerCase();
  if (tag === 'virtualnetwork') return isInNetwork(address, virtualNetwork);
  if (tag === 'internet') return !isInNetwork(address, virtualNetwork);
  if (tag === 'azureloadbalancer') return address === platformAddress;
  const [network = '', bits] = prefix.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(address) !== family) return false;
  const width = family === 4 ? 32 : 128;
  const list = new BlockList();
  list.addSubnet(
    network,
    bits === undefined ? width : Number(bits),
    family === 4 ? 'ipv4' : 'ipv6',
  );
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function isInNetwork(address: string, virtualNetwork: readonly string[]): boolean {
  if (address === platformAddress) return true;
  return virtualNetwork.some((range) => isInPrefix(address, range, []));
}
