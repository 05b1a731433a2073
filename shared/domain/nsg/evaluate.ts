import type { SecurityRule } from '../networkSecurityGroup';
import { type AddressRange, covers, isPrivate, overlaps, parseAddressRange } from './address';

/**
 * Evaluation of one NSG, inbound: rules in order of priority, the first that matches decides
 * (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview). What cannot
 * be known from the NSG alone (service tags, application security groups) is `some`: it neither
 * admits for certain nor can it be ruled out.
 */
type Match = 'all' | 'some' | 'none';

/** The smallest piece of a rule's traffic: one source, one destination, one port range, one protocol. */
type Flow = {
  readonly source: AddressRange;
  readonly destination: AddressRange;
  readonly fromPort: number;
  readonly toPort: number;
  readonly protocol: 'tcp' | 'udp';
};

type Parsed = {
  readonly rule: SecurityRule;
  readonly protocols: readonly string[];
  readonly ports: readonly { readonly from: number; readonly to: number }[];
  readonly anySourcePort: boolean;
  readonly sources: readonly Side[];
  readonly destinations: readonly Side[];
};

type Side = AddressRange | 'any' | 'internet' | 'virtualNetwork' | 'loadBalancer' | 'unknown';

/**
 * The foreign deny that keeps traffic of `rule` from getting through, or might; `null` if there is
 * none above it. Rules of its own name are left out.
 */
export function shadowedBy(
  rule: SecurityRule,
  rules: readonly SecurityRule[],
): SecurityRule | null {
  const above = inOrder(rules, rule.name).filter((other) => other.rule.priority < rule.priority);
  if (!above.some((other) => other.rule.access === 'Deny')) return null;
  for (const flow of flowsOf(rule)) {
    const denied = firstDeny(flow, above);
    if (denied !== null) return denied;
  }
  return null;
}

/** Would all the traffic of `rule` be admitted for certain by `rules` (default rules included) without it? */
export function admits(rule: SecurityRule, rules: readonly SecurityRule[]): boolean {
  const others = inOrder(rules, rule.name);
  return flowsOf(rule).every((flow) => {
    for (const other of others) {
      const match = matchOf(flow, other);
      if (match === 'none') continue;
      if (other.rule.access === 'Deny') return false;
      if (match === 'all') return true;
    }
    return false;
  });
}

function firstDeny(flow: Flow, above: readonly Parsed[]): SecurityRule | null {
  for (const other of above) {
    const match = matchOf(flow, other);
    if (match === 'none') continue;
    if (other.rule.access === 'Deny') return other.rule;
    if (match === 'all') return null;
  }
  return null;
}

function inOrder(rules: readonly SecurityRule[], ownName: string): Parsed[] {
  const own = ownName.toLowerCase();
  return rules
    .filter((rule) => rule.direction === 'Inbound' && rule.name.toLowerCase() !== own)
    .sort((one, other) => one.priority - other.priority)
    .map(parse);
}

function parse(rule: SecurityRule): Parsed {
  const protocol = rule.protocol.toLowerCase();
  return {
    rule,
    protocols: protocol === '*' ? ['tcp', 'udp'] : [protocol],
    ports: rule.destinationPorts.flatMap((text) => parsePorts(text) ?? []),
    anySourcePort: rule.sourcePorts.some((text) => text === '*' || text === '0-65535'),
    sources: sidesOf(rule.sources, rule.sourceAsgIds),
    destinations: sidesOf(rule.destinations, rule.destinationAsgIds),
  };
}

function sidesOf(addresses: readonly string[], asgIds: readonly string[]): Side[] {
  const sides = addresses.map(parseSide);
  return asgIds.length > 0 ? [...sides, 'unknown'] : sides;
}

function parseSide(text: string): Side {
  switch (text.toLowerCase()) {
    case '*':
    case 'any':
      return 'any';
    case 'internet':
      return 'internet';
    case 'virtualnetwork':
      return 'virtualNetwork';
    case 'azureloadbalancer':
      return 'loadBalancer';
    default:
      return parseAddressRange(text) ?? 'unknown';
  }
}

/** `*`, `22`, `0-65535`; Azure also takes port 0, which our own grammar does not. */
function parsePorts(text: string): { from: number; to: number } | null {
  if (text === '*') return { from: 0, to: 65_535 };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const from = Number(match[1]);
  return { from, to: match[2] === undefined ? from : Number(match[2]) };
}

function flowsOf(rule: SecurityRule): Flow[] {
  const { sources, destinations, ports, protocols } = parse(rule);
  const flows: Flow[] = [];
  for (const source of sources.filter((side) => typeof side === 'object')) {
    for (const destination of destinations.filter((side) => typeof side === 'object')) {
      for (const { from, to } of ports) {
        for (const protocol of protocols) {
          if (protocol !== 'tcp' && protocol !== 'udp') continue;
          flows.push({ source, destination, fromPort: from, toPort: to, protocol });
        }
      }
    }
  }
  return flows;
}

function matchOf(flow: Flow, other: Parsed): Match {
  if (!other.protocols.includes(flow.protocol)) return 'none';
  const ports = portMatch(flow, other);
  if (ports === 'none') return 'none';
  const source = sideMatch(flow.source, other.sources);
  if (source === 'none') return 'none';
  const destination = sideMatch(flow.destination, other.destinations);
  if (destination === 'none') return 'none';
  const whole = ports === 'all' && source === 'all' && destination === 'all';
  return whole && other.anySourcePort ? 'all' : 'some';
}

function portMatch({ fromPort, toPort }: Flow, { ports }: Parsed): Match {
  let match: Match = 'none';
  for (const { from, to } of ports) {
    if (from <= fromPort && toPort <= to) return 'all';
    if (from <= toPort && fromPort <= to) match = 'some';
  }
  return match;
}

function sideMatch(range: AddressRange, sides: readonly Side[]): Match {
  let match: Match = 'none';
  for (const side of sides) {
    const one = oneSideMatch(range, side);
    if (one === 'all') return 'all';
    if (one === 'some') match = 'some';
  }
  return match;
}

function oneSideMatch(range: AddressRange, side: Side): Match {
  if (typeof side === 'object') {
    if (covers(side, range)) return 'all';
    return overlaps(side, range) ? 'some' : 'none';
  }
  switch (side) {
    case 'any':
      return 'all';
    case 'internet':
      return isPrivate(range) ? 'none' : 'all';
    // The tag also holds peered networks and those behind gateways: private addresses count as in.
    case 'virtualNetwork':
      return isPrivate(range) ? 'all' : 'none';
    case 'loadBalancer':
      return 'none';
    case 'unknown':
      return 'some';
  }
}
