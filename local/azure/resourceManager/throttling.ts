import type { ArmResponse } from '../contract';
import type { ArmPath } from './armPath';
import type { MachinePlace } from './computeThrottle';
import { countCompute } from './computeThrottle';
import { answer, gatewayError } from './http';
import type { Settings } from './settings';
import type { Bucket, Taken } from './tokenBuckets';
import { seconds, take, whole } from './tokenBuckets';

/** A count that starts anew each period. */
type Window = { used: number; endsAtMs: number };

/** What counting a request gives: headers for its answer, or the refusal. */
export type Counted = { headers: Record<string, string>; refusal?: ArmResponse };

/** Counts every call as Azure's front door and providers do. */
type Throttle = {
  count(method: string, route: ArmPath, objectId: string): Counted;
  /** Resource Graph's own count: per principal, with its own headers. */
  countQuery(objectId: string, correlationId: string): Counted;
};

type Kind = 'reads' | 'writes' | 'deletes';

type Counters = {
  buckets: Map<string, Bucket>;
  windows: Map<string, Window>;
  placeOf: (route: ArmPath) => MachinePlace;
};

/**
 * A throttle over the limits of `settings`, which may be changed while it runs. `placeOf` finds the
 * VM that a path is about, and its region: Compute counts by both.
 */
export function createThrottle(
  settings: Settings,
  placeOf: (route: ArmPath) => MachinePlace,
): Throttle {
  const buckets = new Map<string, Bucket>();
  const windows = new Map<string, Window>();
  return {
    count: (method, route, objectId) => {
      if (!settings.isThrottled) return { headers: {} };
      const front = countFront(buckets, settings, method, route, objectId);
      if (front.refusal !== undefined) return front;
      const counters = { buckets, windows, placeOf };
      const { headers, refusal } = countProvider(counters, settings, method, route);
      const both = { headers: { ...front.headers, ...headers } };
      return refusal === undefined ? both : { ...both, refusal };
    },
    countQuery: (objectId, correlationId) => {
      if (!settings.isThrottled) return { headers: {} };
      return countQuery(windows, settings, objectId, correlationId);
    },
  };
}

function countFront(
  buckets: Map<string, Bucket>,
  settings: Settings,
  method: string,
  route: ArmPath,
  objectId: string,
): Counted {
  const kind: Kind =
    method === 'GET' || method === 'HEAD' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
  const limit = settings.limits.front[kind];
  const { subscriptionId } = route;
  if (subscriptionId === undefined) {
    const own = take(buckets, `tenant ${objectId} ${kind}`, limit);
    const headers = { [`x-ms-ratelimit-remaining-tenant-${kind}`]: whole(own.left) };
    return own.isTaken ? { headers } : { headers, refusal: tooMany(kind, 'tenant', objectId, own) };
  }
  const key = subscriptionId.toLowerCase();
  const factor = settings.limits.frontGlobalFactor;
  const wide = { burst: limit.burst * factor, perSecond: limit.perSecond * factor };
  const own = take(buckets, `${key} ${objectId} ${kind}`, limit);
  const all = take(buckets, `${key} * ${kind}`, wide);
  const headers = {
    [`x-ms-ratelimit-remaining-subscription-${kind}`]: whole(own.left),
    [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: whole(all.left),
  };
  const short = own.isTaken ? all : own;
  if (short.isTaken) return { headers };
  return { headers, refusal: tooMany(kind, subscriptionId, objectId, short) };
}

function tooMany(kind: Kind, subscription: string, objectId: string, taken: Taken): ArmResponse {
  const wait = seconds(taken.waitMs);
  return gatewayError(
    429,
    'SubscriptionRequestsThrottled',
    `Number of '${kind.slice(0, -1)}' requests for subscription '${subscription}' actor ` +
      `'${objectId}' exceeded. Please try again after '${wait}' seconds.`,
    { 'retry-after': wait },
  );
}

function countProvider(
  { buckets, windows, placeOf }: Counters,
  settings: Settings,
  method: string,
  route: ArmPath,
): Counted {
  const namespace = route.namespace?.toLowerCase();
  if (namespace === 'microsoft.compute') {
    return countCompute(buckets, settings.limits.compute, method, route, placeOf(route));
  }
  if (namespace !== 'microsoft.network') return { headers: {} };
  const refusal = countNetwork(
    windows,
    settings,
    method,
    route.subscriptionId?.toLowerCase() ?? '',
    route,
  );
  return refusal === undefined ? { headers: {} } : { headers: {}, refusal };
}

function spend(
  windows: Map<string, Window>,
  key: string,
  periodMs: number,
  most: number,
): { left: number; endsAtMs: number } {
  const now = Date.now();
  const known = windows.get(key);
  const window =
    known === undefined || known.endsAtMs <= now ? { used: 0, endsAtMs: now + periodMs } : known;
  windows.set(key, window);
  window.used++;
  return { left: most - window.used, endsAtMs: window.endsAtMs };
}

function countNetwork(
  windows: Map<string, Window>,
  settings: Settings,
  method: string,
  subscription: string,
  route: ArmPath,
): ArmResponse | undefined {
  const { periodMs, writes, reads } = settings.limits.network;
  const isRead = method === 'GET' || method === 'HEAD';
  const most = isRead ? reads : writes;
  const key = `network ${subscription} ${isRead ? 'reads' : 'writes'}`;
  const { left, endsAtMs } = spend(windows, key, periodMs, most);
  if (left >= 0) return undefined;
  const wait = seconds(endsAtMs - Date.now());
  const action = `${route.namespace ?? ''}/${route.types.join('/')}/${isRead ? 'read' : 'write'}`;
  return gatewayError(
    429,
    'ResourceRequestsThrottled',
    `Number of requests for action '${action}' exceeded the limit of '${most}' for time interval ` +
      `'00:05:00'. Please try again after '${wait}' seconds.`,
    { 'retry-after': wait },
  );
}

function countQuery(
  windows: Map<string, Window>,
  settings: Settings,
  objectId: string,
  correlationId: string,
): Counted {
  const { periodMs, queries } = settings.limits.resourceGraph;
  const { left, endsAtMs } = spend(windows, `graph ${objectId}`, periodMs, queries);
  const wait = Math.max(0, Math.ceil((endsAtMs - Date.now()) / 1_000));
  const headers = {
    'x-ms-user-quota-remaining': String(Math.max(0, left)),
    'x-ms-user-quota-resets-after': `00:00:${String(wait).padStart(2, '0')}`,
  };
  if (left >= 0) return { headers };
  return { headers, refusal: rateLimiting(correlationId, headers) };
}

/** Text: Azure/azure-cli-extensions#3325. No Retry-After was ever captured with it. */
function rateLimiting(correlationId: string, headers: Record<string, string>): ArmResponse {
  return answer(
    429,
    {
      error: {
        code: 'RateLimiting',
        message:
          'Please provide below info when asking for support: timestamp = ' +
          `${new Date().toISOString()}, correlationId = ${correlationId}.`,
        details: [
          {
            code: 'RateLimiting',
            message:
              'Client application has been throttled and should not attempt to repeat the request ' +
              'until an amount of time has elapsed. Please see ' +
              'https://aka.ms/resourcegraph-throttling for help.',
          },
        ],
      },
    },
    headers,
  );
}
