import type { VirtualMachineSeed } from '../../estate';
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
export function imageOf({ image, osType }: VirtualMachineSeed) {
  return image === null ? undefined : (image ?? images[osType]);
}

/** The host name that a VM was given. */
export function computerNameOf({ id, computerName }: VirtualMachineSeed): string {
  return computerName ?? nameOf(id);
}

/** What the agent says of itself; a VM that does not run has none to speak. */
export function agentOf(vm: VirtualMachineSeed) {
  if (vm.powerState !== 'running') return undefined;
  const isWindows = vm.osType === 'Windows';
  return {
    computerName: computerNameOf(vm),
    osName: vm.osName ?? (isWindows ? 'Windows Server 2022 Datacenter Azure Edition' : 'ubuntu'),
    osVersion: vm.osVersion ?? (isWindows ? '10.0.20348.3207' : '24.04'),
  };
}
