import { createHash } from 'node:crypto';
import type { NamedRule } from './azure/resourceManager/securityRule';

/**
 * What stands in the make-believe tenant before anybody calls: plain data, ids in the casing Azure
 * would echo. Seeds are never changed in place; the store replaces them.
 */
export type Estate = {
  tenantId: string;
  managementGroups: ManagementGroupSeed[];
  subscriptions: { subscriptionId: string; displayName: string }[];
  resourceGroups: { subscriptionId: string; name: string; location: string }[];
  networkSecurityGroups: NetworkSecurityGroupSeed[];
  virtualNetworks: VirtualNetworkSeed[];
  networkInterfaces: NetworkInterfaceSeed[];
  virtualMachines: VirtualMachineSeed[];
  locks: LockSeed[];
};

export type ManagementGroupSeed = {
  name: string;
  displayName: string;
  /** Subscription ids directly below. */
  subscriptions: string[];
  /** Name of the management group above, absent for one right below the tenant. */
  parent?: string;
};

export type NetworkSecurityGroupSeed = {
  id: string;
  location: string;
  tags?: Record<string, string>;
  flushConnection?: boolean;
  rules: NamedRule[];
};

export type VirtualNetworkSeed = {
  id: string;
  location: string;
  addressPrefixes: string[];
  subnets: { name: string; addressPrefixes: string[]; networkSecurityGroupId?: string }[];
};

export type IpConfigurationSeed = {
  name: string;
  privateIPAddress?: string;
  version: 'IPv4' | 'IPv6';
  subnetId: string;
  primary: boolean;
};

export type NetworkInterfaceSeed = {
  id: string;
  location: string;
  networkSecurityGroupId?: string;
  virtualMachineId?: string;
  primary: boolean;
  ipConfigurations: IpConfigurationSeed[];
};

export type PowerState =
  'starting' | 'running' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated' | 'unknown';

export type VirtualMachineSeed = {
  id: string;
  location: string;
  tags?: Record<string, string>;
  /** GUID that survives a move and is new when a VM of the same name is made again. */
  vmId: string;
  osType: 'Windows' | 'Linux';
  powerState: PowerState;
  networkInterfaceIds: string[];
  scaleSetId?: string;
};

export type LockSeed = {
  scope: string;
  name: string;
  level: 'CanNotDelete' | 'ReadOnly';
  notes?: string;
};

export const tenantId = '22222222-2222-4222-8222-222222222222';
export const subscriptionId = '11111111-1111-4111-8111-111111111111';
export const location = 'westeurope';
export const managementGroup = 'mg-postern';

/** Id of a resource in the demonstration subscription. */
export function resourceId(group: string, provider: string, ...rest: string[]): string {
  const tail = rest.join('/');
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${provider}/${tail}`;
}

/** Id of an NSG. */
export function nsgId(name: string, group = 'rg-app'): string {
  return resourceId(group, 'Microsoft.Network', 'networkSecurityGroups', name);
}

/** Id of a network interface. */
export function nicId(name: string, group = 'rg-app'): string {
  return resourceId(group, 'Microsoft.Network', 'networkInterfaces', name);
}

/** Id of a virtual machine. */
export function vmId(name: string, group = 'rg-app'): string {
  return resourceId(group, 'Microsoft.Compute', 'virtualMachines', name);
}

/** Id of the one virtual network, or of a subnet in it. */
export function vnetId(subnet?: string): string {
  const id = resourceId('rg-net', 'Microsoft.Network', 'virtualNetworks', 'vnet-app');
  return subnet === undefined ? id : `${id}/subnets/${subnet}`;
}

/** A GUID that depends on nothing but the text: the same at every start. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text.toLowerCase()).digest('hex');
  const part = (from: number, to: number): string => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

/** Rules that somebody else keeps in an NSG, and that nobody but them may touch. */
export function foreignRules(): NamedRule[] {
  return [
    {
      name: 'allow-monitoring',
      properties: {
        description: 'Health checks of the monitoring network.',
        protocol: 'Tcp',
        sourcePortRange: '*',
        destinationPortRange: '9100',
        sourceAddressPrefix: '10.20.0.0/24',
        destinationAddressPrefix: '*',
        access: 'Allow',
        priority: 110,
        direction: 'Inbound',
      },
    },
    {
      name: 'deny-management-from-internet',
      properties: {
        description: 'No management port is reachable from the Internet.',
        protocol: '*',
        sourcePortRange: '*',
        sourceAddressPrefix: 'Internet',
        destinationAddressPrefix: '*',
        access: 'Deny',
        priority: 1000,
        direction: 'Inbound',
        destinationPortRanges: ['3389', '22'],
      },
    },
  ];
}

/**
 * The demonstration: one VM with an NSG of its own and one on its subnet, in two resource groups,
 * so that a window needs a rule in each.
 */
export function demonstrationEstate(): Estate {
  return {
    tenantId,
    managementGroups: [
      {
        name: managementGroup,
        displayName: 'Postern demonstration',
        subscriptions: [subscriptionId],
      },
    ],
    subscriptions: [{ subscriptionId, displayName: 'Postern demonstration' }],
    resourceGroups: ['rg-app', 'rg-net'].map((name) => ({ subscriptionId, name, location })),
    networkSecurityGroups: [
      { id: nsgId('nsg-vm-app-01'), location, rules: foreignRules() },
      { id: nsgId('nsg-snet-app', 'rg-net'), location, rules: foreignRules() },
    ],
    virtualNetworks: [
      {
        id: vnetId(),
        location,
        addressPrefixes: ['10.10.0.0/16'],
        subnets: [
          {
            name: 'snet-app',
            addressPrefixes: ['10.10.1.0/24'],
            networkSecurityGroupId: nsgId('nsg-snet-app', 'rg-net'),
          },
        ],
      },
    ],
    networkInterfaces: [
      {
        id: nicId('nic-vm-app-01'),
        location,
        networkSecurityGroupId: nsgId('nsg-vm-app-01'),
        virtualMachineId: vmId('vm-app-01'),
        primary: true,
        ipConfigurations: [
          {
            name: 'ipconfig1',
            privateIPAddress: '10.10.1.4',
            version: 'IPv4',
            subnetId: vnetId('snet-app'),
            primary: true,
          },
        ],
      },
    ],
    virtualMachines: [
      {
        id: vmId('vm-app-01'),
        location,
        tags: { postern: 'enabled', owner: 'team-app' },
        vmId: guidOf(vmId('vm-app-01')),
        osType: 'Windows',
        powerState: 'running',
        networkInterfaceIds: [nicId('nic-vm-app-01')],
      },
    ],
    locks: [],
  };
}
