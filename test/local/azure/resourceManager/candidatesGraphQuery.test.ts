import {
  estateOf,
  nicId,
  resourceId,
  subscriptionId,
  vmId,
  vnetId,
} from '../../../../local/estate';
import { loginExtension } from '../../../../local/estateConnect';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { callers, clientOf, managerWith, rolesOf } from './harness';
import { extensionId, loginBody, readyFor, userAssigned } from './machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

type Row = Record<string, unknown>;
type Answer = { data: Row[]; totalRecords: number; $skipToken?: string; error?: unknown };

const graph = '/providers/Microsoft.ResourceGraph/resources';
const start = '// postern:candidates v1\nresources\n';

async function ask(
  manager: ResourceManager,
  { query = start, who = 'admin', body = {} }: { query?: string; who?: string; body?: object } = {},
): Promise<Answer> {
  const { json } = await clientOf(manager, who)('POST', graph, { query, ...body });
  return json as Answer;
}

const nat = resourceId('rg-net', 'Microsoft.Network', 'natGateways', 'nat-1');
const publicIp = resourceId('rg-app', 'Microsoft.Network', 'publicIPAddresses', 'pip-1');

const estate = estateOf({
  vms: [
    {
      name: 'vm-b',
      tags: { owner: 'team-b' },
      identity: { system: true, userAssigned: [userAssigned('one')] },
      vmSize: 'Standard_B1ls',
      extensions: [loginExtension('Windows')],
      image: {
        publisher: 'MicrosoftWindowsServer',
        offer: 'WindowsServer',
        sku: '2025-datacenter',
      },
      plan: { name: 'p', publisher: 'contoso', product: 'box' },
      allowExtensionOperations: null,
      nics: [{ publicIpId: publicIp }, { subnet: 'snet-private', loadBalanced: true }],
    },
    {
      name: 'vm-a',
      group: 'rg-oTher',
      osType: 'Linux',
      powerState: 'deallocated',
      image: { id: resourceId('rg-app', 'Microsoft.Compute', 'images', 'golden') },
      managedBy: '/subscriptions/x/resourceGroups/y/providers/Microsoft.Kubernetes/z',
      scaleSetId: resourceId('rg-app', 'Microsoft.Compute', 'virtualMachineScaleSets', 'vmss'),
      allowExtensionOperations: false,
      nics: [],
    },
  ],
  subnetWays: { 'snet-private': { natGatewayId: nat, defaultOutboundAccess: false } },
});

