import type { PowerState, VirtualMachineSeed } from '../../estate';
import type { Caller, WriteRecord } from '../contract';
import type { World } from './call';
import type { WantedExtension } from './extensionRequest';
import { refuseInstall } from './extensionRoutes';
import { errorCodeOf } from './http';
import { beginInstall, extensionValue } from './installs';
import { patchedValue } from './vmPatch';
import type { WriteLogKeeper } from './writeLog';

/** What others do to VMs, written to the log under their name. */
export type MachineActs = {
  /** At once; what runs on it is overtaken. Its interfaces stay. */
  deleteVm(vmId: string, by?: Caller): void;
  /** At once; installs that run on it are overtaken. */
  stopVm(vmId: string, by?: Caller): void;
  startVm(vmId: string, by?: Caller): void;
  /**
   * Another writer installs the login extension: a policy, a script, somebody in the portal. It
   * takes its time, and is refused like anybody's. Returns the status of the answer.
   */
  installLogin(vmId: string, by?: Caller, changes?: Partial<WantedExtension>): number;
};

export const administrator: Caller = {
  objectId: '99999999-9999-4999-8999-999999999999',
  name: 'administrator',
  kind: 'person',
};

/** The other hands on the estate's VMs. */
export function createMachineActs(
  world: World,
  log: WriteLogKeeper,
  ended: (record: WriteRecord) => void,
): MachineActs {
  const { store } = world;
  const vmOf = (id: string): VirtualMachineSeed => {
    const vm = store.vms.get(id.toLowerCase());
    if (vm === undefined) throw new Error(`The estate has no VM ${id}.`);
    return vm;
  };
  /** Notes what is done at once. */
  const atOnce = (record: WriteRecord, act: () => void, valueAfter: () => unknown): void => {
    record.status = 200;
    record.effectiveAt = record.at;
    record.outcome = 'succeeded';
    act();
    record.after = valueAfter();
    log.answered(record);
    ended(record);
  };
  const power = (id: string, to: PowerState, action: string, by: Caller): void => {
    const vm = vmOf(id);
    const record = log.begin(by, 'POST', `${vm.id}/${action}`);
    record.before = vm.powerState;
    atOnce(
      record,
      () => store.setPowerState(vm.id, to),
      () => to,
    );
  };
  return {
    deleteVm: (id, by = administrator) => {
      const vm = vmOf(id);
      const record = log.begin(by, 'DELETE', vm.id);
      record.before = patchedValue(vm);
      atOnce(
        record,
        () => store.removeVm(vm.id),
        () => null,
      );
    },
    stopVm: (id, by = administrator) => power(id, 'deallocated', 'deallocate', by),
    startVm: (id, by = administrator) => power(id, 'running', 'start', by),
    installLogin: (id, by = administrator, changes = {}) => {
      const vm = vmOf(id);
      const wanted = { ...loginOf(vm), ...changes };
      const known = vm.extensions?.find(({ type }) => type === wanted.type);
      const name = known?.name ?? wanted.type;
      const record = log.begin(by, 'PUT', `${vm.id}/extensions/${name}`);
      record.body = { location: vm.location, properties: wanted };
      record.before = extensionValue(known);
      const refused = refuseInstall(vm, name, wanted, world);
      record.status = refused?.status ?? (known === undefined ? 201 : 200);
      const code = refused === undefined ? undefined : errorCodeOf(refused);
      if (code !== undefined) record.code = code;
      if (refused === undefined) beginInstall(vm, name, wanted, world, { record });
      else record.after = record.before;
      log.answered(record);
      return record.status;
    },
  };
}

function loginOf({ osType }: VirtualMachineSeed): WantedExtension {
  const isWindows = osType === 'Windows';
  return {
    publisher: 'Microsoft.Azure.ActiveDirectory',
    type: isWindows ? 'AADLoginForWindows' : 'AADSSHLoginForLinux',
    typeHandlerVersion: isWindows ? '2.0' : '1.0',
    autoUpgradeMinorVersion: true,
    ...(isWindows ? { settings: { mdmId: '' } } : {}),
  };
}
