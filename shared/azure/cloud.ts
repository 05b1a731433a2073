import type { ArmPlace } from './arm';

/**
 * Resource Manager of Azure's clouds
 * (learn.microsoft.com/azure/azure-resource-manager/management/control-plane-and-data-plane).
 */
export const clouds: Readonly<Record<string, ArmPlace>> = {
  AzureCloud: place('https://management.azure.com'),
  AzureUSGovernment: place('https://management.usgovcloudapi.net'),
  AzureChinaCloud: place('https://management.chinacloudapi.cn'),
};

/** Sign-in of the same clouds (learn.microsoft.com/entra/identity-platform/authentication-national-cloud). */
export const logins: Readonly<Record<string, string>> = {
  AzureCloud: 'https://login.microsoftonline.com',
  AzureUSGovernment: 'https://login.microsoftonline.us',
  AzureChinaCloud: 'https://login.partner.microsoftonline.cn',
};

/**
 * What the host names of storage end with in the same clouds
 * (learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints).
 */
export const storageSuffixes: readonly string[] = [
  '.core.windows.net',
  '.storage.azure.net',
  '.core.usgovcloudapi.net',
  '.core.chinacloudapi.cn',
];

/**
 * A Resource Manager of another place: `null` unless `endpoint` is https with nothing but host and
 * port, and `audience` an absolute URL. `audience` defaults to the endpoint, as in Azure's own clouds.
 */
export function customPlace(endpoint: string, audience: string): ArmPlace | null {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isBare = url !== null && (endpoint === url.origin || endpoint === `${url.origin}/`);
  if (!isBare || url.protocol !== 'https:') return null;
  if (audience !== '' && !URL.canParse(audience)) return null;
  return { endpoint: url.origin, audience: audience === '' ? url.origin : audience };
}

function place(endpoint: string): ArmPlace {
  return { endpoint, audience: endpoint };
}
