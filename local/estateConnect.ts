/** What of an estate matters to whoever connects: extensions of machines, and Bastions. */
export type VmExtensionSeed = {
  name: string;
  publisher: string;
  type: string;
  provisioningState: string;
  /** As it was asked for, by default `1.0`. */
  typeHandlerVersion?: string;
  autoUpgradeMinorVersion?: boolean;
  settings?: unknown;
  tags?: Record<string, string>;
  /** What its handler says of it: a code like `failed/1007`, and the text. */
  status?: { code: string; message: string; at: string };
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
    typeHandlerVersion: osType === 'Windows' ? '2.0' : '1.0',
    autoUpgradeMinorVersion: true,
  };
}
