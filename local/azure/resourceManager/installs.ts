import type { VirtualMachineSeed } from '../../estate';
import type { VmExtensionSeed } from '../../estateConnect';
import type { WriteRecord } from '../contract';
import type { OperationEnd, World } from './call';
import type { WantedExtension } from './extensionRequest';
import { installTime, isLogin, loginOutcome } from './installOutcome';
import type { MachineChange, MachineOperation } from './machineOperations';
import { beginOnMachine, computeTime } from './machineOperations';
import { deviceNameOf } from './machineSoftware';
import { succeeded } from './vmPatch';

/** What an operation is noted in, and how a fault wants it to end. */
type Noted = { record?: WriteRecord | undefined; planned?: OperationEnd | undefined };

/** What the write log keeps of an extension; `null`: there is none. */
export function extensionValue(extension: VmExtensionSeed | undefined): unknown {
  return extension ?? null;
}

/** Starts the install of an extension on an idle VM with an agent: `Creating` or `Updating`. */
export function beginInstall(
  vm: VirtualMachineSeed,
  name: string,
  wanted: WantedExtension,
  world: World,
  { record, planned }: Noted,
): { vm: VirtualMachineSeed; extension: VmExtensionSeed; operation: MachineOperation } {
  const before = vm.extensions?.find((item) => item.name === name);
  const isNew = before === undefined;
  const extension: VmExtensionSeed = {
    name,
    ...wanted,
    provisioningState: isNew ? 'Creating' : 'Updating',
  };
  const { duration, error } = installTime(vm, extension, isUnchanged(before, wanted), world);
  const shown = withExtension({ ...vm, provisioningState: 'Updating' }, extension);
  world.store.showVm(shown);
  const change = installChange(vm, extension, world);
  const end = planned ?? (error === undefined ? undefined : { status: 'Failed' as const, error });
  const operation = beginOnMachine(vm, world, duration, change, { record, planned: end });
  return { vm: shown, extension, operation };
}

/** A handler runs again only where what it is told has changed, or where it has failed. */
function isUnchanged(before: VmExtensionSeed | undefined, wanted: WantedExtension): boolean {
  return (
    before?.provisioningState === 'Succeeded' &&
    JSON.stringify(before.settings) === JSON.stringify(wanted.settings)
  );
}

/** The VM with this extension in place of the one of its name. */
function withExtension(vm: VirtualMachineSeed, extension: VmExtensionSeed): VirtualMachineSeed {
  const others = (vm.extensions ?? []).filter((item) => item.name !== extension.name);
  return { ...vm, extensions: [...others, extension] };
}

function installChange(
  of: VirtualMachineSeed,
  extension: VmExtensionSeed,
  world: World,
): MachineChange {
  const { store } = world;
  const key = of.id.toLowerCase();
  const present = (): VirtualMachineSeed | undefined => {
    const vm = store.vms.get(key);
    return vm?.vmId === of.vmId ? vm : undefined;
  };
  const status = (code: string, message: string) => ({
    code,
    message,
    at: computeTime(Date.now()),
  });
  return {
    needsRunning: true,
    finish: () => {
      const vm = present();
      if (vm === undefined) return undefined;
      const failure = isLogin(extension) ? loginOutcome(vm, extension, world) : undefined;
      if (failure !== undefined) return failure;
      const done = {
        ...extension,
        provisioningState: 'Succeeded',
        status: status('succeeded', 'Extension Install Succeeded.'),
      };
      store.showVm(withExtension(succeeded(joined(vm, extension, world)), done));
      return undefined;
    },
    fail: ({ code, message }) => {
      const vm = present();
      if (vm === undefined) return;
      const failed = {
        ...extension,
        provisioningState: 'Failed',
        ...(isReported(code) ? { status: status(terminalCode(message), message) } : {}),
      };
      const failedBy = { code, message };
      const left = { ...vm, provisioningState: 'Failed' as const, failedBy };
      store.showVm(withExtension(left, failed));
    },
    valueNow: () =>
      extensionValue(present()?.extensions?.find(({ name }) => name === extension.name)),
  };
}

/** True for what a handler said of itself; of all others it is Azure that lost patience. */
function isReported(code: string): boolean {
  return code === 'VMExtensionHandlerNonTransientError' || code === 'VMExtensionProvisioningError';
}

function terminalCode(message: string): string {
  return /code '(\d+)'/.exec(message)?.[1] ?? '1';
}

/** A Windows machine with the extension is a device of the tenant from now on. */
function joined(
  vm: VirtualMachineSeed,
  extension: VmExtensionSeed,
  { store }: World,
): VirtualMachineSeed {
  if (!isLogin(extension) || vm.osType !== 'Windows') return vm;
  store.devices.set(deviceNameOf(vm), vm.vmId);
  return { ...vm, guest: { ...vm.guest, joined: 'Entra' } };
}

/** Starts the removal of an extension; the machine stays joined to what it is joined to. */
export function beginRemoval(
  vm: VirtualMachineSeed,
  extension: VmExtensionSeed,
  world: World,
  { record, planned }: Noted,
): MachineOperation {
  const { store, settings } = world;
  const key = vm.id.toLowerCase();
  const leaving = { ...extension, provisioningState: 'Deleting' };
  store.showVm(withExtension({ ...vm, provisioningState: 'Updating' }, leaving));
  const isIt = ({ name }: VmExtensionSeed): boolean => name === extension.name;
  const change: MachineChange = {
    needsRunning: true,
    finish: () => {
      const now = store.vms.get(key);
      if (now !== undefined) {
        const extensions = (now.extensions ?? []).filter((item) => !isIt(item));
        store.showVm({ ...succeeded(now), extensions });
      }
      return undefined;
    },
    fail: ({ code, message }) => {
      const now = store.vms.get(key);
      if (now?.vmId !== vm.vmId) return;
      const failedBy = { code, message };
      const left = { ...now, provisioningState: 'Failed' as const, failedBy };
      store.showVm(withExtension(left, extension));
    },
    valueNow: () => extensionValue(store.vms.get(key)?.extensions?.find((item) => isIt(item))),
  };
  return beginOnMachine(vm, world, settings.latency.extensionDelete, change, { record, planned });
}
