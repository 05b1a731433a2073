import type { VirtualMachineSeed } from '../../estate';
import type { VmExtensionSeed } from '../../estateConnect';
import { groupOf, nameOf, subscriptionOf } from './armPath';
import { versionOf } from './extensionBody';
import type { GraphIndex, MachineOrder } from './graphIndex';
import type { GraphQuery, GraphQueryHandler, GraphRow } from './graphQueries';
import { identityBody } from './machineBody';
import { machinePages, wantedPlaces } from './machinePages';
import { agentOf, computerNameOf, imageOf } from './machineSoftware';

const canRead = {
  vm: 'Microsoft.Compute/virtualMachines/read',
  extension: 'Microsoft.Compute/virtualMachines/extensions/read',
  nic: 'Microsoft.Network/networkInterfaces/read',
  vnet: 'Microsoft.Network/virtualNetworks/read',
} as const;

/** Every VM that the caller may see, with all that a nightly run has to know before it writes. */
export function candidatesGraphQuery(index: GraphIndex): GraphQueryHandler {
  return (query) => {
    const isInPlace = wantedPlaces(query);
    if (typeof isInPlace === 'object') return isInPlace;
    const isWanted = ({ id }: VirtualMachineSeed): boolean =>
      isInPlace(id) && isVisible(query, id, canRead.vm);
    return machinePages(index, orderOf(query), isWanted, {
      countOf: () => 1,
      rowsOf: (vm) => [candidateRow(vm, query, index)],
    });
  };
}

/** Its last line, where it is another than that of ids. */
function orderOf({ text }: GraphQuery): MachineOrder {
  return /\|\s*order by vmGuid asc, id asc\s*$/.test(text) ? 'guid' : 'id';
}

function isVisible(query: GraphQuery, id: string, action: string): boolean {
  const lower = id.toLowerCase();
  return query.isAsked(lower) && query.mayRead(action, lower);
}

function candidateRow(vm: VirtualMachineSeed, query: GraphQuery, index: GraphIndex): GraphRow {
  const image = imageOf(vm);
  const agent = agentOf(vm);
  const identity = identityBody(vm);
  const { allowExtensionOperations = true } = vm;
  return {
    id: vm.id,
    name: nameOf(vm.id),
    subscriptionId: subscriptionOf(vm.id),
    resourceGroup: groupOf(vm.id).toLowerCase(),
    location: vm.location,
    tags: vm.tags ?? null,
    vmGuid: vm.vmId,
    osType: vm.osType,
    osName: agent?.osName ?? '',
    osVersion: agent?.osVersion ?? '',
    powerState: `PowerState/${vm.powerState}`,
    profileName: computerNameOf(vm),
    agentName: agent?.computerName ?? '',
    vmSize: vm.vmSize ?? 'Standard_D2s_v3',
    extensionsAllowed: allowExtensionOperations,
    identityType: identity?.type ?? '',
    userAssigned: identity?.userAssignedIdentities ?? null,
    publisher: image?.publisher ?? '',
    offer: image?.offer ?? '',
    imageSku: image?.sku ?? '',
    imageId: image?.id ?? '',
    planPublisher: vm.plan?.publisher ?? '',
    managedBy: vm.managedBy ?? '',
    scaleSetId: vm.scaleSetId ?? '',
    extensions: extensionsOf(vm, query),
    ways: waysOf(vm, query, index),
  };
}

function extensionsOf(vm: VirtualMachineSeed, query: GraphQuery): GraphRow[] | null {
  const seen = (vm.extensions ?? []).filter(({ name }) =>
    isVisible(query, `${vm.id}/extensions/${name}`, canRead.extension),
  );
  return seen.length === 0 ? null : seen.map((item) => extensionPart(item));
}

function extensionPart(extension: VmExtensionSeed): GraphRow {
  return {
    name: extension.name,
    publisher: extension.publisher,
    type: extension.type,
    version: versionOf(extension),
    state: extension.provisioningState,
  };
}

/** The ways out, one entry for each ip configuration that the caller may see; `null` for none. */
function waysOf(vm: VirtualMachineSeed, query: GraphQuery, index: GraphIndex): GraphRow[] | null {
  const ways: GraphRow[] = [];
  for (const id of vm.networkInterfaceIds) {
    const nic = index.nics.get(id.toLowerCase());
    if (nic === undefined || !isVisible(query, nic.id, canRead.nic)) continue;
    for (const place of nic.ipConfigurations) {
      const at = place.subnetId.lastIndexOf('/subnets/');
      const vnetId = place.subnetId.slice(0, Math.max(at, 0)).toLowerCase();
      const vnet = index.vnets.get(vnetId);
      const name = place.subnetId.slice(at + '/subnets/'.length).toLowerCase();
      const subnet = isVisible(query, vnetId, canRead.vnet)
        ? vnet?.subnets.find((item) => item.name.toLowerCase() === name)
        : undefined;
      ways.push({
        publicIpId: place.publicIpId ?? '',
        loadBalanced: place.loadBalanced ?? false,
        natGatewayId: subnet?.natGatewayId ?? '',
        routeTableId: subnet?.routeTableId ?? '',
        defaultOutbound: subnet?.defaultOutboundAccess ?? null,
      });
    }
  }
  return ways.length === 0 ? null : ways;
}
