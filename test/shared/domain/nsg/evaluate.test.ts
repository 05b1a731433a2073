import type { SecurityRule } from '../../../../shared/domain/networkSecurityGroup';
import { admits, shadowedBy } from '../../../../shared/domain/nsg/evaluate';
import { foreignRule } from '../../../support/grants';

const ours = foreignRule({
  name: 'postern-abc123-x-0',
  priority: 200,
  sources: ['203.0.113.10/32'],
  destinations: ['10.0.0.4'],
  destinationPorts: ['22', '3389'],
});

const deny = (changes: Partial<SecurityRule> = {}): SecurityRule =>
  foreignRule({
    name: 'deny',
    priority: 150,
    access: 'Deny',
    protocol: '*',
    sources: ['*'],
    destinations: ['*'],
    destinationPorts: ['*'],
    ...changes,
  });

const allow = (changes: Partial<SecurityRule> = {}): SecurityRule =>
  deny({ name: 'allow', access: 'Allow', priority: 140, ...changes });

const defaults: SecurityRule[] = [
  allow({
    name: 'AllowVnetInBound',
    priority: 65_000,
    sources: ['VirtualNetwork'],
    destinations: ['VirtualNetwork'],
  }),
  allow({
    name: 'AllowAzureLoadBalancerInBound',
    priority: 65_001,
    sources: ['AzureLoadBalancer'],
  }),
  deny({ name: 'DenyAllInBound', priority: 65_500 }),
];

describe('a foreign deny above our rule', () => {
  it.each<[string, Partial<SecurityRule>, boolean]>([
    ['everything', {}, true],
    ['below ours', { priority: 201 }, false],
    ['outbound', { direction: 'Outbound' }, false],
    ['another protocol', { protocol: 'Udp' }, false],
    ['the protocol in another casing', { protocol: 'tcp' }, true],
    ['ICMP', { protocol: 'Icmp' }, false],
    ['other ports', { destinationPorts: ['443', '8000-9000'] }, false],
    ['one of our ports', { destinationPorts: ['3000-4000'] }, true],
    ['other sources', { sources: ['198.51.100.0/24'] }, false],
    ['a prefix that holds our source', { sources: ['203.0.113.0/24'] }, true],
    ['other destinations', { destinations: ['10.0.0.5', '10.1.0.0/16'] }, false],
    ['a prefix that holds our destination', { destinations: ['10.0.0.0/8'] }, true],
    ['the internet', { sources: ['Internet'] }, true],
    ['the virtual network as source', { sources: ['VirtualNetwork'] }, false],
    ['the virtual network as destination', { destinations: ['VirtualNetwork'] }, true],
    ['the load balancer', { sources: ['AzureLoadBalancer'] }, false],
    ['a tag nobody can resolve here', { sources: ['AzureCloud.westeurope'] }, true],
    [
      'a security group nobody can resolve here',
      { destinations: [], destinationAsgIds: ['/asg'] },
      true,
    ],
    ['IPv6', { sources: ['2001:db8::/32'] }, false],
    ['a garbled prefix', { sources: ['10.0.0.0/99'] }, true],
  ])('%s', (_, changes, shadows) => {
    expect(shadowedBy(ours, [deny(changes), ours])?.name ?? null).toBe(shadows ? 'deny' : null);
  });

  it('does not matter where an allow above it lets everything of ours in', () => {
    expect(shadowedBy(ours, [deny(), allow()])).toBeNull();
    expect(shadowedBy(ours, [deny(), allow({ destinationPorts: ['22'] })])?.name).toBe('deny');
    expect(shadowedBy(ours, [deny(), allow({ sourcePorts: ['1024'] })])?.name).toBe('deny');
  });

  it('covers private sources where it names the virtual network', () => {
    const vpn = { ...ours, sources: ['10.8.0.0/24'] };
    expect(shadowedBy(vpn, [deny({ sources: ['VirtualNetwork'] })])?.name).toBe('deny');
    expect(shadowedBy(vpn, [deny({ sources: ['Internet'] })])).toBeNull();
  });
});

describe('traffic that gets in anyway', () => {
  it.each<[string, SecurityRule[], boolean]>([
    ['nothing but the default rules', [], false],
    ['an allow for all of it', [allow({ priority: 1_000 })], true],
    ['an allow for one port of two', [allow({ priority: 1_000, destinationPorts: ['22'] })], false],
    [
      'two allows that share it',
      [
        allow({ priority: 1_000, destinationPorts: ['22'] }),
        allow({ name: 'b', priority: 1_001, destinationPorts: ['3389'] }),
      ],
      true,
    ],
    ['a deny before the allow', [allow({ priority: 1_000 }), deny({ priority: 999 })], false],
    ['an allow for a tag that may hold the source', [allow({ sources: ['AzureCloud'] })], false],
    ['an allow for the internet', [allow({ sources: ['Internet'] })], true],
  ])('%s', (_, rules, expected) => {
    expect(admits(ours, [...rules, ...defaults, ours])).toBe(expected);
  });

  it('includes the virtual network, which every NSG lets in by default', () => {
    expect(admits({ ...ours, sources: ['10.8.0.7/32'] }, defaults)).toBe(true);
  });
});

it('judges an NSG with 1,000 rules in a moment', () => {
  const rules = Array.from({ length: 1_000 }, (_, n) =>
    deny({ name: `r${n}`, priority: 100, sources: [`198.51.${n % 256}.0/24`] }),
  );
  const startedAt = performance.now();
  expect(shadowedBy(ours, rules)).toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
