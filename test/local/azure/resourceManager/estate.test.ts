import type { Estate } from '../../../../local/estate';
import {
  demonstrationEstate,
  estateOf,
  fillerRules,
  vmsOnManyNsgs,
  vmsOnOneNsg,
} from '../../../../local/estate';

/** What in an estate does not hang together. */
function faultsIn(estate: Estate): string[] {
  const nsgs = new Set(estate.networkSecurityGroups.map((nsg) => nsg.id));
  const nics = new Set(estate.networkInterfaces.map((nic) => nic.id));
  const vms = new Set(estate.virtualMachines.map((vm) => vm.id));
  const subnets = new Set(
    estate.virtualNetworks.flatMap((vnet) =>
      vnet.subnets.map((subnet) => `${vnet.id}/subnets/${subnet.name}`),
    ),
  );
  const groups = new Set(estate.resourceGroups.map((group) => group.name));
  const missing = (what: Set<string>, id: string | undefined): string[] =>
    id === undefined || what.has(id) ? [] : [`${id} is missing`];
  const addresses = estate.networkInterfaces.flatMap((nic) =>
    nic.ipConfigurations.map((item) => item.privateIPAddress),
  );
  return [
    ...(new Set(addresses).size === addresses.length ? [] : ['an address is used twice']),
    ...estate.networkInterfaces.flatMap((nic) => [
      ...missing(nsgs, nic.networkSecurityGroupId),
      ...missing(vms, nic.virtualMachineId),
      ...nic.ipConfigurations.flatMap((item) => missing(subnets, item.subnetId)),
    ]),
    ...estate.virtualMachines.flatMap((vm) => [
      ...vm.networkInterfaceIds.flatMap((id) => missing(nics, id)),
      ...missing(groups, vm.id.split('/')[4]),
    ]),
    ...estate.virtualNetworks.flatMap((vnet) =>
      vnet.subnets.flatMap((subnet) => missing(nsgs, subnet.networkSecurityGroupId)),
    ),
    ...estate.networkSecurityGroups.flatMap((nsg) => missing(groups, nsg.id.split('/')[4])),
  ];
}

describe('an estate hangs together', () => {
  const estates: [string, Estate][] = [
    ['the demonstration', demonstrationEstate()],
    ['300 VMs on one NSG', vmsOnOneNsg(300)],
    ['300 VMs, each with its own', vmsOnManyNsgs(300)],
    [
      'a mixture',
      estateOf({
        vms: [
          { name: 'a', group: 'rg-a', nics: [] },
          {
            name: 'b',
            nics: [{ nsg: null, subnet: 'x' }, { addresses: ['10.99.0.1', 'fd00::1'] }],
          },
        ],
        subnetNsgs: { x: null },
        rules: { 'nsg-b': fillerRules(1_000) },
      }),
    ],
  ];
  it.each(estates)('%s', (_what, estate) => {
    expect(faultsIn(estate)).toEqual([]);
  });

  it('and the demonstration is one running Windows VM behind two NSGs', () => {
    const { virtualMachines, networkSecurityGroups, networkInterfaces } = demonstrationEstate();
    expect(virtualMachines).toMatchObject([{ osType: 'Windows', powerState: 'running' }]);
    expect(networkInterfaces[0]?.ipConfigurations[0]?.privateIPAddress).toBe('10.10.1.4');
    expect(new Set(networkSecurityGroups.map((nsg) => nsg.id.split('/').at(-1)))).toEqual(
      new Set(['nsg-snet-app', 'nsg-vm-app-01']),
    );
    expect(vmsOnOneNsg(10).networkSecurityGroups).toHaveLength(1);
    expect(vmsOnManyNsgs(10).networkSecurityGroups).toHaveLength(10);
  });
});
