import type { VirtualMachineSeed } from '../../estate';
import type { Handler } from './call';
import { answer, answerText, gatewayError } from './http';
import { listText, notFound } from './lists';
import { etagOf, instanceView, vmBody } from './machineBody';

/** A VM as JSON text. */
export function vmText(vm: VirtualMachineSeed, isExpanded = false): string {
  return JSON.stringify(vmBody(vm, isExpanded));
}

/** GET of a VM; run-time state only with `$expand=instanceView`. */
export const getVm: Handler = (call, world) => {
  const vm = world.store.vms.get(call.route.lower);
  if (vm === undefined) return notFound(call, world);
  const expand = call.query.get('$expand')?.toLowerCase() ?? '';
  const isExpanded = expand.split(',').includes('instanceview');
  return answerText(200, vmText(vm, isExpanded), { etag: etagOf(vm) });
};

/** GET of a VM's run-time state alone. */
export const getInstanceView: Handler = (call, world) => {
  const vm = world.store.vms.get(call.route.lower.slice(0, -'/instanceview'.length));
  return vm === undefined ? notFound(call, world) : answer(200, instanceView(vm));
};

/**
 * GET of the VMs of a subscription or a resource group. Lists carry no run-time state, but for
 * `statusOnly=true`; `$expand` is valid there only with a scale-set filter.
 */
export const listVms: Handler = (call, world) => {
  if (call.query.get('$expand') !== null && call.query.get('$filter') === null) {
    return gatewayError(
      400,
      'BadRequest',
      "The expand 'instanceView' is only supported with a filter on virtualMachineScaleSet.",
    );
  }
  const isStatusOnly = call.query.get('statusonly')?.toLowerCase() === 'true';
  const action = 'Microsoft.Compute/virtualMachines/read';
  return listText(call, world, world.store.vms, action, (vm) => vmText(vm, isStatusOnly));
};
