import type { SecurityRule } from '../../networkSecurityGroup';

/** One flow that the NSG on a Bastion's subnet has to let through. */
export type BastionFlow = {
  readonly name: string;
  readonly direction: SecurityRule['direction'];
  readonly source: string;
  readonly destination: string;
  readonly ports: readonly number[];
};

/**
 * What Microsoft's page asks of that NSG (learn.microsoft.com/azure/bastion/bastion-nsg). Only the
 * flows bind; names and priorities are anybody's. All of them are TCP on the wire.
 */
export const bastionFlows: readonly BastionFlow[] = [
  flow('https from the Internet', 'Inbound', 'Internet', '*', [443]),
  flow('https from Gateway Manager', 'Inbound', 'GatewayManager', '*', [443]),
  flow('https from the load balancer', 'Inbound', 'AzureLoadBalancer', '*', [443]),
  flow('between its hosts, in', 'Inbound', 'VirtualNetwork', 'VirtualNetwork', [8080, 5701]),
  flow('ssh and rdp to VMs', 'Outbound', '*', 'VirtualNetwork', [22, 3389]),
  flow('https to Azure', 'Outbound', '*', 'AzureCloud', [443]),
  flow('between its hosts, out', 'Outbound', 'VirtualNetwork', 'VirtualNetwork', [8080, 5701]),
  flow('http to the Internet', 'Outbound', '*', 'Internet', [80]),
];

/** `allowed` and `denied` for certain; `unsure`: a rule above covers a part of it. */
export type FlowState = 'allowed' | 'denied' | 'unsure';

/** What the rules of one NSG, its default rules among them, do to one flow. Pure. */
export function flowState(wanted: BastionFlow, rules: readonly SecurityRule[]): FlowState {
  const states = wanted.ports.map((port) => portState(wanted, port, rules));
  if (states.includes('denied')) return 'denied';
  return states.includes('unsure') ? 'unsure' : 'allowed';
}

function portState(wanted: BastionFlow, port: number, rules: readonly SecurityRule[]): FlowState {
  let isCut = false;
  const ordered = rules
    .filter(({ direction }) => direction === wanted.direction)
    .toSorted((one, other) => one.priority - other.priority);
  for (const rule of ordered) {
    const match = matchOf(wanted, port, rule);
    if (match === 'none') continue;
    if (rule.access === 'Deny') {
      if (match === 'all') return 'denied';
      isCut = true;
    } else if (match === 'all') {
      return isCut ? 'unsure' : 'allowed';
    }
  }
  return 'denied';
}

type Match = 'all' | 'some' | 'none';

function matchOf(wanted: BastionFlow, port: number, rule: SecurityRule): Match {
  if (!['*', 'tcp'].includes(rule.protocol.toLowerCase())) return 'none';
  if (!rule.destinationPorts.some((text) => isWithin(port, text))) return 'none';
  const sides = [
    sideMatch(wanted.source, rule.sources, rule.sourceAsgIds),
    sideMatch(wanted.destination, rule.destinations, rule.destinationAsgIds),
    rule.sourcePorts.some((text) => text === '*' || text === '0-65535') ? 'all' : 'some',
  ] as const;
  if (sides.includes('none')) return 'none';
  return sides.every((side) => side === 'all') ? 'all' : 'some';
}

function sideMatch(wanted: string, named: readonly string[], asgIds: readonly string[]): Match {
  const sides = named.map((text) => tagMatch(wanted.toLowerCase(), text.toLowerCase()));
  if (sides.includes('all')) return 'all';
  return asgIds.length > 0 || sides.includes('some') ? 'some' : 'none';
}

/**
 * Does what a rule names hold all of a tag? `Internet` is what is outside of networks, Azure's own
 * public addresses included; `VirtualNetwork` is what is inside. Gateway Manager is only let in for
 * certain by its own name, which Azure asks for. Addresses are a part of any tag.
 */
function tagMatch(wanted: string, named: string): Match {
  if (named === '*' || named === 'any' || named === '0.0.0.0/0' || named === wanted) return 'all';
  if (wanted === '*') return 'some';
  if (named === 'internet') return internetMatch[wanted] ?? 'none';
  if (named === 'virtualnetwork' || named === 'azureloadbalancer') return 'none';
  if (wanted !== 'azureloadbalancer') return 'some';
  return /^168\.63\.129\.16(?:\/32)?$/.test(named) ? 'all' : 'none';
}

const internetMatch: Readonly<Record<string, Match>> = {
  azurecloud: 'all',
  gatewaymanager: 'some',
};

function isWithin(port: number, text: string): boolean {
  if (text === '*') return true;
  const [from = '', to = from] = text.split('-');
  return Number(from) <= port && port <= Number(to);
}

function flow(
  name: string,
  direction: BastionFlow['direction'],
  source: string,
  destination: string,
  ports: readonly number[],
): BastionFlow {
  return { name, direction, source, destination, ports };
}
