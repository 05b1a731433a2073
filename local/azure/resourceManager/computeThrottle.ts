import type { ArmResponse } from '../contract';
import type { BucketLimit, Limits } from '../../limits';
import type { ArmPath } from './armPath';
import type { World } from './call';
import { answer } from './http';
import type { Counted } from './throttling';
import type { Bucket, Taken } from './tokenBuckets';
import { seconds, take, whole } from './tokenBuckets';

/** The VM that a path is about (id in lower case), and its region; `''` for neither. */
export type MachinePlace = { vmKey: string; region: string };

/** Finds the VM and region of paths of the Compute provider. */
export function machinePlaces({ store, machines }: World): (route: ArmPath) => MachinePlace {
  return (route) => {
    if (route.template.includes('/locations/{}/operations/{}')) {
      const id = route.names.at(-1)?.toLowerCase() ?? '';
      const region = route.names[1]?.toLowerCase() ?? '';
      return { vmKey: machines.byId.get(id)?.vmKey ?? `operation ${id}`, region };
    }
    if (route.endsInType && route.types.length === 1) return { vmKey: '', region: '' };
    const vmKey = `/${route.segments.slice(0, 8).join('/')}`.toLowerCase();
    return { vmKey, region: store.vms.get(vmKey)?.location.toLowerCase() ?? '' };
  };
}

type Policy = { group: string; perVm?: BucketLimit; perRegion: BucketLimit };

/** Which of Compute's policies a call counts in. */
function policyOf(method: string, route: ArmPath, limits: Limits['compute']): Policy {
  if (method !== 'GET') return { group: 'UpdateVM', ...limits.updates };
  if (route.template.includes('/locations/{}/operations/{}')) {
    return { group: 'GetOperation', ...limits.polls };
  }
  if (route.endsInType && route.types.length === 1) {
    return { group: 'HighCostGet', perRegion: limits.lists };
  }
  return { group: 'LowCostGet', ...limits.reads };
}

/**
 * Counts a call as Compute does: by VM, and by subscription and region, for all principals
 * together. What is left of both stands in one header.
 */
export function countCompute(
  buckets: Map<string, Bucket>,
  limits: Limits['compute'],
  method: string,
  route: ArmPath,
  { vmKey, region }: MachinePlace,
): Counted {
  const { group, perVm, perRegion } = policyOf(method, route, limits);
  const subscription = route.subscriptionId?.toLowerCase() ?? '';
  const all = `${group}SubscriptionMaximum`;
  if (perVm === undefined) {
    const wide = take(buckets, `compute ${all} ${subscription} ${region}`, perRegion);
    const headers = remaining({ [group]: wide });
    return wide.isTaken ? { headers } : { headers, refusal: tooMany(group, perRegion, wide) };
  }
  const one = `${group}Resource`;
  const own = take(buckets, `compute ${one} ${vmKey}`, perVm);
  if (!own.isTaken) return { headers: {}, refusal: tooMany(one, perVm, own) };
  const wide = take(buckets, `compute ${all} ${subscription} ${region}`, perRegion);
  if (!wide.isTaken) return { headers: {}, refusal: tooMany(all, perRegion, wide) };
  return { headers: remaining({ [one]: own, [all]: wide }) };
}

function remaining(taken: Record<string, Taken>): Record<string, string> {
  const parts = Object.entries(taken).map(
    ([group, { left }]) => `Microsoft.Compute/${group};${whole(left)}`,
  );
  return { 'x-ms-ratelimit-remaining-resource': parts.join(',') };
}

/** Compute answers without the `error` envelope, as Microsoft's page on its throttling prints it. */
function tooMany(group: string, limit: BucketLimit, taken: Taken): ArmResponse {
  const now = Date.now();
  const measured = {
    operationGroup: group,
    startTime: new Date(now - 60_000).toISOString(),
    endTime: new Date(now).toISOString(),
    allowedRequestCount: limit.burst,
    measuredRequestCount: limit.burst + 1,
  };
  return answer(
    429,
    {
      code: 'OperationNotAllowed',
      message:
        'The server rejected the request because too many requests have been received for this ' +
        'subscription.',
      details: [{ code: 'TooManyRequests', target: group, message: JSON.stringify(measured) }],
    },
    {
      'retry-after': seconds(taken.waitMs),
      'x-ms-ratelimit-remaining-resource': `Microsoft.Compute/${group};0`,
      'x-ms-failure-cause': 'service',
    },
  );
}
