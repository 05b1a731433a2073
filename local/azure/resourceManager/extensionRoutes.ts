import type { VirtualMachineSeed } from '../../estate';
import type { VmExtensionSeed } from '../../estateConnect';
import type { ArmResponse } from '../contract';
import type { Call, Handler, World } from './call';
import { extensionBody } from './extensionBody';
import type { WantedExtension } from './extensionRequest';
import {
  readExtension,
  refuseBesideOthers,
  refuseUnknownArtifact,
  refuseWithoutAgent,
} from './extensionRequest';
import { answer, empty, gatewayError } from './http';
import { beginInstall, beginRemoval, extensionValue } from './installs';
import { missingScope } from './lists';
import { machineDeleteAccepted, machineHeaders, refuseWhileMachineBusy } from './machineOperations';

function vmOf(call: Call, world: World): VirtualMachineSeed | undefined {
  const { lower } = call.route;
  return world.store.vms.get(lower.slice(0, lower.lastIndexOf('/extensions')));
}

const wantedName = (call: Call): string => call.route.names[3] ?? '';

const isExpanded = (call: Call): boolean =>
  call.query.get('$expand')?.toLowerCase().split(',').includes('instanceview') ?? false;

/** 404 of the VM of an extension. */
function parentNotFound(call: Call, world: World): ArmResponse {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const name = call.route.names[2] ?? '';
  return gatewayError(
    404,
    'ParentResourceNotFound',
    `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`,
  );
}

function extensionNotFound(call: Call): ArmResponse {
  const { names, resourceGroup = '' } = call.route;
  return gatewayError(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.Compute/virtualMachines/${names[2]}/extensions/${names[3]}' under ` +
      `resource group '${resourceGroup}' was not found. For more details please go to ` +
      'https://aka.ms/ARMResourceNotFoundFix',
  );
}

function findExtension(vm: VirtualMachineSeed, name: string): VmExtensionSeed | undefined {
  const lower = name.toLowerCase();
  return vm.extensions?.find((item) => item.name.toLowerCase() === lower);
}

/** GET of the extensions of a VM, all on one page. */
export const listExtensions: Handler = (call, world) => {
  const vm = vmOf(call, world);
  if (vm === undefined) return parentNotFound(call, world);
  const value = (vm.extensions ?? []).map((item) => extensionBody(vm, item, isExpanded(call)));
  return answer(200, { value });
};

/** GET of one extension. */
export const getExtension: Handler = (call, world) => {
  const vm = vmOf(call, world);
  if (vm === undefined) return parentNotFound(call, world);
  const extension = findExtension(vm, wantedName(call));
  if (extension === undefined) return extensionNotFound(call);
  return answer(200, extensionBody(vm, extension, isExpanded(call)));
};

/** PUT of an extension: 201 or 200 with an operation. */
export const putExtension: Handler = (call, world) => {
  const vm = vmOf(call, world);
  if (vm === undefined) return parentNotFound(call, world);
  const wanted = readExtension(call.json, vm, undefined);
  return 'status' in wanted ? wanted : install(call, world, vm, wanted);
};

/** PATCH of an extension: what is not sent stays. */
export const patchExtension: Handler = (call, world) => {
  const vm = vmOf(call, world);
  if (vm === undefined) return parentNotFound(call, world);
  const known = findExtension(vm, wantedName(call));
  if (known === undefined) return extensionNotFound(call);
  const wanted = readExtension(call.json, vm, known);
  return 'status' in wanted ? wanted : install(call, world, vm, wanted);
};

function install(
  call: Call,
  world: World,
  vm: VirtualMachineSeed,
  wanted: WantedExtension,
): ArmResponse {
  const known = findExtension(vm, wantedName(call));
  const name = known?.name ?? wantedName(call);
  const refused = refuseInstall(vm, name, wanted, world);
  if (refused !== undefined) return refused;
  if (call.record !== undefined) call.record.before = extensionValue(known);
  const begun = beginInstall(vm, name, wanted, world, {
    record: call.record,
    planned: call.operationEnd,
  });
  return answer(
    known === undefined ? 201 : 200,
    extensionBody(begun.vm, begun.extension, false),
    machineHeaders(call, vm, begun.operation, world),
  );
}

/** Why an install cannot begin now; nothing: it can. */
export function refuseInstall(
  vm: VirtualMachineSeed,
  name: string,
  wanted: WantedExtension,
  world: World,
): ArmResponse | undefined {
  return (
    refuseWhileMachineBusy(vm.id.toLowerCase(), world) ??
    refuseWithoutAgent(vm) ??
    refuseUnknownArtifact(wanted, vm) ??
    refuseBesideOthers(wanted, name, vm)
  );
}

/** DELETE of an extension: 202 with an operation, 204 where it is not there. */
export const deleteExtension: Handler = (call, world) => {
  const vm = vmOf(call, world);
  if (vm === undefined) return parentNotFound(call, world);
  const known = findExtension(vm, wantedName(call));
  if (known === undefined) return empty(204);
  const refused = refuseWhileMachineBusy(vm.id.toLowerCase(), world) ?? refuseWithoutAgent(vm);
  if (refused !== undefined) return refused;
  if (call.record !== undefined) call.record.before = extensionValue(known);
  const operation = beginRemoval(vm, known, world, {
    record: call.record,
    planned: call.operationEnd,
  });
  return machineDeleteAccepted(call, vm, operation, world);
};
