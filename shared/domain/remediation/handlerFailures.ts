import type { Failure } from './failure';

const windowsPage =
  'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows';
const linuxPage =
  'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux';
const joinPage =
  'https://learn.microsoft.com/entra/identity/devices/troubleshoot-hybrid-join-windows-current';

/**
 * What the handlers of the login extensions report from within a VM: by exit code, or by the text
 * where no code stands. Rows with the same code are told apart by the OS. On Linux each `next`
 * begins with taking the failed extension away, which has to come before anything else.
 */
export const handlerFailures = {
  asOf: '2025-12',
  rows: [
    {
      family: 'windows',
      exitCode: -2_145_648_574,
      name: 'DSREG_E_MSI_TENANTID_UNAVAILABLE',
      cause: 'It could not learn the tenant: no system identity, or metadata without a tenant.',
      next: 'See that the identity is on and the second metadata query answers with the tenant.',
      // One that was turned on a moment ago is not seen at once: the night asks that itself.
      retry: 'nextNight',
      reason: 'extensionFailed',
      source: windowsPage,
    },
    {
      family: 'windows',
      exitCode: -2_145_648_607,
      name: 'DSREG_AUTOJOIN_DISC_FAILED',
      cause: 'It could not reach the device registration of its cloud.',
      next: 'Ask the endpoints from the VM; mend its name server, proxy, firewall or routes.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: windowsPage,
    },
    {
      family: 'windows',
      exitCode: -2_145_648_609,
      name: 'DSREG_AUTOJOIN_DISC_WAIT_TIMEOUT',
      cause: 'The device registration of its cloud did not answer in time.',
      next: 'Ask the endpoints from the VM as SYSTEM; mend proxy, firewall or routes.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: joinPage,
    },
    {
      family: 'windows',
      exitCode: -2_145_648_579,
      name: 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED',
      cause: 'The sign-in of its cloud did not say what kind of domain the tenant has.',
      next: 'Ask the login endpoint from the VM as SYSTEM; mend proxy, firewall or routes.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: joinPage,
    },
    {
      family: 'windows',
      exitCode: 51,
      text: /not supported on the vm'?s operating system/i,
      name: 'unsupportedWindows',
      cause: 'The extension does not support this version of Windows.',
      next: 'Uninstall the extension; upgrade Windows if Entra login is wanted.',
      retry: 'never',
      reason: 'osUnsupported',
      source: windowsPage,
    },
    {
      family: 'windows',
      exitCode: 50,
      name: 'unsupportedWindows',
      cause: 'The extension does not support this version of Windows; seen on Server 2016.',
      next: 'Uninstall the extension; upgrade Windows if Entra login is wanted.',
      retry: 'never',
      reason: 'osUnsupported',
      source: 'https://github.com/MicrosoftDocs/azure-docs/issues/60658',
    },
    {
      family: 'windows',
      exitCode: -2_145_648_509,
      text: /host ?name is already used by another device/i,
      name: 'hostNameTaken',
      cause: 'Another device of the tenant has the host name of this VM.',
      next: 'Rename the VM, or delete the stale device in Entra ID.',
      retry: 'afterFix',
      reason: 'duplicateName',
      source: 'Public reports of the message "The hostname is already used by another device"',
    },
    {
      family: 'windows',
      exitCode: -2_145_648_639,
      name: 'joinRefused',
      cause: 'Device registration refused the join as invalid; the MDM scope "All" was named.',
      next: 'See User Device Registration on the VM, and the MDM user scope in Entra ID.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: 'https://github.com/MicrosoftDocs/azure-docs/issues/54844 and issues/55263',
    },
    {
      family: 'windows',
      text: /'?mdmid'? setting was not found/i,
      name: 'mdmIdMissing',
      cause: 'The extension was given settings that have no mdmId, which it asks for.',
      next: 'Nothing: the next night sends one. A template that installs it too has to as well.',
      retry: 'nextNight',
      reason: 'extensionFailed',
      source: 'https://github.com/Azure/bicep-registry-modules/issues/6109',
    },
    {
      family: 'windows',
      text: /domain[- ]joined|already joined|join state/i,
      name: 'unsupportedJoinState',
      cause: 'The machine is joined in a way that excludes Entra ID, to a domain as a rule.',
      next: 'See dsregcmd /status; name the VM under domainJoined, or take it out of the domain.',
      retry: 'afterFix',
      reason: 'domainJoined',
      source: windowsPage,
    },
    {
      family: 'linux',
      exitCode: 22,
      name: 'systemIdentityMissing',
      cause: 'The VM has no system identity; Azure shows the extension as Transitioning.',
      next: 'Remove the extension, see that the identity is on, then wait for the next night.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: linuxPage,
    },
    {
      family: 'linux',
      exitCode: 23,
      name: 'oldExtensionPresent',
      cause: 'The old AADLoginForLinux is installed beside it.',
      next: 'Remove both extensions, then wait for the next night.',
      retry: 'afterFix',
      reason: 'oldLinuxExtension',
      source: linuxPage,
    },
    {
      family: 'linux',
      exitCode: 51,
      name: 'packageManagerBusy',
      cause: 'Another install held the package manager of the VM at that time.',
      next: 'Remove the extension, then wait for the next night.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: 'Public reports of "Non-zero exit code: 51" of AADSSHLoginForLinux',
    },
    {
      family: 'linux',
      exitCode: 20,
      name: 'unknownExitCode20',
      cause: 'Exit code 20 has been reported; what it means is not published.',
      next: 'Read the log of the extension on the VM, remove it, then wait for the next night.',
      retry: 'afterFix',
      reason: 'extensionFailed',
      source: 'Public reports; no page explains it',
    },
  ],
} as const satisfies { readonly asOf: string; readonly rows: readonly HandlerFailure[] };

export type HandlerFailure = Failure & {
  readonly family: 'windows' | 'linux';
  /** Signed. */
  readonly exitCode?: number;
  readonly text?: RegExp;
};
