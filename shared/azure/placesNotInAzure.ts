import type { ClosingConfig, Config } from '../config';
import type { SettingName } from '../config/settings';
import { clouds, logins, storageSuffixes } from './cloud';

type Storage = ClosingConfig['storage'];

/**
 * The settings whose endpoint is of none of Azure's published clouds: an emulator's, or that of
 * somebody who stands in for Azure. Names alone, no hosts.
 */
export function placesNotInAzure(
  { resourceManager, storage, audit }: ClosingConfig,
  api: Config['api'],
): SettingName[] {
  const isArm = Object.values(clouds).some(({ endpoint }) => endpoint === resourceManager.endpoint);
  const isLogin = 'faults' in api || Object.values(logins).includes(api.login);
  return [
    ...(isArm ? [] : (['ARM_ENDPOINT'] as const)),
    ...(isLogin ? [] : (['LOGIN_ENDPOINT'] as const)),
    ...strangeStorage(storage, 'table', 'AzureWebJobsStorage__tableServiceUri'),
    ...(audit?.kind === 'identity'
      ? strangeStorage(audit, 'blob', 'AzureWebJobsStorage__blobServiceUri')
      : []),
  ];
}

function strangeStorage(
  storage: Storage,
  service: 'table' | 'blob',
  setting: SettingName,
): SettingName[] {
  if (storage.kind === 'identity') return isStorage(storage.uri) ? [] : [setting];
  const { connectionString } = storage;
  const services = [service, 'blob', 'queue'].map((one) => endpointOf(connectionString, one));
  return services.every(isStorage) ? [] : ['AzureWebJobsStorage'];
}

/** Where a connection string leads for one service; `''` for the emulator's short form. */
function endpointOf(connectionString: string, service: string): string {
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
    }),
  );
  if (parts.has('usedevelopmentstorage')) return '';
  const account = parts.get('accountname') ?? 'account';
  const suffix = parts.get('endpointsuffix') ?? 'core.windows.net';
  return parts.get(`${service}endpoint`) ?? `https://${account}.${service}.${suffix}`;
}

function isStorage(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { hostname } = new URL(uri);
  return storageSuffixes.some((suffix) => hostname.endsWith(suffix));
}
