import { createHash } from 'node:crypto';
import { loginExtension, type BastionHostSeed } from './estateConnect';
import type {
  PolicyAssignmentSeed,
  PolicyStateSeed,
  PowerState,
  VirtualMachineSeed,
} from './estateMachine';
import type { NamedRule } from './azure/resourceManager/securityRule';

export type { PowerState, VirtualMachineSeed } from './estateMachine';

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
  bastionHosts?: BastionHostSeed[];
  policyAssignments?: PolicyAssignmentSeed[];
  policyStates?: PolicyStateSeed[];
  locks: LockSeed[];
};

type ManagementGroupSeed = {
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

type SubnetSeed = {
  name: string;
  addressPrefixes: string[];
  networkSecurityGroupId?: string;
} & SubnetWays;

/** The ways out of a subnet. */
type SubnetWays = {
  natGatewayId?: string;
  routeTableId?: string;
  /** Absent in subnets of old, which have Azure's default outbound access all the same. */
  defaultOutboundAccess?: boolean;
};

export type VirtualNetworkSeed = {
  id: string;
  location: string;
  addressPrefixes: string[];
  subnets: SubnetSeed[];
  /** Ids of the virtual networks that it is peered with. */
  peeredWith?: string[];
};

type IpConfigurationSeed = {
  name: string;
  privateIPAddress?: string;
  version: 'IPv4' | 'IPv6';
  subnetId: string;
  primary: boolean;
  publicIpId?: string;
  /** It is in the pool of a load balancer that has an outbound rule. */
  loadBalanced?: boolean;
};

export type NetworkInterfaceSeed = {
  id: string;
  location: string;
  networkSecurityGroupId?: string;
  virtualMachineId?: string;
  primary: boolean;
  ipConfigurations: IpConfigurationSeed[];
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

/** A network interface as a test asks for it. */
type NicPlan = {
  /** Name of its own NSG; `null` for none. By default `nsg-` and the VM's name. */
  nsg?: string | null;
  /** Name of its subnet, by default `snet-app`. */
  subnet?: string;
  /** Private addresses, v4 or v6; by default the next free one of the subnet. */
  addresses?: string[];
} & Pick<IpConfigurationSeed, 'publicIpId' | 'loadBalanced'>;

/** A virtual machine as a test asks for it: by default running, Windows, opted in, one NIC. */
export type VmPlan = {
  name: string;
  group?: string;
  tags?: Record<string, string>;
  osType?: 'Windows' | 'Linux';
  powerState?: PowerState;
  nics?: NicPlan[];
} & Partial<Pick<VirtualMachineSeed, (typeof keptOfPlan)[number]>>;

/** What a plan says of a VM as its seed has it. */
const keptOfPlan = [
  'scaleSetId',
  'image',
  'osName',
  'osVersion',
  'computerName',
  'extensions',
  'identity',
  'vmSize',
  'allowExtensionOperations',
  'plan',
  'managedBy',
  'agent',
  'guest',
] as const satisfies readonly (keyof VirtualMachineSeed)[];

/** An estate as a test asks for it. */
type EstatePlan = {
  vms: VmPlan[];
  /** NSG of a subnet by the subnet's name; `null` for none. By default `nsg-` and its name. */
  subnetNsgs?: Record<string, string | null>;
  /** Ways out of a subnet by its name. */
  subnetWays?: Record<string, SubnetWays>;
  /** Rules of an NSG by its name; by default the foreign rules. */
  rules?: Record<string, NamedRule[]>;
  locks?: LockSeed[];
};

/** Builds an estate: every NSG, subnet and address that the plan names or implies. */
export function estateOf(plan: EstatePlan): Estate {
  const nsgs = new Map<string, NetworkSecurityGroupSeed>();
  const nsg = (name: string, group: string): string => {
    const id = nsgId(name, group);
    nsgs.set(id, { id, location, rules: plan.rules?.[name] ?? foreignRules() });
    return id;
  };
  const subnets = subnetsOf(plan, nsg);
  const nics: NetworkInterfaceSeed[] = [];
  const used = new Map<string, number>();
  const vms = plan.vms.map((vm): VirtualMachineSeed => {
    const group = vm.group ?? 'rg-app';
    const plans = vm.nics ?? [{}];
    const own = plans.map((nic, at): NetworkInterfaceSeed => {
      const subnet = nic.subnet ?? 'snet-app';
      const range = [...subnets.keys()].indexOf(subnet);
      const taken = used.get(subnet) ?? 0;
      if (nic.addresses === undefined) used.set(subnet, taken + 1);
      const nsgName = nic.nsg === undefined ? `nsg-${vm.name}` : nic.nsg;
      return {
        id: nicId(plans.length === 1 ? `nic-${vm.name}` : `nic-${vm.name}-${at + 1}`, group),
        location,
        ...(nsgName === null ? {} : { networkSecurityGroupId: nsg(nsgName, group) }),
        virtualMachineId: vmId(vm.name, group),
        primary: at === 0,
        ipConfigurations: (nic.addresses ?? [addressIn(range, taken)]).map((address, place) => ({
          name: `ipconfig${place + 1}`,
          privateIPAddress: address,
          version: address.includes(':') ? 'IPv6' : 'IPv4',
          subnetId: vnetId(subnet),
          primary: place === 0,
          ...(nic.publicIpId === undefined ? {} : { publicIpId: nic.publicIpId }),
          ...(nic.loadBalanced === undefined ? {} : { loadBalanced: nic.loadBalanced }),
        })),
      };
    });
    nics.push(...own);
    return vmSeed(vm, group, own);
  });
  const groups = new Set([...plan.vms.map((vm) => vm.group ?? 'rg-app'), 'rg-net']);
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
    resourceGroups: [...groups].map((name) => ({ subscriptionId, name, location })),
    networkSecurityGroups: [...nsgs.values()],
    virtualNetworks: [
      {
        id: vnetId(),
        location,
        addressPrefixes: [...subnets.keys()].map((_name, at) => `10.${10 + at}.0.0/16`),
        subnets: [...subnets.values()],
      },
    ],
    networkInterfaces: nics,
    virtualMachines: vms,
    locks: plan.locks ?? [],
  };
}

function subnetsOf(
  plan: EstatePlan,
  nsg: (name: string, group: string) => string,
): Map<string, SubnetSeed> {
  const names = new Set(
    plan.vms.flatMap((vm) => (vm.nics ?? [{}]).map((nic) => nic.subnet ?? 'snet-app')),
  );
  return new Map(
    [...names].map((name, at) => {
      const planned = plan.subnetNsgs?.[name];
      const nsgName = planned === undefined ? `nsg-${name}` : planned;
      const seed: SubnetSeed = {
        name,
        addressPrefixes: [`10.${10 + at}.0.0/17`],
        ...(nsgName === null ? {} : { networkSecurityGroupId: nsg(nsgName, 'rg-net') }),
        ...plan.subnetWays?.[name],
      };
      return [name, seed];
    }),
  );
}

function addressIn(range: number, at: number): string {
  return `10.${10 + range}.${1 + Math.floor(at / 250)}.${4 + (at % 250)}`;
}

function vmSeed(vm: VmPlan, group: string, nics: NetworkInterfaceSeed[]): VirtualMachineSeed {
  const id = vmId(vm.name, group);
  return {
    id,
    location,
    tags: vm.tags ?? { postern: 'enabled' },
    vmId: guidOf(id),
    osType: vm.osType ?? 'Windows',
    powerState: vm.powerState ?? 'running',
    networkInterfaceIds: nics.map((nic) => nic.id),
    ...Object.fromEntries(
      keptOfPlan.flatMap((key) => (vm[key] === undefined ? [] : [[key, vm[key]]])),
    ),
  };
}

/** So many VMs that share the one NSG of their subnet. */
export function vmsOnOneNsg(count: number): Estate {
  const vms = Array.from({ length: count }, (_item, at) => ({
    name: `vm-${at + 1}`,
    nics: [{ nsg: null }],
  }));
  return estateOf({ vms });
}

/** So many VMs, each with an NSG of its own, in a subnet without one. */
export function vmsOnManyNsgs(count: number): Estate {
  const vms = Array.from({ length: count }, (_item, at) => ({ name: `vm-${at + 1}` }));
  return estateOf({ vms, subnetNsgs: { 'snet-app': null } });
}

/** So many rules that matter to nobody, outbound, to fill an NSG up. */
export function fillerRules(count: number): NamedRule[] {
  return Array.from({ length: count }, (_item, at) => ({
    name: `filler-${at + 1}`,
    properties: {
      protocol: 'Udp',
      sourcePortRange: '*',
      destinationPortRange: String(10_000 + at),
      sourceAddressPrefix: '10.10.0.0/16',
      destinationAddressPrefix: '10.99.0.0/16',
      access: 'Allow',
      priority: 1100 + at,
      direction: 'Outbound',
    },
  }));
}

/**
 * The demonstration: one VM with an NSG of its own and one on its subnet, in two resource groups,
 * so that a window needs a rule in each.
 */
export function demonstrationEstate(): Estate {
  return estateOf({
    vms: [
      {
        name: 'vm-app-01',
        tags: { postern: 'enabled', owner: 'team-app' },
        extensions: [loginExtension('Windows')],
      },
    ],
  });
}
