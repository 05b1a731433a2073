import type { PowerState, VirtualMachineSeed } from '../../estate';
import { nameOf } from './armPath';
import type { Handler } from './call';
import { answer, answerText, gatewayError } from './http';
import { listText, notFound } from './lists';
import { agentOf, computerNameOf, imageOf } from './machineSoftware';

const madeAt = '2025-11-03T08:15:02.4410000+00:00';

/** The run-time state of a VM: what `instanceView` shows. A stopped VM has no agent to speak. */
function instanceView(vm: VirtualMachineSeed): unknown {
  const provisioned = {
    code: 'ProvisioningState/succeeded',
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    time: madeAt,
  };
  const agent = agentOf(vm);
  return {
    ...(agent === undefined ? {} : { ...agent, ...agentView(vm) }),
    disks: [{ name: `${nameOf(vm.id)}-os`, statuses: [provisioned] }],
    hyperVGeneration: 'V2',
    statuses: [provisioned, powerStatus(vm.powerState)],
  };
}

function agentView({ osType }: VirtualMachineSeed): Record<string, unknown> {
  const isWindows = osType === 'Windows';
  return {
    vmAgent: {
      vmAgentVersion: isWindows ? '2.7.41491.1149' : '2.11.1.12',
      statuses: [
        {
          code: 'ProvisioningState/succeeded',
          level: 'Info',
          displayStatus: 'Ready',
          message: 'GuestAgent is running and processing the extensions.',
          time: madeAt,
        },
      ],
      extensionHandlers: [],
    },
  };
}

function powerStatus(state: PowerState): unknown {
  return { code: `PowerState/${state}`, level: 'Info', displayStatus: `VM ${state}` };
}

function vmBody(vm: VirtualMachineSeed, isExpanded: boolean): unknown {
  const name = nameOf(vm.id);
  const isWindows = vm.osType === 'Windows';
  return {
    name,
    id: vm.id,
    type: 'Microsoft.Compute/virtualMachines',
    location: vm.location,
    tags: vm.tags,
    etag: '"1"',
    properties: {
      vmId: vm.vmId,
      hardwareProfile: { vmSize: 'Standard_D2s_v3' },
      storageProfile: {
        imageReference: imageOf(vm),
        osDisk: {
          osType: vm.osType,
          name: `${name}-os`,
          createOption: 'FromImage',
          caching: 'ReadWrite',
          managedDisk: { storageAccountType: 'Premium_LRS' },
          diskSizeGB: isWindows ? 127 : 30,
        },
        dataDisks: [],
      },
      osProfile: {
        computerName: computerNameOf(vm),
        adminUsername: 'azureadmin',
        ...(isWindows
          ? { windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: true } }
          : { linuxConfiguration: { disablePasswordAuthentication: true } }),
        secrets: [],
        allowExtensionOperations: true,
      },
      networkProfile: {
        networkInterfaces: vm.networkInterfaceIds.map((id, at) =>
          vm.networkInterfaceIds.length === 1 ? { id } : { id, properties: { primary: at === 0 } },
        ),
      },
      virtualMachineScaleSet: vm.scaleSetId === undefined ? undefined : { id: vm.scaleSetId },
      provisioningState: 'Succeeded',
      timeCreated: madeAt,
      instanceView: isExpanded ? instanceView(vm) : undefined,
    },
  };
}

type Printed = { plain?: string; expanded?: string };
const printedVms = new WeakMap<VirtualMachineSeed, Printed>();

function vmText(vm: VirtualMachineSeed, isExpanded: boolean): string {
  const known = printedVms.get(vm) ?? {};
  printedVms.set(vm, known);
  const key = isExpanded ? 'expanded' : 'plain';
  known[key] ??= JSON.stringify(vmBody(vm, isExpanded));
  return known[key];
}

/** GET of a VM; run-time state only with `$expand=instanceView`. */
export const getVm: Handler = (call, world) => {
  const vm = world.store.vms.get(call.route.lower);
  if (vm === undefined) return notFound(call, world);
  const expand = call.query.get('$expand')?.toLowerCase() ?? '';
  return answerText(200, vmText(vm, expand.split(',').includes('instanceview')));
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
