import type { VmExtensionSeed } from './estateConnect';

export type PowerState =
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'deallocating'
  | 'deallocated'
  | 'unknown';

/** What a VM was made of: an image of the marketplace, or one of a gallery, which has an id alone. */
export type ImageSeed = {
  publisher?: string;
  offer?: string;
  sku?: string;
  version?: string;
  id?: string;
};

/** A VM's identities; principal and client ids are derived from the names. */
export type VmIdentitySeed = {
  system: boolean;
  /** Ids, in the casing Azure would echo. */
  userAssigned: readonly string[];
};

/** What an install of a login extension may end with, other than what the machine itself brings about. */
export type LoginFailure =
  /** IMDS gives no tenant: -2145648574. */
  | 'noTenant'
  /** `enterpriseregistration.windows.net` cannot be reached: -2145648607. */
  | 'discovery'
  /** The host name is a device of the tenant already: -2145648509. */
  | 'hostNameTaken'
  /** The join was refused, InvalidParameter: -2145648639. */
  | 'invalidParameter'
  /** What it runs is not supported: 51. */
  | 'unsupportedOs'
  /** Linux: the package manager was busy or could not be reached: 51 as well. */
  | 'packageManager';

/** How the machine itself behaves, which no API shows beforehand. */
export type GuestSeed = {
  /** What it is joined to. */
  joined?: 'Entra' | 'Domain';
  /** How installs of a login extension go: they fail, never end, or the agent falls silent. */
  login?: LoginFailure | 'neverEnds' | 'agentSilent';
  /** How long an install takes, in place of a drawn time. */
  installMs?: number;
};

export type VirtualMachineSeed = {
  id: string;
  location: string;
  tags?: Record<string, string>;
  /** GUID that survives a move and is new when a VM of the same name is made again. */
  vmId: string;
  osType: 'Windows' | 'Linux';
  powerState: PowerState;
  networkInterfaceIds: string[];
  scaleSetId?: string;
  /** What it runs; by default what fits its OS type. `null`: made of a disk without an image. */
  image?: ImageSeed | null;
  /** What its agent says of it while it runs. */
  osName?: string;
  osVersion?: string;
  /** Host name; by default the VM's. */
  computerName?: string;
  extensions?: readonly VmExtensionSeed[];
  identity?: VmIdentitySeed;
  /** By default one of 8 GB. */
  vmSize?: string;
  /** `osProfile.allowExtensionOperations`, by default true; `null`: not said. */
  allowExtensionOperations?: boolean | null;
  /** The marketplace plan that it was bought under. */
  plan?: { name: string; publisher: string; product: string };
  /** Id of the resource that made it for itself. */
  managedBy?: string;
  /** By default ready. `absent`: provisioned without one. */
  agent?: 'ready' | 'notReady' | 'absent';
  guest?: GuestSeed;
  /** By default `Succeeded`. */
  provisioningState?: 'Updating' | 'Failed';
  /** The error that left it `Failed`. */
  failedBy?: { code: string; message: string };
  /** Counts its changes, from 1: what its etag shows. */
  version?: number;
};

/** An assignment of Azure Policy that installs a login extension by itself. */
export type PolicyAssignmentSeed = {
  id: string;
  /** Id of a management group, subscription, resource group or resource. */
  scope: string;
  notScopes?: string[];
  type: 'AADLoginForWindows' | 'AADSSHLoginForLinux';
};

/** What an assignment of Azure Policy last found on a VM. */
export type PolicyStateSeed = {
  vmId: string;
  /** Id of the definition: `/providers/Microsoft.Authorization/policyDefinitions/…` if built in. */
  definitionId: string;
  /** `Compliant`, `NonCompliant`, `Exempt`, `Unknown`, `Conflict`, `Error`. */
  state: string;
};
