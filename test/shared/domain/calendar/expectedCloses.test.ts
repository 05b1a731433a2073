import { expectedCloses, plannedCloses } from '../../../../shared/domain/calendar/expectedCloses';
import { nsgNic, nsgSubnet, targetOf, vmIdOf } from '../../../support/grants';

const nic = nsgNic.toLowerCase();
const subnet = nsgSubnet.toLowerCase();
const region = 'westeurope';
const parts = {
  targets: [targetOf('vm-1'), targetOf('vm-2')],
  portSets: [{ protocol: 'Tcp' as const, ports: ['22'] }],
  source: { prefixes: ['203.0.113.10/32'], wonBy: '' },
};
const pathOf = (name: string, nicNsgId: string, subnetNsgId: string, location = region) => ({
  vmId: vmIdOf(name),
  location,
  nicNsgId,
  subnetNsgId,
});

describe('the closes that the index lets expect', () => {
  it('are one on each NSG on the way, in the order of their ids, whatever the spelling', () => {
    const way = pathOf('vm-1', nsgSubnet.toUpperCase(), nsgNic, 'WestEurope');
    expect(expectedCloses(parts, [{ ...way, vmId: way.vmId.toUpperCase() }])).toEqual([
      { nsgId: nic, region, rules: 1 },
      { nsgId: subnet, region, rules: 1 },
    ]);
  });

  it('are one for machines that share an NSG, and none where there is no NSG', () => {
    const ways = [pathOf('vm-1', nsgNic, ''), pathOf('vm-2', '', nsgNic.toUpperCase())];
    expect(expectedCloses(parts, ways)).toEqual([{ nsgId: nic, region, rules: 1 }]);
  });

  it('have a rule for each protocol and each address family', () => {
    const more = {
      ...parts,
      portSets: [...parts.portSets, { protocol: 'Udp' as const, ports: ['3389'] }],
      source: { prefixes: ['203.0.113.10/32', '2001:db8::1/128'], wonBy: '' },
    };
    expect(expectedCloses(more, [pathOf('vm-1', nsgNic, '')])).toMatchObject([{ rules: 4 }]);
  });

  it('leave out machines that the window is not for', () => {
    expect(expectedCloses(parts, [pathOf('vm-3', nsgNic, nsgSubnet)])).toEqual([]);
    expect(expectedCloses(parts, [])).toEqual([]);
  });
});

describe('the closes of a plan', () => {
  const expected = [
    { nsgId: nic, region: 'northeurope', rules: 7 },
    { nsgId: subnet, region, rules: 7 },
  ];

  it('count the rules on each NSG, in the order of their ids, where the index says it stands', () => {
    const placements = [nsgSubnet, nsgNic, nsgSubnet.toUpperCase()].map((nsgId) => ({ nsgId }));
    expect(plannedCloses(placements, expected)).toEqual([
      { nsgId: nic, region: 'northeurope', rules: 1 },
      { nsgId: subnet, region, rules: 2 },
    ]);
    expect(plannedCloses([], expected)).toEqual([]);
  });

  it('stand in the region of the others where the index did not name the NSG', () => {
    const unknown = [{ nsgId: '/new' }];
    const other = { nsgId: '/new', rules: 1 };
    expect(plannedCloses(unknown, expected)).toEqual([{ ...other, region: 'northeurope' }]);
    expect(plannedCloses(unknown, [])).toEqual([{ ...other, region: '' }]);
  });
});