describe('the index, asked for candidates', () => {
  it('has one row for each VM, in order of id, with all that is known of it', async () => {
    const { data, totalRecords } = await ask(managerWith({ estate }));
    expect([totalRecords, data.map(({ id }) => id)]).toEqual([
      2,
      [vmId('vm-b'), vmId('vm-a', 'rg-oTher')],
    ]);
    const [windows, linux] = data;
    expect(windows).toEqual({
      id: vmId('vm-b'),
      name: 'vm-b',
      subscriptionId,
      resourceGroup: 'rg-app',
      location: 'westeurope',
      tags: { owner: 'team-b' },
      vmGuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      osType: 'Windows',
      osName: 'Windows Server 2022 Datacenter Azure Edition',
      osVersion: '10.0.20348.3207',
      powerState: 'PowerState/running',
      profileName: 'vm-b',
      agentName: 'vm-b',
      vmSize: 'Standard_B1ls',
      extensionsAllowed: null,
      identityType: 'SystemAssigned, UserAssigned',
      userAssigned: {
        [userAssigned('one')]: {
          principalId: expect.any(String) as string,
          clientId: expect.any(String) as string,
        },
      },
      publisher: 'MicrosoftWindowsServer',
      offer: 'WindowsServer',
      imageSku: '2025-datacenter',
      imageId: '',
      planPublisher: 'contoso',
      managedBy: '',
      scaleSetId: '',
      extensions: [
        {
          name: 'AADLoginForWindows',
          publisher: 'Microsoft.Azure.ActiveDirectory',
          type: 'AADLoginForWindows',
          version: '2.0',
          state: 'Succeeded',
        },
      ],
      ways: [
        {
          publicIpId: publicIp,
          loadBalanced: false,
          natGatewayId: '',
          routeTableId: '',
          defaultOutbound: null,
        },
        {
          publicIpId: '',
          loadBalanced: true,
          natGatewayId: nat,
          routeTableId: '',
          defaultOutbound: false,
        },
      ],
    });
    expect(linux).toMatchObject({
      resourceGroup: 'rg-other',
      osName: '',
      agentName: '',
      profileName: 'vm-a',
      identityType: '',
      userAssigned: null,
      publisher: '',
      imageId: resourceId('rg-app', 'Microsoft.Compute', 'images', 'golden'),
      managedBy: '/subscriptions/x/resourceGroups/y/providers/Microsoft.Kubernetes/z',
      extensionsAllowed: false,
      extensions: null,
      ways: null,
    });
  });

  const places: [line: string, names: string[]][] = [
    [`| where id startswith '${vmId('')}'`, ['vm-b']],
    [`| where id startswith '${vmId('').toUpperCase()}'`, ['vm-b']],
    [`| where id startswith '/none/' or id startswith '${vmId('VM-A', 'RG-OTHER')}'`, ['vm-a']],
    [`| where id =~ '${vmId('VM-B')}' or id startswith '${vmId('vm-b')}/'`, ['vm-b']],
    [`| where subscriptionId in~ ('${subscriptionId.toUpperCase()}')`, ['vm-b', 'vm-a']],
    [`| where subscriptionId in~ ('00000000-0000-4000-8000-000000000000')`, []],
    ['| where type =~ "microsoft.compute/virtualmachines"', ['vm-b', 'vm-a']],
  ];
  it.each(places)('keeps to %s', async (line, names) => {
    const query = `${start}${line}\n| order by id asc`;
    const { data, totalRecords } = await ask(managerWith({ estate }), { query });
    expect([data.map(({ name }) => name), totalRecords]).toEqual([names, names.length]);
  });

  it('keeps to the scopes of the request, and says what it does not understand', async () => {
    const manager = managerWith({ estate });
    const elsewhere = { subscriptions: ['00000000-0000-4000-8000-000000000000'] };
    expect((await ask(manager, { body: elsewhere })).data).toEqual([]);
    expect((await ask(manager, { body: { managementGroups: ['mg-postern'] } })).data).toHaveLength(
      2,
    );
    const query = `${start}| where id startswith strcat('/a', '/b')`;
    expect(await ask(manager, { query })).toHaveProperty('error');
  });

  it('shows of a VM what the caller may read of it', async () => {
    const principalId = callers['nobody']?.objectId ?? '';
    const roleDefinitionGuid = '0f0f0f0f-0000-4000-8000-00000000000a';
    const scope = `/subscriptions/${subscriptionId}/resourcegroups/rg-app`;
    const manager = managerWith({
      estate,
      roleSource: rolesOf([{ principalId, roleDefinitionGuid, scope }]),
    });
    const see = async (...more: string[]) => {
      const actions = [
        'Microsoft.ResourceGraph/resources/read',
        'Microsoft.Compute/virtualMachines/read',
        ...more,
      ];
      manager.defineRole({ guid: roleDefinitionGuid, name: 'part', actions, notActions: [] });
      return (await ask(manager, { who: 'nobody' })).data;
    };
    expect(await see()).toMatchObject([{ name: 'vm-b', extensions: null, ways: null }]);
    const [row] = await see(
      'Microsoft.Compute/virtualMachines/extensions/read',
      'Microsoft.Network/networkInterfaces/read',
    );
    expect(row?.['extensions']).toHaveLength(1);
    // The network stands in another group, which the caller may not read.
    expect(row?.['ways']).toMatchObject([{ publicIpId: publicIp }, { natGatewayId: '' }]);
  });

  it('is late, as the index is: a stopped VM and a new NIC are seen afterwards', async () => {
    const manager = managerWith({ estate, resourceGraphLagMs: 30_000 });
    const before = (await ask(manager)).data;
    manager.estate.setPowerState(vmId('vm-b'), 'deallocated');
    manager.estate.removeNic(nicId('nic-vm-b-1'));
    manager.estate.setVnet({
      id: vnetId(),
      location: 'westeurope',
      addressPrefixes: [],
      subnets: [],
    });
    expect((await ask(manager)).data).toEqual(before);
    await time.pass(30_000);
    expect((await ask(manager)).data[0]).toMatchObject({
      powerState: 'PowerState/deallocated',
      osName: '',
      ways: [{ loadBalanced: true, natGatewayId: '', defaultOutbound: null }],
    });
  });
});

