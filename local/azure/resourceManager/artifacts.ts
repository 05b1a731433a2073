import type { VmExtensionSeed } from '../../estateConnect';

/** What an extension is asked for by. */
type Wanted = Pick<VmExtensionSeed, 'publisher' | 'type'> & {
  typeHandlerVersion?: string;
  autoUpgradeMinorVersion?: boolean;
};

/**
 * The handlers that this region offers, with their versions, oldest first: those of the login
 * extensions that are seen in the field, and a few neighbours.
 */
const handlers = new Map<string, readonly string[]>(
  Object.entries({
    'Microsoft.Azure.ActiveDirectory.AADLoginForWindows': [
      '0.4.1.0',
      '1.0.0.1',
      '2.0.0.0',
      '2.1.0.0',
      '2.2.0.0',
    ],
    'Microsoft.Azure.ActiveDirectory.AADSSHLoginForLinux': ['1.0.1588.3', '1.0.2385.1'],
    'Microsoft.Azure.ActiveDirectory.LinuxSSH.AADLoginForLinux': ['1.0.0.1'],
    'Microsoft.Compute.JsonADDomainExtension': ['1.3.9.0'],
    'Microsoft.Compute.CustomScriptExtension': ['1.10.15.0'],
    'Microsoft.Azure.Extensions.CustomScript': ['2.1.10.0'],
    'Microsoft.Azure.Monitor.AzureMonitorWindowsAgent': ['1.0.0.0', '1.28.0.0'],
    'Microsoft.Azure.Monitor.AzureMonitorLinuxAgent': ['1.0.0.0', '1.31.0.0'],
    'Microsoft.Azure.Security.IaaSAntimalware': ['1.5.5.9'],
  }).map(([name, versions]) => [name.toLowerCase(), versions]),
);

const versionsOf = ({ publisher, type }: Wanted): readonly string[] | undefined =>
  handlers.get(`${publisher}.${type}`.toLowerCase());

/** Whether the region has such a handler, and one of the version that was asked for. */
export function findArtifact(wanted: Wanted): 'found' | 'noType' | 'noVersion' {
  const versions = versionsOf(wanted);
  if (versions === undefined) return 'noType';
  return chosen(versions, wanted) === undefined ? 'noVersion' : 'found';
}

/** Full version of what is installed; what was asked for where the handler is not known. */
export function installedVersion(wanted: Wanted): string {
  const { typeHandlerVersion = '1.0' } = wanted;
  return chosen(versionsOf(wanted) ?? [], wanted) ?? `${typeHandlerVersion}.0.0`;
}

/** The newest of the major version where minor ones follow by themselves, else the newest of both. */
function chosen(versions: readonly string[], wanted: Wanted): string | undefined {
  const { typeHandlerVersion = '1.0', autoUpgradeMinorVersion = true } = wanted;
  const [major, minor = 0] = typeHandlerVersion.split('.').map(Number);
  return versions.findLast((version) => {
    const [its, itsMinor = 0] = version.split('.').map(Number);
    if (its !== major) return false;
    return autoUpgradeMinorVersion ? itsMinor >= minor : itsMinor === minor;
  });
}
