import * as z from 'zod';
import { isAtOrUnder } from '../domain/armId';
import type { Lock, Network } from '../ports/network';
import type { Arm } from './arm';
import { readPages } from './arm';
import { badId, rebuilt } from './ids';
import { perSubscription } from './perSubscription';
import { readAs } from './readAs';

/**
 * Reads the locks on a resource and above it. The list of the group gives those at, above and below
 * the group (learn.microsoft.com/powershell/module/az.resources/get-azresourcelock), from which the
 * resource's own are picked: the client's list by scope would escape the slashes of the scope.
 */
export function createReadLocks(arm: Arm): Network['readLocks'] {
  const clientFor = perSubscription(async (id) => {
    const { ManagementLockClient } = await import('@azure/arm-locks');
    return arm.governed(new ManagementLockClient(arm.credential, id, arm.clientOptions), {
      hasPages: true,
    });
  });
  return async (resourceId) => {
    const { parsed, text } = rebuilt(resourceId);
    if (parsed.resourceGroup === '') throw badId('the id of a resource in a group');
    const { managementLocks } = await clientFor(parsed.subscriptionId);
    const found: Lock[] = [];
    await readPages(
      'listing locks',
      (asItCame) =>
        managementLocks.listAtResourceGroupLevel(parsed.resourceGroup, asItCame).byPage(),
      (answer) => {
        for (const { id, properties } of readAs(lockPage, answer, 'listing locks').value) {
          const at = id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, '');
          if (properties.level === 'NotSpecified' || !isAtOrUnder(text, at)) continue;
          found.push({ id, level: properties.level });
        }
      },
    );
    return found;
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
