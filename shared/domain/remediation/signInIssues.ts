import { withWebAccount } from '../connect/osOf';

const windowsPage =
  'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows';
const linuxPage =
  'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux';
const bastionPage = 'https://learn.microsoft.com/azure/bastion/connect-vm-native-client-windows';

/**
 * What people see when they cannot sign in to a VM with Entra ID, what can be behind it, likeliest
 * first, and what helps. `says`: the words of the message by which it is known, as
 * `explainSignIn` compares them. What the pages contradict each other about is not told: whether
 * Windows Hello for Business has to trust certificates or keys.
 */
export const signInIssues = {
  asOf: '2025-12',
  rows: [
    {
      name: 'roleNotAssigned',
      says: [
        'your account is configured to prevent you from using this device',
        'azure role not assigned',
      ],
      causes: [
        {
          cause:
            'No login role is active for this person on the VM; Owner and Contributor are none.',
          fix: 'Activate Virtual Machine Administrator Login or Virtual Machine User Login.',
        },
        {
          cause: 'The role does not reach the network, interface or address of the VM.',
          fix: 'Assign it to the resource group that holds them, or above it.',
        },
        {
          cause: 'Somebody was put into a local group of the VM, which Entra login does not heed.',
          fix: 'Use the login roles; net localgroup is not supported for this.',
        },
      ],
      source: windowsPage,
    },
    {
      name: 'credentialsDidNotWork',
      says: ['your credentials did not work'],
      causes: [
        {
          cause: 'The PC is not joined, hybrid joined or registered in the tenant of the VM.',
          fix: 'Connect from a Windows 10 or later PC that is, or sign in with a web account.',
        },
        {
          cause:
            'The PC is registered only (Windows 10 20H1 or later), and the name lacks AzureAD.',
          fix: 'Type the name as AzureAD\\name@domain.',
        },
        {
          cause: 'The password is a temporary one, which a remote desktop does not take.',
          fix: 'Sign in to the portal in a private window, set a new password, and try again.',
        },
        {
          cause: 'The policy for PKU2U requests with online identities is off on the PC or the VM.',
          fix: 'Turn on "Network security: Allow PKU2U authentication requests" on both.',
        },
        {
          cause: 'The extension was removed from the VM after it had joined.',
          fix: 'Install AADLoginForWindows again; a night of the remediation does.',
        },
        {
          cause: 'Multifactor authentication is on for this user by itself, the old way.',
          fix: 'Clear the setting of the user, and ask for it by Conditional Access.',
        },
      ],
      source: windowsPage,
    },
    {
      name: 'signInMethodNotAllowed',
      says: ['the sign in method you are trying to use is not allowed'],
      causes: [
        {
          cause:
            'Conditional Access asks for a strong method, and the PC was signed in to without.',
          fix: 'Sign in to the PC with Windows Hello for Business, or use a web account.',
        },
        {
          cause: 'Multifactor authentication is on for this user by itself, the old way.',
          fix: 'Clear the setting of the user, and ask for it by Conditional Access.',
        },
        {
          cause: 'Windows Hello for Business is not deployed, and cannot be for now.',
          fix: 'Leave the app Azure Windows VM Sign-In out of the policy that asks for it.',
        },
      ],
      source: windowsPage,
    },
    {
      name: 'loginAttemptFailed',
      says: ['the login attempt failed', 'the logon attempt failed'],
      causes: [
        {
          cause: 'Bastion was asked without --enable-mfa, so nobody was asked to sign in.',
          fix: `Add --enable-mfa; the VM and the PC have to run ${withWebAccount()}.`,
        },
        {
          cause: 'The VM runs Windows Server 2019, which does not sign in with a web account.',
          fix: 'Leave --enable-mfa out, and connect from a PC of the tenant of the VM.',
        },
      ],
      source: bastionPage,
    },
    {
      name: 'sameUserAgain',
      says: ['unable to change entra user', 'unable to login as a different user'],
      causes: [
        {
          cause: 'The first sign-in with --enable-mfa is kept, and not in the Credential Manager.',
          fix: 'Add --configure: the client opens first, and takes another name.',
        },
      ],
      source: bastionPage,
    },
    {
      name: 'deviceNotFound',
      says: ['aadsts293004'],
      causes: [
        {
          cause: 'The address is not the host name that the VM has as a device in Entra ID.',
          fix: 'Connect by host name, not by IP address; the hosts file can make it resolve.',
        },
        {
          cause: 'The VM has not joined, although its extension may say that it succeeded.',
          fix: 'See dsregcmd /status on the VM: AzureAdJoined : YES.',
        },
      ],
      source:
        'https://learn.microsoft.com/windows/client-management/client-tools/connect-to-remote-aadj-pc',
    },
    {
      name: 'allowConnectionPrompt',
      says: ['allow remote desktop connection'],
      causes: [
        {
          cause: 'Entra ID asks once for a host, and remembers 15 of them for 30 days.',
          fix: 'Answer Yes. It is no error.',
        },
      ],
      source: windowsPage,
    },
    {
      name: 'signInAppMissing',
      says: ['azure windows vm sign in'],
      causes: [
        {
          cause: 'The app that Conditional Access chooses by is missing from the tenant.',
          fix: 'New-MgServicePrincipal -AppId 372140e0-b3b7-4226-8ef9-d57986796201, once.',
        },
      ],
      source: windowsPage,
    },
    {
      name: 'tokenNotCached',
      says: ['could not retrieve token from local cache'],
      causes: [
        {
          cause: 'Azure CLI holds no token with which it may ask for a certificate.',
          fix: 'Run az login again and sign in interactively.',
        },
      ],
      source: linuxPage,
    },
  ],
} as const satisfies { readonly asOf: string; readonly rows: readonly SignInIssue[] };

export type SignInIssue = {
  /** Stable. */
  readonly name: string;
  /** Lower case, without punctuation, contractions in full. */
  readonly says: readonly string[];
  readonly causes: readonly { readonly cause: string; readonly fix: string }[];
  readonly source: string;
};
