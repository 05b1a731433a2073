import * as z from 'zod';
import type { Compute } from '../ports/compute';
import type { Arm } from './arm';
import { read, readFirstPage } from './arm';
import { groupOf, partsOf } from './ids';
import { perSubscription } from './perSubscription';
import { readAs, readPageAs } from './readAs';

const vmAnswer = z
  .object({ id: z.string(), properties: z.object({ vmId: z.guid() }) })
  .transform(({ id, properties }) => ({ id, vmGuid: properties.vmId.toLowerCase() }));

/**
 * The compute provider: is this still the machine that the index knew? The answer is read as it
 * came over the wire; what this client makes of it is not looked at.
 */
export function createCompute(arm: Arm): Compute {
  const { credential, clientOptions } = arm;
  const clientFor = perSubscription(async (id) => {
    const { ComputeManagementClient } = await import('@azure/arm-compute');
    return arm.governed(new ComputeManagementClient(credential, id, clientOptions));
  });
  return {
    readVm: async (vmId) => {
      const { subscriptionId, resourceGroup, names } = partsOf(
        vmId,
        'Microsoft.Compute',
        'virtualMachines',
      );
      const client = await clientFor(subscriptionId);
      const answer = await read('reading a virtual machine', ({ abortSignal }) =>
        client.virtualMachines.get(resourceGroup, names[0] ?? '', { abortSignal }),
      );
      return answer && readAs(vmAnswer, answer, 'reading a virtual machine');
    },
    listVms: async (groupId) => {
      const { subscriptionId, resourceGroup } = groupOf(groupId);
      const client = await clientFor(subscriptionId);
      const answer = await readFirstPage('listing virtual machines', ({ abortSignal }) =>
        client.virtualMachines.list(resourceGroup, { abortSignal }).byPage(),
      );
      return answer && readPageAs(vmAnswer, answer, 'listing virtual machines');
    },
  };
}
