import type { NetworkInterfaceSeed, VirtualNetworkSeed } from '../../estate';
import { guidOf } from '../../estate';
import { nameOf } from './armPath';
import type { Handler, World } from './call';
import { answer, answerText, serviceError } from './http';
import { listText, notFound } from './lists';

const printedNics = new WeakMap<NetworkInterfaceSeed, string>();
const etags = new WeakMap<object, string>();

function etagOf(seed: object): string {
  const known = etags.get(seed);
  if (known !== undefined) return known;
  const etag = `W/"${guidOf(JSON.stringify(seed))}"`;
  etags.set(seed, etag);
  return etag;
}

function nicText(nic: NetworkInterfaceSeed): string {
  const known = printedNics.get(nic);
  if (known !== undefined) return known;
  const etag = etagOf(nic);
  const text = JSON.stringify({
    name: nameOf(nic.id),
    id: nic.id,
    etag,
    type: 'Microsoft.Network/networkInterfaces',
    location: nic.location,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: guidOf(nic.id),
      ipConfigurations: nic.ipConfigurations.map((item) => ({
        name: item.name,
        id: `${nic.id}/ipConfigurations/${item.name}`,
        etag,
        type: 'Microsoft.Network/networkInterfaces/ipConfigurations',
        properties: {
          provisioningState: 'Succeeded',
          privateIPAddress: item.privateIPAddress,
          privateIPAllocationMethod: 'Dynamic',
          subnet: { id: item.subnetId },
          primary: item.primary,
          privateIPAddressVersion: item.version,
          publicIPAddress: reference(item.publicIpId),
          loadBalancerBackendAddressPools:
            item.loadBalanced === true ? [{ id: poolOf(nic.id) }] : undefined,
        },
      })),
      dnsSettings: { dnsServers: [], appliedDnsServers: [] },
      macAddress: macAddress(nic.id),
      enableAcceleratedNetworking: false,
      enableIPForwarding: false,
      networkSecurityGroup: reference(nic.networkSecurityGroupId),
      primary: nic.primary,
      virtualMachine: reference(nic.virtualMachineId),
      hostedWorkloads: [],
      tapConfigurations: [],
      nicType: 'Standard',
    },
  });
  printedNics.set(nic, text);
  return text;
}

/** The pool of a load balancer in the group of an interface; there is none but by this name. */
function poolOf(nicId: string): string {
  const provider = nicId.slice(0, nicId.lastIndexOf('/networkInterfaces/'));
  return `${provider}/loadBalancers/lb-outbound/backendAddressPools/machines`;
}

function reference(id: string | undefined): { id: string } | undefined {
  return id === undefined ? undefined : { id };
}

function macAddress(id: string): string {
  const hex = guidOf(id).slice(-6).toUpperCase();
  return `00-0D-3A-${hex.slice(0, 2)}-${hex.slice(2, 4)}-${hex.slice(4)}`;
}

/** GET of a network interface. */
export const getNic: Handler = (call, world) => {
  const nic = world.store.nics.get(call.route.lower);
  if (nic === undefined) return notFound(call, world);
  return answerText(200, nicText(nic), { etag: etagOf(nic) });
};

/** GET of the network interfaces of a subscription or a resource group. */
export const listNics: Handler = (call, world) =>
  listText(call, world, world.store.nics, 'Microsoft.Network/networkInterfaces/read', nicText);

function subnetBody(
  vnet: VirtualNetworkSeed,
  subnet: VirtualNetworkSeed['subnets'][number],
  world: World,
): unknown {
  const id = `${vnet.id}/subnets/${subnet.name}`;
  const [prefix, ...more] = subnet.addressPrefixes;
  const configurations = world.store.ipConfigurationsIn(id.toLowerCase());
  return {
    name: subnet.name,
    id,
    etag: etagOf(vnet),
    type: 'Microsoft.Network/virtualNetworks/subnets',
    properties: {
      provisioningState: 'Succeeded',
      ...(more.length === 0
        ? { addressPrefix: prefix }
        : { addressPrefixes: subnet.addressPrefixes }),
      networkSecurityGroup: reference(subnet.networkSecurityGroupId),
      natGateway: reference(subnet.natGatewayId),
      routeTable: reference(subnet.routeTableId),
      defaultOutboundAccess: subnet.defaultOutboundAccess,
      ipConfigurations:
        configurations.length === 0 ? undefined : configurations.map((item) => ({ id: item })),
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
    },
  };
}

function vnetBody(vnet: VirtualNetworkSeed, world: World): unknown {
  return {
    name: nameOf(vnet.id),
    id: vnet.id,
    etag: etagOf(vnet),
    type: 'Microsoft.Network/virtualNetworks',
    location: vnet.location,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: guidOf(vnet.id),
      addressSpace: { addressPrefixes: vnet.addressPrefixes },
      subnets: vnet.subnets.map((subnet) => subnetBody(vnet, subnet, world)),
      virtualNetworkPeerings: peeringsOf(vnet),
      enableDdosProtection: false,
    },
  };
}

function peeringsOf(vnet: VirtualNetworkSeed): unknown[] {
  return (vnet.peeredWith ?? []).map((remoteId) => {
    const name = `to-${nameOf(remoteId)}`;
    return {
      name,
      id: `${vnet.id}/virtualNetworkPeerings/${name}`,
      etag: etagOf(vnet),
      type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
      properties: {
        provisioningState: 'Succeeded',
        peeringState: 'Connected',
        remoteVirtualNetwork: { id: remoteId },
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: false,
        allowGatewayTransit: false,
        useRemoteGateways: false,
      },
    };
  });
}

/** GET of a virtual network, its subnets included. */
export const getVnet: Handler = (call, world) => {
  const vnet = world.store.vnets.get(call.route.lower);
  if (vnet === undefined) return notFound(call, world);
  return answer(200, vnetBody(vnet, world), { etag: etagOf(vnet) });
};

/** GET of the virtual networks of a subscription or a resource group. */
export const listVnets: Handler = (call, world) =>
  listText(call, world, world.store.vnets, 'Microsoft.Network/virtualNetworks/read', (vnet) =>
    JSON.stringify(vnetBody(vnet, world)),
  );

/** GET of one subnet. */
export const getSubnet: Handler = (call, world) => {
  const found = world.store.findSubnet(call.path);
  if (found === undefined) {
    const parent = world.store.vnets.get(call.route.lower.replace(/\/subnets\/[^/]*$/, ''));
    if (parent === undefined) return notFound(call, world);
    return serviceError(404, 'NotFound', `Resource ${call.path} not found.`);
  }
  return answer(200, subnetBody(found.vnet, found.subnet, world), { etag: etagOf(found.vnet) });
};

/** GET of the subnets of a virtual network. */
export const listSubnets: Handler = (call, world) => {
  const vnet = world.store.vnets.get(call.route.lower.slice(0, -'/subnets'.length));
  if (vnet === undefined) return notFound(call, world);
  return answer(200, { value: vnet.subnets.map((subnet) => subnetBody(vnet, subnet, world)) });
};