describe('pages of candidates', () => {
  const names = Array.from({ length: 25 }, (_item, at) => `vm-${at}`);
  const many = estateOf({ vms: names.map((name) => readyFor(name)) });
  const sortedIds = names.map((name) => vmId(name)).sort();

  async function pages(manager: ResourceManager, query = start): Promise<Answer[]> {
    const found: Answer[] = [];
    let token: string | undefined;
    do {
      const options = { $top: 10, ...(token === undefined ? {} : { $skipToken: token }) };
      const answer = await ask(manager, { query, body: { options } });
      found.push(answer);
      token = answer.$skipToken;
    } while (token !== undefined);
    return found;
  }

  it('hold each VM once, and tell the same total', async () => {
    const found = await pages(managerWith({ estate: many }));
    expect(found.map(({ data }) => data.length)).toEqual([10, 10, 5]);
    expect(found.map(({ totalRecords }) => totalRecords)).toEqual([25, 25, 25]);
    expect(found.flatMap(({ data }) => data.map(({ id }) => id))).toEqual(sortedIds);
  });

  it('go on after a VM that was deleted between two of them', async () => {
    const manager = managerWith({ estate: many });
    const first = await ask(manager, { body: { options: { $top: 10 } } });
    const last = String(first.data.at(-1)?.['id']);
    manager.estate.removeVm(last);
    const options = { $top: 1_000, $skipToken: first.$skipToken };
    const rest = await ask(manager, { body: { options } });
    expect(rest.data.map(({ id }) => id)).toEqual(sortedIds.slice(10));
  });

  it('cost the same for each VM, however many there are: a page does not begin anew', async () => {
    const checksFor = async (count: number): Promise<number> => {
      const vms = Array.from({ length: count }, (_item, at) => readyFor(`vm-${at}`));
      const manager = managerWith({ estate: estateOf({ vms }) });
      const checks = jest.spyOn(manager.estate, 'isAtOrAbove');
      await pages(manager);
      return checks.mock.calls.length / count;
    };
    expect(await checksFor(1_000)).toBeLessThan((await checksFor(100)) * 1.2);
  });

  it('begin where $skip says', async () => {
    const { data } = await ask(managerWith({ estate: many }), { body: { options: { $skip: 20 } } });
    expect(data.map(({ id }) => id)).toEqual(sortedIds.slice(20));
  });

  it('of login extensions hold each of them once, in order of their own ids', async () => {
    const manager = managerWith({ estate: many });
    const call = clientOf(manager);
    for (const name of ['vm-1', 'vm-10', 'vm-1', 'vm-2']) {
      await call('PUT', extensionId(name), loginBody());
    }
    const query = '// postern:loginExtensions v1\nresources';
    const { data } = await ask(manager, { query });
    expect(data).toEqual(
      ['vm-1', 'vm-10', 'vm-2'].map((name) => ({
        id: extensionId(name),
        vmId: vmId(name),
        name: 'AADLoginForWindows',
        type: 'AADLoginForWindows',
        version: '2.0',
        state: 'Creating',
      })),
    );
    await time.pass(300_000);
    const options = { $top: 2 };
    const first = await ask(manager, { query, body: { options } });
    const next = { ...options, $skipToken: first.$skipToken };
    const second = await ask(manager, { query, body: { options: next } });
    expect([first.data, second.data].map((rows) => rows.map(({ state }) => state))).toEqual([
      ['Succeeded', 'Succeeded'],
      ['Succeeded'],
    ]);
    expect([first.totalRecords, second.totalRecords, second.$skipToken]).toEqual([3, 3, undefined]);
    const none = `${query}\n| where subscriptionId in~ ('00000000-0000-4000-8000-000000000000')`;
    expect((await ask(manager, { query: none })).data).toEqual([]);
  });

  it('are in the order of the machines’ own GUIDs where that is asked for', async () => {
    const manager = managerWith({ estate: many });
    const query = `${start}| order by vmGuid asc, id asc`;
    const made = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
    const first = await ask(manager, { query, body: { options: { $top: 10 } } });
    // A machine made anew stands elsewhere from then on; no other one is lost or comes twice.
    const [vm] = first.data;
    const seed = manager.estate.vms.get(String(vm?.['id']).toLowerCase());
    if (seed !== undefined) manager.estate.setVm({ ...seed, vmId: made });
    const options = { $top: 1_000, $skipToken: first.$skipToken };
    const rest = await ask(manager, { query, body: { options } });
    const rows = [...first.data, ...rest.data];
    const guids = rows.map(({ vmGuid }) => String(vmGuid));
    expect(guids).toEqual(guids.toSorted());
    expect(
      rows
        .slice(0, -1)
        .map(({ id }) => String(id))
        .toSorted(),
    ).toEqual(sortedIds);
    expect(rows.at(-1)).toMatchObject({ id: vm?.['id'], vmGuid: made });
  });
});
