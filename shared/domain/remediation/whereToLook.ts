import {
  type CloudName,
  type Endpoint,
  endpointsFor,
  type MetadataQuery,
  metadataQueriesFor,
} from './endpoints';

/** Where on a VM to look for what an extension's error does not tell. */
export type WhereToLook = {
  /** Files, what the machine's own commands should show, and logs of events. */
  readonly files: readonly string[];
  readonly commands: readonly string[];
  readonly eventLogs: readonly string[];
  readonly metadata: readonly MetadataQuery[];
  readonly endpoints: readonly Endpoint[];
};

const publisher = 'Microsoft.Azure.ActiveDirectory';

/**
 * The places, for a machine of this OS in this cloud. `version`: of the handler, as its error says
 * it; `''`: unknown. Sources: the troubleshooting parts of the pages on login to VMs with Windows
 * and with Linux (learn.microsoft.com/entra/identity/devices).
 */
export function whereToLook(
  family: 'windows' | 'linux',
  cloud: CloudName,
  version: string,
): WhereToLook {
  const places = family === 'windows' ? onWindows(version) : onLinux(version);
  return {
    ...places,
    metadata: metadataQueriesFor(cloud),
    endpoints: endpointsFor(cloud, family),
  };
}

type Places = Pick<WhereToLook, 'files' | 'commands' | 'eventLogs'>;

function onWindows(version: string): Places {
  const folder = `C:\\WindowsAzure\\Logs\\Plugins\\${publisher}.AADLoginForWindows`;
  const logs = `${folder}\\${version || '<version>'}`;
  return {
    files: [
      `${logs}\\CommandExecution.log`,
      // After a restart of the extension the log of the failure is kept under a time.
      `${logs}\\CommandExecution_YYYYMMDDHHMMSSSSS.log`,
      'C:\\WindowsAzure\\Logs\\WaAppAgent.log',
    ],
    commands: ['dsregcmd /status: AzureAdJoined : YES, and for a person AzureAdPrt : YES'],
    eventLogs: [
      'Applications and Services Logs\\Microsoft\\Windows\\User Device Registration\\Admin',
      'Applications and Services Logs\\Microsoft\\Windows\\AAD\\Operational',
    ],
  };
}

function onLinux(version: string): Places {
  const type = `${publisher}.AADSSHLoginForLinux`;
  return {
    files: [
      `/var/log/azure/${type}/CommandExecution.log`,
      `/var/lib/waagent/${type}-${version || '<version>'}/`,
      '/var/log/waagent.log',
    ],
    commands: [
      'systemctl show walinuxagent waagent --property=Environment: behind a proxy, its variables',
    ],
    eventLogs: [],
  };
}
