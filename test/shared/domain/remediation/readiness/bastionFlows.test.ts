import type { SecurityRule } from '../../../../../shared/domain/networkSecurityGroup';
import {
  bastionFlows,
  flowState,
} from '../../../../../shared/domain/remediation/readiness/bastionFlows';
import { nsgRule } from '../../../../support/readiness';

/** The rules that Microsoft's page has for that subnet, and Azure's own below them. */
function rulesOfThePage(): SecurityRule[] {
  const inbound = { direction: 'Inbound' } as const;
  const outbound = { direction: 'Outbound' } as const;
  const vnet = ['VirtualNetwork'];
  const own = [
    { ...inbound, priority: 120, sources: ['Internet'], destinationPorts: ['443'] },
    { ...inbound, priority: 130, sources: ['GatewayManager'], destinationPorts: ['443'] },
    { ...inbound, priority: 140, sources: ['AzureLoadBalancer'], destinationPorts: ['443'] },
    {
      ...inbound,
      priority: 150,
      protocol: '*',
      sources: vnet,
      destinations: vnet,
      destinationPorts: ['8080', '5701'],
    },
    {
      ...outbound,
      priority: 100,
      protocol: '*',
      destinations: vnet,
      destinationPorts: ['22', '3389'],
    },
    { ...outbound, priority: 110, destinations: ['AzureCloud'], destinationPorts: ['443'] },
    {
      ...outbound,
      priority: 120,
      protocol: '*',
      sources: vnet,
      destinations: vnet,
      destinationPorts: ['8080', '5701'],
    },
    {
      ...outbound,
      priority: 130,
      protocol: '*',
      destinations: ['Internet'],
      destinationPorts: ['80'],
    },
  ].map((one) => nsgRule(one));
  const denies = ([inbound, outbound] as const).map((direction) =>
    nsgRule({ ...direction, priority: 65_500, access: 'Deny', protocol: '*' }),
  );
  return [...own, ...denies];
}

const statesOf = (rules: readonly SecurityRule[]) =>
  bastionFlows.map((flow) => flowState(flow, rules));

describe('the NSG on the subnet of a Bastion', () => {
  it('lets every flow through by the rules of the page, in whatever order they are told', () => {
    expect(new Set(statesOf(rulesOfThePage()))).toEqual(new Set(['allowed']));
    expect(statesOf(rulesOfThePage().toReversed())).toEqual(statesOf(rulesOfThePage()));
  });

  it.each(bastionFlows.map(({ name }, at) => [name, at] as const))(
    'denies a flow whose rule is missing: %s',
    (_name, at) => {
      const states = statesOf(rulesOfThePage().filter((_rule, index) => index !== at));
      expect(states[at]).toBe('denied');
      expect(states.filter((state) => state === 'denied')).toHaveLength(1);
    },
  );

  const others: readonly (readonly [string, Partial<SecurityRule>, at: number, state: string])[] = [
    ['a deny of everything above', { access: 'Deny', protocol: '*' }, 0, 'denied'],
    ['a deny of another port', { access: 'Deny', destinationPorts: ['22'] }, 0, 'allowed'],
    ['a deny of UDP', { access: 'Deny', protocol: 'Udp' }, 0, 'allowed'],
    ['a deny of some addresses', { access: 'Deny', sources: ['203.0.113.0/24'] }, 0, 'unsure'],
    [
      'a deny of an application security group',
      { access: 'Deny', sources: [], sourceAsgIds: ['/a'] },
      0,
      'unsure',
    ],
    ['a deny of a range of ports', { access: 'Deny', destinationPorts: ['400-500'] }, 0, 'denied'],
    ['a deny of the other direction', { access: 'Deny', direction: 'Outbound' }, 0, 'allowed'],
    [
      'a deny of the network to https',
      { access: 'Deny', sources: ['VirtualNetwork'] },
      0,
      'allowed',
    ],
    ['a deny of one of two ports', { access: 'Deny', destinationPorts: ['5701'] }, 3, 'denied'],
    [
      'a deny of the Internet to Azure',
      { access: 'Deny', direction: 'Outbound', destinations: ['Internet'] },
      5,
      'denied',
    ],
    ['an allow of some addresses', { sources: ['203.0.113.0/24'] }, 0, 'allowed'],
  ];

  it.each(others)('with %s: %j', (_what, changes, at, state) => {
    const above = nsgRule({ name: 'above', priority: 50, ...changes });
    expect(statesOf([above, ...rulesOfThePage()])[at]).toBe(state);
  });

  it('denies everything where there are no rules at all', () => {
    expect(new Set(statesOf([]))).toEqual(new Set(['denied']));
  });
});
