import type { VirtualMachineSeed } from '../../estate';
import type { VmExtensionSeed } from '../../estateConnect';
import { installedVersion } from './artifacts';

/** Version that an extension was asked for. */
export function versionOf({ typeHandlerVersion }: VmExtensionSeed): string {
  return typeHandlerVersion ?? '1.0';
}

const handlerOf = ({ publisher, type }: VmExtensionSeed): string => `${publisher}.${type}`;

/** What its handler says of an extension: `instanceView.extensions[]`. */
export function extensionView(extension: VmExtensionSeed): Record<string, unknown> {
  return {
    name: extension.name,
    type: handlerOf(extension),
    typeHandlerVersion: installedVersion(extension),
    statuses: status(extension),
  };
}

/** Nothing for one that failed without its handler having said a word. */
function status({ provisioningState, status: said }: VmExtensionSeed): unknown[] {
  const words = said === undefined ? {} : { message: said.message, time: said.at };
  if (provisioningState === 'Failed') {
    if (said === undefined) return [];
    const code = `ProvisioningState/failed/${said.code}`;
    return [{ code, level: 'Error', displayStatus: 'Provisioning failed', ...words }];
  }
  const isDone = provisioningState === 'Succeeded';
  return [
    {
      code: `ProvisioningState/${isDone ? 'succeeded' : 'transitioning'}`,
      level: 'Info',
      displayStatus: isDone ? 'Provisioning succeeded' : 'Transitioning',
      ...words,
    },
  ];
}

/** The handler as the agent tells of it: `vmAgent.extensionHandlers[]`. */
export function handlerView(extension: VmExtensionSeed): Record<string, unknown> {
  const isReady = extension.provisioningState === 'Succeeded';
  return {
    type: handlerOf(extension),
    typeHandlerVersion: installedVersion(extension),
    status: {
      code: `ProvisioningState/${isReady ? 'succeeded' : 'transitioning'}`,
      level: 'Info',
      displayStatus: isReady ? 'Ready' : 'Not Ready',
    },
  };
}

/** The body of an extension. Protected settings are kept nowhere, so none can be told. */
export function extensionBody(
  vm: VirtualMachineSeed,
  extension: VmExtensionSeed,
  isExpanded: boolean,
): Record<string, unknown> {
  return {
    name: extension.name,
    id: `${vm.id}/extensions/${extension.name}`,
    type: 'Microsoft.Compute/virtualMachines/extensions',
    location: vm.location,
    tags: extension.tags,
    properties: {
      autoUpgradeMinorVersion: extension.autoUpgradeMinorVersion ?? true,
      provisioningState: extension.provisioningState,
      publisher: extension.publisher,
      type: extension.type,
      typeHandlerVersion: versionOf(extension),
      settings: extension.settings,
      instanceView: isExpanded ? extensionView(extension) : undefined,
    },
  };
}
