import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import type { ResourceManagerOptions } from '../../../../local/azure/resourceManager/settings';
import { estateOf, vmId } from '../../../../local/estate';
import type { Client } from './harness';
import { clientOf, managerWith } from './harness';

type Plan = Parameters<typeof estateOf>[0]['vms'][number];

/** A Resource Manager over these VMs, whose changes take fixed times. */
export function machinesWith(
  vms: Plan[],
  options: Partial<ResourceManagerOptions> = {},
): { manager: ResourceManager; call: Client } {
  const latency = { vmPatch: 10_000, extensionPut: 120_000, extensionDelete: 60_000 };
  const manager = managerWith({ estate: estateOf({ vms }), latency, ...options });
  return { manager, call: clientOf(manager) };
}

export const windowsLogin = 'AADLoginForWindows';
export const linuxLogin = 'AADSSHLoginForLinux';

/** Id of an extension of a VM of `rg-app`. */
export function extensionId(vm: string, name = windowsLogin): string {
  return `${vmId(vm)}/extensions/${name}`;
}

/** The body of a PUT of a login extension. */
export function loginBody(type = windowsLogin, changes: Record<string, unknown> = {}): unknown {
  return {
    location: 'westeurope',
    properties: {
      publisher: 'Microsoft.Azure.ActiveDirectory',
      type,
      typeHandlerVersion: type === windowsLogin ? '2.0' : '1.0',
      autoUpgradeMinorVersion: true,
      ...(type === windowsLogin ? { settings: { mdmId: '' } } : {}),
      ...changes,
    },
  };
}

/** Turns the system identity on. */
export const systemAssigned = { identity: { type: 'SystemAssigned' } };

/** A user-assigned identity. */
export function userAssigned(name: string): string {
  return (
    '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-id/providers/' +
    `Microsoft.ManagedIdentity/userAssignedIdentities/${name}`
  );
}

/** A VM with a system identity, on which an install goes well. */
export function readyFor(name: string, more: Partial<Plan> = {}): Plan {
  return { name, identity: { system: true, userAssigned: [] }, ...more };
}
