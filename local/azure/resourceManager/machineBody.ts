import type { PowerState, VirtualMachineSeed } from '../../estate';
import { guidOf, tenantId } from '../../estate';
import type { VmIdentitySeed } from '../../estateMachine';
import { nameOf } from './armPath';
import { extensionBody, extensionView, handlerView } from './extensionBody';
import { agentOf, computerNameOf, imageOf, isAgentReady } from './machineSoftware';

const madeAt = '2025-11-03T08:15:02.4410000+00:00';

/** The run-time state of a VM: what `instanceView` shows. A stopped VM has no agent to speak. */
export function instanceView(vm: VirtualMachineSeed): unknown {
  const provisioned = {
    code: 'ProvisioningState/succeeded',
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    time: madeAt,
  };
  return {
    ...agentOf(vm),
    ...(vm.powerState === 'running' ? agentView(vm) : {}),
    disks: [{ name: `${nameOf(vm.id)}-os`, statuses: [provisioned] }],
    ...(vm.extensions === undefined || vm.powerState !== 'running'
      ? {}
      : { extensions: vm.extensions.map((item) => extensionView(item)) }),
    hyperVGeneration: 'V2',
    statuses: [provisioningStatus(vm) ?? provisioned, powerStatus(vm.powerState)],
  };
}

function provisioningStatus({ provisioningState, failedBy }: VirtualMachineSeed): unknown {
  if (provisioningState === undefined) return undefined;
  if (provisioningState === 'Updating') {
    return { code: 'ProvisioningState/updating', level: 'Info', displayStatus: 'Updating' };
  }
  return {
    code: `ProvisioningState/failed/${failedBy?.code ?? 'OperationFailed'}`,
    level: 'Error',
    displayStatus: 'Provisioning failed',
    message: failedBy?.message ?? 'The last operation on the VM has failed.',
  };
}

function agentView(vm: VirtualMachineSeed): Record<string, unknown> {
  const isReady = isAgentReady(vm);
  const version = vm.osType === 'Windows' ? '2.7.41491.1149' : '2.11.1.12';
  return {
    vmAgent: {
      vmAgentVersion: isReady ? version : 'Unknown',
      statuses: [isReady ? readyStatus : notReadyStatus],
      extensionHandlers: isReady ? (vm.extensions ?? []).map((item) => handlerView(item)) : [],
    },
  };
}

const readyStatus = {
  code: 'ProvisioningState/succeeded',
  level: 'Info',
  displayStatus: 'Ready',
  message: 'GuestAgent is running and processing the extensions.',
  time: madeAt,
};

const notReadyStatus = {
  code: 'ProvisioningState/Unavailable',
  level: 'Warning',
  displayStatus: 'Not Ready',
  message: 'VM status blob is found but not yet populated.',
  time: madeAt,
};

function powerStatus(state: PowerState): unknown {
  return { code: `PowerState/${state}`, level: 'Info', displayStatus: `VM ${state}` };
}

/** The identity as Azure prints it; absent for a VM without one. */
export function identityBody({ identity, vmId }: VirtualMachineSeed) {
  if (identity === undefined) return undefined;
  const { system, userAssigned } = identity;
  return {
    type: identityType(identity),
    ...(system ? { principalId: guidOf(`identity ${vmId}`), tenantId } : {}),
    ...(userAssigned.length === 0 ? {} : { userAssignedIdentities: assigned(userAssigned) }),
  };
}

/** Each id with the identity's own ids. */
function assigned(ids: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    ids.map((id) => [
      id,
      { principalId: guidOf(`principal ${id}`), clientId: guidOf(`client ${id}`) },
    ]),
  );
}

/** The text of a VM's kinds of identity. */
function identityType({ system, userAssigned }: VmIdentitySeed): string {
  if (userAssigned.length === 0) return system ? 'SystemAssigned' : 'None';
  return system ? 'SystemAssigned, UserAssigned' : 'UserAssigned';
}

/** The etag of a VM, as its body and the header show it. */
export function etagOf({ version }: VirtualMachineSeed): string {
  return `"${version ?? 1}"`;
}

function osProfile(vm: VirtualMachineSeed): unknown {
  const { allowExtensionOperations = true } = vm;
  const provisionVMAgent = vm.agent !== 'absent';
  return {
    computerName: computerNameOf(vm),
    adminUsername: 'azureadmin',
    ...(vm.osType === 'Windows'
      ? { windowsConfiguration: { provisionVMAgent, enableAutomaticUpdates: true } }
      : {
          linuxConfiguration: {
            disablePasswordAuthentication: true,
            ...(provisionVMAgent ? {} : { provisionVMAgent }),
          },
        }),
    secrets: [],
    ...(allowExtensionOperations === null ? {} : { allowExtensionOperations }),
  };
}

/** The body of a VM; with its run-time state where it is expanded. */
export function vmBody(vm: VirtualMachineSeed, isExpanded: boolean): unknown {
  const name = nameOf(vm.id);
  return {
    name,
    id: vm.id,
    type: 'Microsoft.Compute/virtualMachines',
    location: vm.location,
    tags: vm.tags,
    plan: vm.plan,
    identity: identityBody(vm),
    managedBy: vm.managedBy,
    etag: etagOf(vm),
    properties: {
      vmId: vm.vmId,
      hardwareProfile: { vmSize: vm.vmSize ?? 'Standard_D2s_v3' },
      storageProfile: {
        imageReference: imageOf(vm),
        osDisk: {
          osType: vm.osType,
          name: `${name}-os`,
          createOption: 'FromImage',
          caching: 'ReadWrite',
          managedDisk: { storageAccountType: 'Premium_LRS' },
          diskSizeGB: vm.osType === 'Windows' ? 127 : 30,
        },
        dataDisks: [],
      },
      osProfile: osProfile(vm),
      networkProfile: {
        networkInterfaces: vm.networkInterfaceIds.map((id, at) =>
          vm.networkInterfaceIds.length === 1 ? { id } : { id, properties: { primary: at === 0 } },
        ),
      },
      virtualMachineScaleSet: vm.scaleSetId === undefined ? undefined : { id: vm.scaleSetId },
      provisioningState: vm.provisioningState ?? 'Succeeded',
      timeCreated: madeAt,
      instanceView: isExpanded ? instanceView(vm) : undefined,
    },
    resources:
      vm.extensions === undefined || vm.extensions.length === 0
        ? undefined
        : vm.extensions.map((item) => extensionBody(vm, item, false)),
  };
}
