import { admits } from '../../../../local/azure/evidence/admits';
import type { NamedRule } from '../../../../local/azure/resourceManager/securityRule';
import { foreignRules } from '../../../../local/estate';

const rdp = {
  source: '203.0.113.7',
  destination: '10.10.1.4',
  port: 3389,
  protocol: 'Tcp' as const,
};

const allow = (changes: Partial<NamedRule['properties']> = {}): NamedRule => ({
  name: 'window',
  properties: {
    protocol: 'Tcp',
    sourcePortRange: '*',
    destinationPortRange: '3389',
    sourceAddressPrefix: '203.0.113.7/32',
    destinationAddressPrefix: '10.10.1.4',
    access: 'Allow',
    priority: 200,
    direction: 'Inbound',
    ...changes,
  },
});

describe('an NSG admits a packet', () => {
  it('by the first rule that matches, in order of priority', () => {
    expect(admits(foreignRules(), rdp)).toEqual({
      access: 'Deny',
      rule: 'deny-management-from-internet',
    });
    expect(admits([...foreignRules(), allow()], rdp)).toEqual({ access: 'Allow', rule: 'window' });
    expect(admits([...foreignRules(), allow({ priority: 1001 })], rdp).access).toBe('Deny');
  });

  it('by the default rules where no other matches', () => {
    expect(admits([], rdp)).toEqual({ access: 'Deny', rule: 'DenyAllInBound' });
    expect(admits([], { ...rdp, source: '10.20.0.9' })).toEqual({
      access: 'Allow',
      rule: 'AllowVnetInBound',
    });
    expect(admits([], { ...rdp, source: '168.63.129.16' }).access).toBe('Allow');
    expect(admits([], { ...rdp, direction: 'Outbound' }).access).toBe('Deny');
    expect(admits([], { ...rdp, destination: '8.8.8.8', direction: 'Outbound' })).toEqual({
      access: 'Allow',
      rule: 'AllowInternetOutBound',
    });
  });

  const cases: [string, Partial<NamedRule['properties']>, Partial<typeof rdp>, boolean][] = [
    ['another source', {}, { source: '203.0.113.8' }, false],
    ['a source in the range', { sourceAddressPrefix: '203.0.113.0/24' }, {}, true],
    ['another destination', {}, { destination: '10.10.1.5' }, false],
    ['another port', {}, { port: 22 }, false],
    ['a port in a range', { destinationPortRange: '3000-4000' }, {}, true],
    ['every port', { destinationPortRange: '*' }, { port: 1 }, true],
    ['every protocol', { protocol: '*' }, {}, true],
    ['another protocol', { protocol: 'Udp' }, {}, false],
    ['the other direction', { direction: 'Outbound' }, {}, false],
    ['the tag Internet', { sourceAddressPrefix: 'Internet' }, {}, true],
    ['the tag VirtualNetwork', { sourceAddressPrefix: 'VirtualNetwork' }, {}, false],
    ['a tag that nobody knows', { sourceAddressPrefix: 'AzureCloud' }, {}, false],
    [
      'IPv6',
      { sourceAddressPrefix: '2001:db8::/32', destinationAddressPrefix: 'fd00::4' },
      { source: '2001:db8::7', destination: 'fd00::4' },
      true,
    ],
    ['IPv4 by an IPv6 range', { sourceAddressPrefix: '::/0' }, {}, false],
  ];
  it.each(cases)('or not: %s', (_what, changes, packet, isAllowed) => {
    const { rule } = admits([allow(changes)], { ...rdp, ...packet });
    expect(rule === 'window').toBe(isAllowed);
  });

  it('by lists', () => {
    const { destinationPortRange, sourceAddressPrefix, ...rest } = allow().properties;
    const properties = {
      ...rest,
      destinationPortRanges: ['22', '3389'],
      sourceAddressPrefixes: ['198.51.100.0/24', '203.0.113.7'],
    };
    expect(admits([{ name: 'lists', properties }], rdp).rule).toBe('lists');
    expect([destinationPortRange, sourceAddressPrefix]).toEqual(['3389', '203.0.113.7/32']);
  });
});
