import { estateOf, subscriptionId, vmId, vnetId } from '../../../../local/estate';
import { loginExtension } from '../../../../local/estateConnect';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import { withBastion } from '../../../support/bastionEstate';
import { callers, clientOf, managerWith, rolesOf } from './harness';

type Row = Record<string, unknown>;

async function ask(manager: ResourceManager, ids: string[], who = 'admin') {
  const list = ids.map((id) => `'${id}'`).join(', ');
  const query = `// postern:connect v1\nresources\n| extend isOurs = ofVm in~ (${list})`;
  const path = '/providers/Microsoft.ResourceGraph/resources';
  const { json } = await clientOf(manager, who)('POST', path, { query });
  return (json['data'] ?? json['error']) as Row[];
}

const estate = withBastion(
  estateOf({
    vms: [
      { name: 'vm-a', extensions: [loginExtension('Windows')], computerName: 'HOST-A' },
      { name: 'vm(b)', osType: 'Linux', powerState: 'deallocated', image: null },
    ],
  }),
);

describe('the index, asked how to connect', () => {
  it('shows machines as they run, their extensions and interfaces, and Bastions', async () => {
    const rows = await ask(managerWith({ estate }), [vmId('VM-A')]);
    const short = rows.map((row) => [row['what'], row['isOurs']]);
    expect(short).toEqual([
      ['microsoft.compute/virtualmachines', true],
      ['microsoft.compute/virtualmachines/extensions', true],
      ['microsoft.network/networkinterfaces', true],
      ['microsoft.network/bastionhosts', false],
      ['microsoft.network/virtualnetworks', false],
    ]);
    expect(rows[0]).toMatchObject({
      id: vmId('vm-a'),
      powerState: 'PowerState/running',
      osType: 'Windows',
      osVersion: '10.0.20348.3207',
      profileName: 'HOST-A',
      imageSku: '2022-datacenter-azure-edition',
    });
    expect(rows[1]).toMatchObject({ extensionType: 'AADLoginForWindows', state: 'Succeeded' });
    expect(rows[3]).toMatchObject({ sku: 'Standard', tunneling: true });
    expect(rows[4]).toMatchObject({
      peerings: [
        { properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: vnetId() } } },
      ],
    });
  });

  it('knows no agent of a machine that is stopped, and no image of one made of a disk', async () => {
    const rows = await ask(managerWith({ estate }), [vmId('vm-a'), vmId('vm(b)')]);
    const stopped = rows.find(({ id }) => id === vmId('vm(b)'));
    expect(stopped).toMatchObject({ osName: '', osVersion: '', agentName: '', publisher: '' });
  });

  it('shows only what the caller may read', async () => {
    const principalId = callers['nobody']?.objectId ?? '';
    const roleDefinitionGuid = '0f0f0f0f-0000-4000-8000-00000000000a';
    const scope = `/subscriptions/${subscriptionId}`;
    const manager = managerWith({
      estate,
      roleSource: rolesOf([{ principalId, roleDefinitionGuid, scope }]),
    });
    const actions = [
      'Microsoft.ResourceGraph/resources/read',
      'Microsoft.Compute/virtualMachines/read',
    ];
    manager.defineRole({ guid: roleDefinitionGuid, name: 'part', actions, notActions: [] });
    const rows = await ask(manager, [vmId('vm-a')], 'nobody');
    expect(rows.map(({ id }) => id)).toEqual([vmId('vm-a')]);
  });

  it('says what it does not understand', async () => {
    const manager = managerWith({ estate });
    const query = '// postern:connect v1\nresources';
    const path = '/providers/Microsoft.ResourceGraph/resources';
    expect((await clientOf(manager)('POST', path, { query })).status).toBe(400);
  });
});
