/** What of an estate matters to whoever connects: extensions of machines, and Bastions. */
export type VmExtensionSeed = {
  name: string;
  publisher: string;
  type: string;
  provisioningState: string;
};

export type BastionHostSeed = {
  id: string;
  location: string;
  sku: 'Developer' | 'Basic' | 'Standard' | 'Premium';
  enableTunneling: boolean;
  provisioningState: string;
  /** Its `AzureBastionSubnet`; a Developer one has none, and names its network alone. */
  subnetId?: string;
  virtualNetworkId?: string;
};

/** The extension that Entra sign-in needs, installed. */
export function loginExtension(osType: 'Windows' | 'Linux'): VmExtensionSeed {
  const type = osType === 'Windows' ? 'AADLoginForWindows' : 'AADSSHLoginForLinux';
  return {
    name: type,
    publisher: 'Microsoft.Azure.ActiveDirectory',
    type,
    provisioningState: 'Succeeded',
  };
}
