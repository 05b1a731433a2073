import type { NetworkInterfaceSeed, VirtualMachineSeed, VirtualNetworkSeed } from '../../estate';
import type { BastionHostSeed, VmExtensionSeed } from '../../estateConnect';
import { groupOf, subscriptionOf } from './armPath';
import type { GraphIndex } from './graphIndex';
import type { GraphQueryHandler, GraphRow } from './graphQueries';
import { listAfter } from './graphText';
import { agentOf, computerNameOf, imageOf } from './machineSoftware';

const canRead = {
  vm: 'Microsoft.Compute/virtualMachines/read',
  extension: 'Microsoft.Compute/virtualMachines/extensions/read',
  nic: 'Microsoft.Network/networkInterfaces/read',
  vnet: 'Microsoft.Network/virtualNetworks/read',
  bastion: 'Microsoft.Network/bastionHosts/read',
} as const;

type Visible = (id: string, action: string) => boolean;

/** Named machines with what belongs to them, every Bastion, and the networks that hold one. */
export function connectGraphQuery(index: GraphIndex): GraphQueryHandler {
  return (query) => {
    const wanted = listAfter('ofVm', query.text);
    if (wanted === undefined) return { invalid: "no list after 'ofVm in~'" };
    const isVisible: Visible = (id, action) => {
      const lower = id.toLowerCase();
      return query.isAsked(lower) && query.mayRead(action, lower);
    };
    const ours = machineRows(index, wanted, isVisible);
    return [...ours.sort(byId), ...bastionRows(index, isVisible).sort(byId)];
  };
}

function machineRows(
  { vms, nics }: GraphIndex,
  wanted: ReadonlySet<string>,
  isVisible: Visible,
): GraphRow[] {
  const rows: GraphRow[] = [];
  for (const [id, vm] of vms) {
    if (!wanted.has(id)) continue;
    if (isVisible(vm.id, canRead.vm)) rows.push(vmRow(vm));
    for (const extension of vm.extensions ?? []) {
      const row = extensionRow(vm, extension);
      if (isVisible(row.id, canRead.extension)) rows.push(row);
    }
  }
  for (const nic of nics.values()) {
    const of = nic.virtualMachineId;
    if (of === undefined || !wanted.has(of.toLowerCase())) continue;
    if (isVisible(nic.id, canRead.nic)) rows.push(nicRow(nic, of));
  }
  return rows;
}

function bastionRows({ vnets, bastions }: GraphIndex, isVisible: Visible): GraphRow[] {
  const withBastion = [...vnets.values()].filter(({ subnets }) =>
    subnets.some(({ name }) => name.toLowerCase() === 'azurebastionsubnet'),
  );
  return [
    ...[...bastions.values()]
      .filter(({ id }) => isVisible(id, canRead.bastion))
      .map((bastion) => bastionRow(bastion)),
    ...withBastion.filter(({ id }) => isVisible(id, canRead.vnet)).map(vnetRow),
  ];
}

/** `tostring` of what is not there gives `''`, anything else of it null. */
const nothing = {
  vmGuid: '',
  powerState: '',
  osType: '',
  osName: '',
  osVersion: '',
  profileName: '',
  agentName: '',
  publisher: '',
  offer: '',
  imageSku: '',
  extensionType: '',
  state: 'Succeeded',
  sku: '',
  tunneling: null,
  ipConfigurations: null,
  vnetId: '',
  subnets: null,
  peerings: null,
} as const;

function rowOf(id: string, what: string, ofVm: string, isOurs: boolean) {
  const resourceGroup = groupOf(id).toLowerCase();
  return { id, what, isOurs, ofVm, subscriptionId: subscriptionOf(id), resourceGroup, ...nothing };
}

function vmRow(vm: VirtualMachineSeed): GraphRow {
  const image = imageOf(vm);
  const agent = agentOf(vm);
  return {
    ...rowOf(vm.id, 'microsoft.compute/virtualmachines', vm.id, true),
    vmGuid: vm.vmId,
    powerState: `PowerState/${vm.powerState}`,
    osType: vm.osType,
    osName: agent?.osName ?? '',
    osVersion: agent?.osVersion ?? '',
    profileName: computerNameOf(vm),
    agentName: agent?.computerName ?? '',
    publisher: image?.publisher ?? '',
    offer: image?.offer ?? '',
    imageSku: image?.sku ?? '',
  };
}

function extensionRow(vm: VirtualMachineSeed, extension: VmExtensionSeed) {
  const id = `${vm.id}/extensions/${extension.name}`;
  return {
    ...rowOf(id, 'microsoft.compute/virtualmachines/extensions', vm.id, true),
    publisher: extension.publisher,
    extensionType: extension.type,
    state: extension.provisioningState,
  };
}

function nicRow(nic: NetworkInterfaceSeed, ofVm: string): GraphRow {
  return {
    ...rowOf(nic.id, 'microsoft.network/networkinterfaces', ofVm, true),
    ipConfigurations: nic.ipConfigurations.map(({ name, subnetId, privateIPAddress }) => ({
      name,
      properties: { subnet: { id: subnetId }, privateIPAddress },
    })),
  };
}

function bastionRow(bastion: BastionHostSeed): GraphRow {
  const { id, subnetId, virtualNetworkId } = bastion;
  const subnet = { id: subnetId };
  return {
    ...rowOf(id, 'microsoft.network/bastionhosts', id, false),
    state: bastion.provisioningState,
    sku: bastion.sku,
    tunneling: bastion.enableTunneling,
    ipConfigurations: subnetId === undefined ? [] : [{ name: 'IpConf', properties: { subnet } }],
    vnetId: virtualNetworkId ?? '',
  };
}

function vnetRow(vnet: VirtualNetworkSeed): GraphRow {
  return {
    ...rowOf(vnet.id, 'microsoft.network/virtualnetworks', vnet.id, false),
    subnets: vnet.subnets.map(({ name, addressPrefixes }) => ({
      name,
      properties:
        addressPrefixes.length === 1 ? { addressPrefix: addressPrefixes[0] } : { addressPrefixes },
    })),
    peerings: (vnet.peeredWith ?? []).map((id) => ({
      properties: { peeringState: 'Connected', remoteVirtualNetwork: { id } },
    })),
  };
}

function byId(one: GraphRow, other: GraphRow): number {
  const [left, right] = [String(one['id']), String(other['id'])];
  return left === right ? 0 : left < right ? -1 : 1;
}
