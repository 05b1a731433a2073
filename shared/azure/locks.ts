import * as z from 'zod';
import { isAtOrUnder } from '../domain/armId';
import type { Lock, Network } from '../ports/network';
import type { Arm } from './arm';
import { readPages } from './arm';
import { badId, rebuilt } from './ids';
import { perSubscription } from './perSubscription';
import { readAs } from './readAs';

/**
 * Reads the locks on some resources of one group and above them. The list of the group gives those
 * at, above and below it (learn.microsoft.com/powershell/module/az.resources/get-azresourcelock),
 * from which each resource's own are picked: the client's list by scope would escape its slashes.
 */
export function createReadLocks(arm: Arm): Network['readLocks'] {
  const clientFor = perSubscription(async (id) => {
    const { ManagementLockClient } = await import('@azure/arm-locks');
    return arm.governed(new ManagementLockClient(arm.credential, id, arm.clientOptions), {
      hasPages: true,
    });
  });
  return async (resourceIds) => {
    const resources = resourceIds.map((id) => rebuilt(id));
    const [first] = resources;
    if (first === undefined) return [];
    const { subscriptionId, resourceGroup } = first.parsed;
    const isInGroup = ({ parsed }: (typeof resources)[number]): boolean =>
      parsed.subscriptionId === subscriptionId &&
      parsed.resourceGroup.toLowerCase() === resourceGroup.toLowerCase();
    if (resourceGroup === '' || !resources.every(isInGroup)) {
      throw badId('the ids of resources in one group');
    }
    const { managementLocks } = await clientFor(subscriptionId);
    const found: (Lock & { readonly at: string })[] = [];
    await readPages(
      'listing locks',
      (asItCame) => managementLocks.listAtResourceGroupLevel(resourceGroup, asItCame).byPage(),
      (answer) => {
        for (const { id, properties } of readAs(lockPage, answer, 'listing locks').value) {
          if (properties.level === 'NotSpecified') continue;
          const at = id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, '');
          found.push({ id, level: properties.level, at });
        }
      },
    );
    return resources.map(({ text }) =>
      found.filter(({ at }) => isAtOrUnder(text, at)).map(({ id, level }) => ({ id, level })),
    );
  };
}

const lockPage = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      properties: z.object({ level: z.enum(['NotSpecified', 'CanNotDelete', 'ReadOnly']) }),
    }),
  ),
});
