import type { VirtualMachineSeed } from '../../estate';
import type { ImageSeed } from '../../estateMachine';
import { nameOf } from './armPath';

const images = {
  Windows: {
    publisher: 'MicrosoftWindowsServer',
    offer: 'WindowsServer',
    sku: '2022-datacenter-azure-edition',
    version: 'latest',
  },
  Linux: {
    publisher: 'Canonical',
    offer: 'ubuntu-24_04-lts',
    sku: 'server',
    version: 'latest',
  },
} as const;

/** What a VM was made from; absent for one of a disk. */
export function imageOf({ image, osType }: VirtualMachineSeed): ImageSeed | undefined {
  return image === null ? undefined : (image ?? images[osType]);
}

/** The host name that a VM was given. */
export function computerNameOf({ id, computerName }: VirtualMachineSeed): string {
  return computerName ?? nameOf(id);
}

/** The name by which a Windows machine becomes a device: NetBIOS knows fifteen characters. */
export function deviceNameOf(vm: VirtualMachineSeed): string {
  return computerNameOf(vm).slice(0, 15).toLowerCase();
}

/** True for a Windows machine that stands in the tenant's directory from the beginning. */
export function isDevice({ osType, guest, extensions = [] }: VirtualMachineSeed): boolean {
  if (osType !== 'Windows') return false;
  const hasLogin = extensions.some(
    ({ type, provisioningState }) =>
      type.toLowerCase() === 'aadloginforwindows' && provisioningState === 'Succeeded',
  );
  return hasLogin || guest?.joined === 'Entra';
}

/** True where the VM runs and its agent answers. */
export function isAgentReady({ powerState, agent = 'ready' }: VirtualMachineSeed): boolean {
  return powerState === 'running' && agent === 'ready';
}

/** What it runs, whether or not an agent says it. */
export function systemOf({ osType, osName, osVersion }: VirtualMachineSeed) {
  const isWindows = osType === 'Windows';
  return {
    osName: osName ?? (isWindows ? 'Windows Server 2022 Datacenter Azure Edition' : 'ubuntu'),
    osVersion: osVersion ?? (isWindows ? '10.0.20348.3207' : '24.04'),
  };
}

/** What the agent says of itself; a VM that does not run has none to speak. */
export function agentOf(vm: VirtualMachineSeed) {
  return isAgentReady(vm) ? { computerName: computerNameOf(vm), ...systemOf(vm) } : undefined;
}
