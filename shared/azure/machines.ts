import type { Machines } from '../ports/machines';
import type { WriteAnswer } from '../domain/remediation/machineReading';
import type { PlannedWrite } from '../domain/remediation/verdict';
import { classify } from '../domain/classify';
import type { Arm, CallOptions } from './arm';
import { read, trySubmit } from './arm';
import { errorIn } from './errorIn';
import { badId, partsOf } from './ids';
import { machineReading } from './machineReading';
import { perSubscription } from './perSubscription';
import { readAs } from './readAs';

/** Of both login extensions (learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows). */
const publisher = 'Microsoft.Azure.ActiveDirectory';

/**
 * The compute provider, as the remediator uses it: reads of VMs, and the only two writes there are,
 * the identity of a VM and a login extension, one by one and never followed.
 */
export function createMachines(arm: Arm): Machines {
  const { credential, clientOptions } = arm;
  const clientFor = perSubscription(async (id) => {
    const { ComputeManagementClient } = await import('@azure/arm-compute');
    return arm.governed(new ComputeManagementClient(credential, id, clientOptions));
  });
  const at = async (vmId: string) => {
    const parts = partsOf(vmId, 'Microsoft.Compute', 'virtualMachines');
    const { subscriptionId, resourceGroup, names } = parts;
    return { client: await clientFor(subscriptionId), resourceGroup, vm: names[0] ?? '' };
  };
  return {
    readMachine: async (vmId) => {
      const { client, resourceGroup, vm } = await at(vmId);
      const answer = await read('reading a virtual machine', ({ abortSignal }) =>
        client.virtualMachines.get(resourceGroup, vm, { abortSignal, expand: 'instanceView' }),
      );
      return answer && readAs(machineReading, answer, 'reading a virtual machine');
    },
    patchIdentity: async (vmId, userAssigned, etag) => {
      const { client, resourceGroup, vm } = await at(vmId);
      return sendWrite('turning a system identity on', ({ abortSignal }) =>
        client.virtualMachines
          .update(
            resourceGroup,
            vm,
            { identity: identityBody(userAssigned) },
            // The one condition under which a list of identities that was read may be sent again.
            { abortSignal, ...(etag === '' ? {} : { ifMatch: etag }) },
          )
          .submitted(),
      );
    },
    putExtension: async (vmId, location, write) => {
      const { client, resourceGroup, vm } = await at(vmId);
      const name = requireExtensionName(write.name);
      return sendWrite('installing an extension', ({ abortSignal }) =>
        client.virtualMachineExtensions
          .createOrUpdate(resourceGroup, vm, name, extensionBody(location, write), { abortSignal })
          .submitted(),
      );
    },
  };
}

/**
 * A list without one of the VM's identities would take that one away: every one is sent again, by
 * its id alone (learn.microsoft.com, "Configure managed identities on Azure VMs using REST API calls").
 */
function identityBody(userAssigned: readonly string[]) {
  if (userAssigned.length === 0) return { type: 'SystemAssigned' as const };
  return {
    type: 'SystemAssigned, UserAssigned' as const,
    userAssignedIdentities: Object.fromEntries(userAssigned.map((id) => [id, {}])),
  };
}

function extensionBody(
  location: string,
  { type, version, mdmId }: Extract<PlannedWrite, { what: 'extension' }>,
) {
  return {
    location,
    publisher,
    typePropertiesType: type,
    typeHandlerVersion: version,
    autoUpgradeMinorVersion: true,
    ...(mdmId === null ? {} : { settings: { mdmId } }),
  };
}

/** Names of extensions come out of an index or a VM; nothing else may become a part of a path. */
function requireExtensionName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name)) throw badId('the name of an extension');
  return name;
}

/** Throws `Fault` where no answer came; a refusal comes back with what Azure said. */
async function sendWrite(
  doing: string,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<WriteAnswer> {
  const answer = await trySubmit(doing, call);
  if (answer.isAccepted) return { kind: 'accepted', status: answer.status };
  const { kind, status, retryAfterMs } = classify(answer);
  return { kind: 'refused', fault: kind, retryAfterMs, error: { status, ...errorIn(answer.body) } };
}
