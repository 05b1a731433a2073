import type { VmExtensionSeed } from '../../../../local/estateConnect';
import type { VirtualMachineSeed } from '../../../../local/estateMachine';
import { nightGroup, policyGroup } from '../recipes';

/** The login extension of a machine, whatever it is called. */
export function loginOf({ osType, extensions = [] }: VirtualMachineSeed): VmExtensionSeed | null {
  const wanted = osType === 'Windows' ? 'aadloginforwindows' : 'aadsshloginforlinux';
  return (
    extensions.find(
      ({ publisher, type }) =>
        publisher.toLowerCase() === 'microsoft.azure.activedirectory' &&
        type.toLowerCase() === wanted,
    ) ?? null
  );
}

/** People can sign in to it with Entra ID. */
export function isReady(vm: VirtualMachineSeed): boolean {
  return vm.identity?.system === true && loginOf(vm)?.provisioningState === 'Succeeded';
}

const tagOf = ({ tags = {} }: VirtualMachineSeed, name: string): string | undefined =>
  Object.entries(tags).find(([key]) => key.toLowerCase() === name)?.[1];

const isCalled = (type: RegExp) => (one: VmExtensionSeed) => type.test(one.type);

/**
 * Why nothing may be written to a machine that is so; `null`: something may. By what the tests make
 * of machines, and by nothing of the app's.
 */
export function whyLeftAlone(vm: VirtualMachineSeed): string | null {
  const { osType, extensions = [], identity, computerName = '' } = vm;
  const reasons: readonly [string, boolean][] = [
    ['a policy installs', inGroup(vm.id, policyGroup)],
    ['opted out', tagOf(vm, 'postern-remediation')?.toLowerCase() === 'off'],
    ['domain by tag', tagOf(vm, 'domain-joined') !== undefined],
    ['domain by extension', extensions.some(isCalled(/addomainextension$/i))],
    ['AKS', Object.keys(vm.tags ?? {}).some((name) => /^aks-managed-/i.test(name))],
    ['scale set', vm.scaleSetId !== undefined],
    ['managed by another', vm.managedBy !== undefined],
    ['appliance', vm.plan?.publisher === 'fortinet'],
    ['unsupported', vm.osVersion === '10.0.14393.7000' || vm.osVersion === '14.04'],
    ['Server Core', /\bcore\b/i.test(vm.osName ?? '')],
    ['too little memory', osType === 'Linux' && vm.vmSize === 'Standard_B1ls'],
    ['name too long', osType === 'Windows' && computerName.length > 15],
    ['does not run', vm.powerState !== 'running'],
    ['agent silent', (vm.agent ?? 'ready') !== 'ready'],
    ['extensions forbidden', vm.allowExtensionOperations === false],
    ['old extension', osType === 'Linux' && extensions.some(isCalled(/^aadloginforlinux$/i))],
    [
      'identities without consent',
      identity?.system !== true &&
        (identity?.userAssigned ?? []).length > 0 &&
        tagOf(vm, 'postern-system-identity')?.toLowerCase() !== 'allow',
    ],
    ...installReasons(vm),
  ];
  return reasons.find(([, stands]) => stands)?.[0] ?? null;
}

function installReasons(vm: VirtualMachineSeed): [string, boolean][] {
  const state = loginOf(vm)?.provisioningState ?? '';
  const isOver = ['', 'Succeeded', 'Failed', 'Canceled'].includes(state);
  return [
    ['somebody installs', !isOver],
    [
      'failed, to be removed first',
      vm.osType === 'Linux' && ['Failed', 'Canceled'].includes(state),
    ],
  ];
}

/** True for what stands in a group of the plan's. */
export function inGroup(vmId: string, group: string): boolean {
  return vmId.toLowerCase().includes(`/resourcegroups/${group}/`);
}

/** The machines that are the night's own, and no window's. */
export function isOfNight(vmId: string): boolean {
  return inGroup(vmId, nightGroup) || inGroup(vmId, policyGroup);
}
