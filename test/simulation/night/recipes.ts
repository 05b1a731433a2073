import type { VmExtensionSeed } from '../../../local/estateConnect';
import type { GuestSeed, VirtualMachineSeed } from '../../../local/estateMachine';
import { resourceId, vmId } from '../../../local/estate';

/** What of a machine makes it one to write to, or one to leave alone. */
export type Recipe = {
  readonly seed: Partial<Omit<VirtualMachineSeed, 'id'>>;
  readonly group?: string;
  readonly subnet?: string;
  /** Drawn more often than others. */
  readonly weight?: number;
};

export const nightGroup = 'rg-night';
/** A policy installs the extension on what is in here. */
export const policyGroup = 'rg-policy';
export const nightSubnet = 'snet-night';
export const privateSubnet = 'snet-private';

const system = { system: true, userAssigned: [] } as const;
export const userAssigned = ['id-one', 'id-two'].map((name) =>
  resourceId(nightGroup, 'Microsoft.ManagedIdentity', 'userAssignedIdentities', name),
);
const onlyUsers = { system: false, userAssigned } as const;

/** One extension of a machine; by default the login extension for Windows, installed. */
export function extensionSeed(changes: Partial<VmExtensionSeed> = {}): VmExtensionSeed {
  const type = changes.type ?? 'AADLoginForWindows';
  return {
    name: type,
    publisher: 'Microsoft.Azure.ActiveDirectory',
    type,
    provisioningState: 'Succeeded',
    typeHandlerVersion: type === 'AADLoginForWindows' ? '2.0' : '1.0',
    autoUpgradeMinorVersion: true,
    ...changes,
  };
}

const linux = { osType: 'Linux' } as const;
const ssh = (changes: Partial<VmExtensionSeed> = {}): VmExtensionSeed =>
  extensionSeed({ type: 'AADSSHLoginForLinux', ...changes });

/** The extension that joins a domain. */
export function domainJoin(provisioningState = 'Succeeded'): VmExtensionSeed {
  return extensionSeed({
    name: 'join',
    publisher: 'Microsoft.Compute',
    type: 'JsonADDomainExtension',
    typeHandlerVersion: '1.3',
    provisioningState,
  });
}

const bare = (seed: Recipe['seed'], weight?: number): Recipe => ({
  seed: { identity: system, ...seed },
  ...(weight === undefined ? {} : { weight }),
});
const guest = (login: NonNullable<GuestSeed['login']>): Recipe => bare({ guest: { login } });

/** Text that somebody wrote to do harm: to a log, to a page, to an object. */
export const hostileTags = {
  __proto__x: 'x',
  constructor: '<script>alert(1)</script>',
  'line\r\nbreak': 'a\u001b[2Jb\u202Ec',
  long: 'x'.repeat(256),
};

/** Every kind of machine that there is, by what is the matter with it. */
export const recipes = {
  sound: { seed: {}, weight: 8 },
  'sound Linux': { seed: linux, weight: 4 },
  'identity there': bare({}, 8),
  'identity there, Linux': bare(linux, 4),
  'extension there': { seed: { extensions: [extensionSeed()] }, weight: 2 },
  'users with consent': {
    seed: { identity: onlyUsers, tags: { 'Postern-System-Identity': 'ALLOW' } },
    weight: 4,
  },
  'users and system': { seed: { identity: { system: true, userAssigned } }, weight: 2 },
  'failed under another name': bare(
    {
      extensions: [
        extensionSeed({
          name: 'AADLogin',
          provisioningState: 'Failed',
          typeHandlerVersion: '1.0',
        }),
      ],
    },
    3,
  ),
  'gallery image': bare({
    image: { id: resourceId(nightGroup, 'Microsoft.Compute', 'galleries/g/images', 'i') },
  }),
  'hostile tags': bare({ tags: hostileTags }),
  ready: bare({ extensions: [extensionSeed({ name: 'x' })] }, 2),
  'ready Linux': bare({ ...linux, extensions: [ssh()] }),
  'users without consent': { seed: { identity: onlyUsers }, weight: 3 },
  'opted out': bare({ tags: { 'POSTERN-remediation': 'Off' } }, 2),
  'domain by tag': bare({ tags: { 'Domain-Joined': 'corp' } }, 2),
  'domain by extension': bare({ extensions: [domainJoin()], guest: { joined: 'Domain' } }, 3),
  'domain by a failed extension': bare({ extensions: [domainJoin('Failed')] }),
  'AKS node': bare({ ...linux, tags: { 'aks-managed-poolName': 'a' } }),
  'scale set': bare({
    scaleSetId: resourceId(nightGroup, 'Microsoft.Compute', 'virtualMachineScaleSets', 'v'),
  }),
  'managed by another': bare({
    managedBy: resourceId(nightGroup, 'Microsoft.Databricks', 'workspaces', 'w'),
  }),
  appliance: bare({ ...linux, plan: { name: 'n', publisher: 'fortinet', product: 'p' } }),
  'Server 2016': bare({
    osName: 'Windows Server 2016 Datacenter',
    osVersion: '10.0.14393.7000',
  }),
  'Server Core': bare({ osName: 'Windows Server 2022 Datacenter Core' }),
  'Ubuntu 14.04': bare({ ...linux, osVersion: '14.04' }),
  'too little memory': bare({ ...linux, vmSize: 'Standard_B1ls' }),
  'name too long': bare({ computerName: 'sixteen-letters-' }),
  twin: bare({ computerName: 'twin' }, 2),
  stopped: bare({ powerState: 'deallocated' }, 2),
  'agent not ready': bare({ agent: 'notReady' }),
  'no agent': bare({ agent: 'absent' }),
  'extensions forbidden': bare({ allowExtensionOperations: false }),
  'old extension': bare({ ...linux, extensions: [ssh({ type: 'AADLoginForLinux' })] }),
  'failed, Linux': bare({ ...linux, extensions: [ssh({ provisioningState: 'Failed' })] }),
  'somebody installs': bare({ extensions: [extensionSeed({ provisioningState: 'Creating' })] }),
  'no way out': { seed: { identity: system }, subnet: privateSubnet },
  'policy installs': { seed: { identity: system }, group: policyGroup, weight: 2 },
  'ends with an error': guest('discovery'),
  'host name taken': guest('hostNameTaken'),
  'package manager busy': bare({ ...linux, guest: { login: 'packageManager' } }),
  'never ends': guest('neverEnds'),
  'agent falls silent': guest('agentSilent'),
} as const satisfies Readonly<Record<string, Recipe>>;

export type RecipeName = keyof typeof recipes;

export const recipeNames = Object.keys(recipes) as RecipeName[];

export function recipeOf(name: RecipeName): Recipe {
  return recipes[name];
}

/** The id of a machine of a plan. */
export function nightVmId({ name, recipe }: { name: string; recipe: RecipeName }): string {
  return vmId(name, recipeOf(recipe).group ?? nightGroup);
}
