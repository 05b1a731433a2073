import { estateOf, nicId, nsgId, subscriptionId, vmId, vnetId } from '../../../../local/estate';
import { allowRule, clientOf, managerWith } from './harness';
import { extensionId, linuxLogin, loginBody, machinesWith, userAssigned } from './machines';
import { faultsOf } from './swagger';

const network = 'network/networkSecurityGroup.2024-01-01.json';
const nsg = nsgId('nsg-vm-app-01');
const subscription = `/subscriptions/${subscriptionId}`;

describe('every kind of answer fits its swagger definition', () => {
  const reads: [string, string, string][] = [
    ['an NSG', nsg, `${network}:NetworkSecurityGroup`],
    [
      'the NSGs of a subscription',
      `${subscription}/providers/Microsoft.Network/networkSecurityGroups`,
      `${network}:NetworkSecurityGroupListResult`,
    ],
    [
      'the NSGs of a group',
      `${subscription}/resourceGroups/rg-app/providers/Microsoft.Network/networkSecurityGroups`,
      `${network}:NetworkSecurityGroupListResult`,
    ],
    ['the rules of an NSG', `${nsg}/securityRules`, `${network}:SecurityRuleListResult`],
    ['a rule', `${nsg}/securityRules/allow-monitoring`, `${network}:SecurityRule`],
    ['the default rules', `${nsg}/defaultSecurityRules`, `${network}:SecurityRuleListResult`],
    ['a default rule', `${nsg}/defaultSecurityRules/DenyAllInBound`, `${network}:SecurityRule`],
    [
      'a network interface',
      nicId('nic-vm-app-01'),
      'network/networkInterface.2024-01-01.json:NetworkInterface',
    ],
    [
      'the network interfaces of a subscription',
      `${subscription}/providers/Microsoft.Network/networkInterfaces`,
      'network/networkInterface.2024-01-01.json:NetworkInterfaceListResult',
    ],
    ['a virtual network', vnetId(), 'network/virtualNetwork.2024-01-01.json:VirtualNetwork'],
    [
      'the virtual networks of a subscription',
      `${subscription}/providers/Microsoft.Network/virtualNetworks`,
      'network/virtualNetwork.2024-01-01.json:VirtualNetworkListResult',
    ],
    ['a subnet', vnetId('snet-app'), 'network/virtualNetwork.2024-01-01.json:Subnet'],
    [
      'the subnets of a network',
      `${vnetId()}/subnets`,
      'network/virtualNetwork.2024-01-01.json:SubnetListResult',
    ],
    ['a VM', vmId('vm-app-01'), 'compute/virtualMachine.2024-07-01.json:VirtualMachine'],
    [
      'a VM with its instance view',
      `${vmId('vm-app-01')}?$expand=instanceView`,
      'compute/virtualMachine.2024-07-01.json:VirtualMachine',
    ],
    [
      'an instance view',
      `${vmId('vm-app-01')}/instanceView`,
      'compute/virtualMachine.2024-07-01.json:VirtualMachineInstanceView',
    ],
    [
      'the VMs of a subscription',
      `${subscription}/providers/Microsoft.Compute/virtualMachines`,
      'compute/virtualMachine.2024-07-01.json:VirtualMachineListResult',
    ],
    ['a subscription', subscription, 'resources/subscriptions.2022-12-01.json:Subscription'],
  ];
  it.each(reads)('%s', async (_what, path, definition) => {
    const { status, json } = await clientOf(managerWith())('GET', path);
    expect(status).toBe(200);
    expect(faultsOf(definition, json)).toEqual([]);
  });

  it('the tenants', async () => {
    const { json } = await clientOf(managerWith())('GET', '/tenants');
    // The definition demands `nextLink`; Azure leaves it out where there is no next page.
    const definition = 'resources/subscriptions.2022-12-01.json:TenantListResult';
    expect(faultsOf(definition, { nextLink: '', ...json })).toEqual([]);
  });

  it('the subscriptions', async () => {
    const { json } = await clientOf(managerWith())('GET', '/subscriptions');
    // The 2022-12-01 definition lacks `count`, which Azure has sent since.
    const { count, ...rest } = json;
    expect(count).toEqual({ type: 'Total', value: 1 });
    const definition = 'resources/subscriptions.2022-12-01.json:SubscriptionListResult';
    expect(faultsOf(definition, { nextLink: '', ...rest })).toEqual([]);
  });

  it('an accepted rule and an accepted NSG', async () => {
    const manager = managerWith();
    const call = clientOf(manager);
    const rule = await call('PUT', `${nsg}/securityRules/postern-a-b-0`, {
      properties: allowRule(),
    });
    expect(rule.status).toBe(201);
    expect(faultsOf(`${network}:SecurityRule`, rule.json)).toEqual([]);
    const group = await call('PUT', nsgId('nsg-new'), { location: 'westeurope' });
    expect(group.status).toBe(201);
    expect(faultsOf(`${network}:NetworkSecurityGroup`, group.json)).toEqual([]);
    manager.close();
  });

  it('a VM with an identity and an extension, its view, the extension and the list of them', async () => {
    const identity = { system: true, userAssigned: [userAssigned('one')] };
    const plan = { name: 'p', publisher: 'contoso', product: 'box' };
    const { manager, call } = machinesWith([{ name: 'vm-a', identity, plan, osType: 'Linux' }]);
    const put = await call('PUT', extensionId('vm-a', linuxLogin), loginBody(linuxLogin));
    const definition = 'compute/virtualMachine.2024-07-01.json';
    expect(faultsOf(`${definition}:VirtualMachineExtension`, put.json)).toEqual([]);
    const shown: [path: string, name: string][] = [
      [`${vmId('vm-a')}?$expand=instanceView`, 'VirtualMachine'],
      [`${vmId('vm-a')}/instanceView`, 'VirtualMachineInstanceView'],
      [`${extensionId('vm-a', linuxLogin)}?$expand=instanceView`, 'VirtualMachineExtension'],
      [`${vmId('vm-a')}/extensions`, 'VirtualMachineExtensionsListResult'],
    ];
    for (const [path, name] of shown) {
      expect(faultsOf(`${definition}:${name}`, (await call('GET', path)).json)).toEqual([]);
    }
    manager.close();
  });

  it('an interface and a subnet with ways to the Internet', async () => {
    const { call } = machinesWith([], {
      estate: estateOf({
        vms: [{ name: 'vm-a', nics: [{ publicIpId: '/ip', loadBalanced: true }] }],
        subnetWays: {
          'snet-app': {
            natGatewayId: '/nat',
            routeTableId: '/routes',
            defaultOutboundAccess: false,
          },
        },
      }),
    });
    const nic = await call('GET', nicId('nic-vm-a'));
    expect(faultsOf('network/networkInterface.2024-01-01.json:NetworkInterface', nic.json)).toEqual(
      [],
    );
    expect(nic.json).toMatchObject({
      properties: { ipConfigurations: [{ properties: { publicIPAddress: { id: '/ip' } } }] },
    });
    const subnet = await call('GET', vnetId('snet-app'));
    expect(faultsOf('network/virtualNetwork.2024-01-01.json:Subnet', subnet.json)).toEqual([]);
    expect(subnet.json).toMatchObject({
      properties: { natGateway: { id: '/nat' }, defaultOutboundAccess: false },
    });
  });

  it('an answer and an error of the Resource Graph', async () => {
    const call = clientOf(managerWith());
    const path = '/providers/Microsoft.ResourceGraph/resources';
    const good = await call('POST', path, { query: '// postern:rules v1\nresources' });
    const definition = 'resourcegraph/resourcegraph.2024-04-01.json';
    expect(faultsOf(`${definition}:QueryResponse`, good.json)).toEqual([]);
    const bad = await call('POST', path, { query: 'resources' });
    expect(bad.status).toBe(400);
    expect(faultsOf(`${definition}:ErrorResponse`, bad.json)).toEqual([]);
  });

  it('the check itself finds a property that Azure does not know', () => {
    expect(faultsOf(`${network}:SecurityRule`, { name: 'a', colour: 'red' })).toHaveLength(1);
    expect(faultsOf(`${network}:NetworkSecurityGroup`, { location: 3 })).not.toEqual([]);
  });
});
