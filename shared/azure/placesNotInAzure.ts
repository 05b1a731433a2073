import type { ClosingConfig, Config } from '../config';
import { connectionParts } from './connectionParts';
import { clouds, logins, storageSuffixes } from './cloud';

type Storage = ClosingConfig['storage'];

/**
 * The settings whose endpoint is of none of Azure's published clouds: an emulator's, or that of
 * somebody who stands in for Azure. Names alone, no hosts.
 */
export function placesNotInAzure(
  { resourceManager, storage, audit }: ClosingConfig,
  api: Config['api'],
  remediation: Config['remediation'],
): string[] {
  const isArm = Object.values(clouds).some(({ endpoint }) => endpoint === resourceManager.endpoint);
  const isLogin = 'faults' in api || Object.values(logins).includes(api.login);
  // With a connection string the audit is in the same account.
  const isAudit = audit?.kind !== 'identity' || isStorage(audit.uri);
  // Without a queue nobody is asked; with a connection string it is in the same account.
  const queue = 'faults' in remediation ? null : remediation.storage;
  const isQueue = queue?.kind !== 'identity' || isStorage(queue.uri);
  return [
    ...(isArm ? [] : ['ARM_ENDPOINT']),
    ...(isLogin ? [] : ['LOGIN_ENDPOINT']),
    ...strangeStorage(storage),
    ...(isAudit ? [] : [auditSettings]),
    ...(isQueue ? [] : ['AzureWebJobsStorage__queueServiceUri']),
  ];
}

/** Whichever of them it is. */
const auditSettings = 'AUDIT_BLOB_SERVICE_URI or AzureWebJobsStorage__blobServiceUri';

function strangeStorage(storage: Storage): string[] {
  if (storage.kind === 'identity') {
    return isStorage(storage.uri) ? [] : ['AzureWebJobsStorage__tableServiceUri'];
  }
  const services = ['table', 'blob', 'queue'].map((one) =>
    endpointOf(storage.connectionString, one),
  );
  return services.every(isStorage) ? [] : ['AzureWebJobsStorage'];
}

/** Where a connection string leads for one service; `''` for the emulator's short form. */
function endpointOf(connectionString: string, service: string): string {
  const parts = connectionParts(connectionString);
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
