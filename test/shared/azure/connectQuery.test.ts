import type { Reply } from './stubArm';
import { factsOf, nicId, stubArm, subnetId, subscription, vmId } from './stubArm';

const hub = `${subscription}/resourceGroups/rg-hub/providers/Microsoft.Network`;
const hubVnet = `${hub}/virtualNetworks/vnet-hub`;
const row = (id: string, what: string, more: object = {}) => ({ id, what, ofVm: id, ...more });
const page = (data: unknown[]): Reply => ({
  status: 200,
  body: { totalRecords: data.length, count: data.length, resultTruncated: 'false', data },
});
const vm = row(vmId, 'microsoft.compute/virtualmachines', {
  vmGuid: 'g',
  powerState: 'PowerState/running',
  osType: 'Windows',
  osName: 'Windows Server 2022 Datacenter',
  osVersion: '10.0.20348.1',
  profileName: 'VM-1',
  agentName: 'renamed',
  publisher: 'MicrosoftWindowsServer',
  offer: 'WindowsServer',
  imageSku: '2022-datacenter',
});
const subnet = { id: `${hubVnet}/subnets/AzureBastionSubnet` };
const bastion = row(`${hub}/bastionHosts/bas`, 'microsoft.network/bastionhosts', {
  sku: 'Standard',
  state: 'Succeeded',
  tunneling: true,
  ipConfigurations: [{ properties: { subnet } }],
});
const everything = [
  vm,
  row(`${vmId}/extensions/aad`, 'microsoft.compute/virtualmachines/extensions', {
    ofVm: vmId.toUpperCase(),
    publisher: 'Microsoft.Azure.ActiveDirectory',
    extensionType: 'AADLoginForWindows',
    state: 'Failed',
  }),
  row(nicId, 'microsoft.network/networkinterfaces', {
    ofVm: vmId,
    ipConfigurations: [
      { properties: { subnet: { id: subnetId }, privateIPAddress: '10.0.0.4' } },
      { properties: { subnet: { id: subnetId }, privateIPAddress: null } },
    ],
  }),
  bastion,
  row(hubVnet.toUpperCase(), 'microsoft.network/virtualnetworks', {
    subnets: [
      { name: 'other', properties: { addressPrefix: '10.9.1.0/24' } },
      { name: 'azurebastionsubnet', properties: { addressPrefix: '10.9.0.0/26' } },
    ],
    peerings: [
      { properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: '/vnet-1' } } },
      { properties: { peeringState: 'Initiated', remoteVirtualNetwork: { id: '/vnet-2' } } },
    ],
  }),
];

describe('what connecting asks of the index', () => {
  it('is one query for forty machines, their extensions and every Bastion', async () => {
    const stub = stubArm(() => page([]));
    const ids = Array.from({ length: 40 }, (_, at) => vmId.replace('vm-1', `vm-${at}`));
    await stub.world.inventory.readConnectFacts(ids);
    expect(stub.sent).toHaveLength(1);
    const [{ query } = { query: '' }] = stub.sent.map(({ body }) => body as { query: string });
    expect(query).toMatch(/^\/\/ postern:connect v1\nresources\n/);
    expect(query).toContain(`ofVm in~ (${ids.map((id) => `'${id}'`).join(', ')})`);
    expect(query.length).toBeLessThan(16_000);
  });

  it('is put together: machine, extensions, addresses, subnets', async () => {
    const stub = stubArm(() => page(everything));
    const { machines } = await stub.world.inventory.readConnectFacts([vmId]);
    expect(machines).toEqual([
      {
        vmId,
        vmGuid: 'g',
        powerState: 'PowerState/running',
        osType: 'Windows',
        osName: 'Windows Server 2022 Datacenter',
        osVersion: '10.0.20348.1',
        computerName: 'VM-1',
        image: {
          publisher: 'MicrosoftWindowsServer',
          offer: 'WindowsServer',
          sku: '2022-datacenter',
        },
        addresses: ['10.0.0.4'],
        subnetIds: [subnetId],
        extensions: [
          {
            publisher: 'Microsoft.Azure.ActiveDirectory',
            type: 'AADLoginForWindows',
            state: 'Failed',
          },
        ],
      },
    ]);
  });

  it('is put together: Bastions with their network, its peers and the range of their subnet', async () => {
    const stub = stubArm(() => page(everything));
    const { bastions } = await stub.world.inventory.readConnectFacts([vmId]);
    expect(bastions).toEqual([
      {
        id: bastion.id,
        sku: 'Standard',
        state: 'Succeeded',
        tunneling: true,
        vnetId: hubVnet,
        peerIds: ['/vnet-1'],
        prefixes: ['10.9.0.0/26'],
      },
    ]);
  });

  it.each([
    [
      { ...bastion, ipConfigurations: null, vnetId: '/vnet' },
      { vnetId: '/vnet', prefixes: [] },
    ],
    [{ ...bastion, ipConfigurations: [7, null, { properties: 'x' }] }, { vnetId: '' }],
    [{ ...bastion, tunneling: null }, { tunneling: false }],
    [{ ...bastion, tunneling: 1 }, { tunneling: true }],
    [
      { id: bastion.id, what: bastion.what },
      { sku: '', state: '', tunneling: false },
    ],
  ])('reads a Bastion of less than all, %#', async (one, wanted) => {
    const stub = stubArm(() => page([one]));
    const { bastions } = await stub.world.inventory.readConnectFacts([vmId]);
    expect(bastions).toMatchObject([wanted]);
  });

  it('takes the name that the agent says where there is no profile', async () => {
    const stub = stubArm(() => page([{ ...vm, profileName: '' }]));
    const { machines } = await stub.world.inventory.readConnectFacts([vmId]);
    expect(machines[0]?.computerName).toBe('renamed');
  });

  it.each(["x' or 1==1 //", `${vmId}'`, '/', `${vmId}\n| union x`, 'x'.repeat(10_000)])(
    'is never asked with the id %j',
    async (id) => {
      const stub = stubArm(() => page([]));
      expect(await factsOf(stub.world.inventory.readConnectFacts([id]))).toMatchObject({
        kind: 'invalid',
      });
      expect(stub.sent).toEqual([]);
    },
  );

  it.each([[[7]], [[{ id: '' }]], [[{ ...vm, powerState: {} }]]])(
    'is a fault where the rows are %j',
    async (rows) => {
      const stub = stubArm(() => page(rows));
      expect(await factsOf(stub.world.inventory.readConnectFacts([vmId]))).toMatchObject({
        kind: 'unavailable',
      });
    },
  );
});
