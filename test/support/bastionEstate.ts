import type { BastionHostSeed } from '../../local/estateConnect';
import { type Estate, location, resourceId, vnetId } from '../../local/estate';

/** The estate with a Bastion in a network of its own, which is peered with that of the machines. */
export function withBastion(estate: Estate, changes: Partial<BastionHostSeed> = {}): Estate {
  const hub = resourceId('rg-net', 'Microsoft.Network', 'virtualNetworks', 'vnet-hub');
  const subnet = { name: 'AzureBastionSubnet', addressPrefixes: ['10.200.0.0/26'] };
  return {
    ...estate,
    virtualNetworks: [
      ...estate.virtualNetworks.map((one) => ({ ...one, peeredWith: [hub] })),
      {
        id: hub,
        location,
        addressPrefixes: ['10.200.0.0/16'],
        subnets: [subnet],
        peeredWith: [vnetId()],
      },
    ],
    bastionHosts: [
      {
        id: resourceId('rg-net', 'Microsoft.Network', 'bastionHosts', 'bas-hub'),
        location,
        sku: 'Standard',
        enableTunneling: true,
        provisioningState: 'Succeeded',
        subnetId: `${hub}/subnets/AzureBastionSubnet`,
        ...changes,
      },
    ],
  };
}
