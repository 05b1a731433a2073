import type { ArmResponse } from '../contract';
import type { BucketLimit } from '../../limits';
import type { ArmPath } from './armPath';
import { answer, gatewayError } from './http';
import type { Settings } from './settings';

/** A bucket that refills with time; tokens may be fractions. */
type Bucket = { tokens: number; atMs: number };

/** A count that starts anew each period. */
type Window = { used: number; endsAtMs: number };

/** What counting a request gives: headers for its answer, or the refusal. */
type Counted = { headers: Record<string, string>; refusal?: ArmResponse };

/** Counts every call as Azure's front door and providers do. */
type Throttle = {
  count(method: string, route: ArmPath, objectId: string): Counted;
  /** Resource Graph's own count: per principal, with its own headers. */
  countQuery(objectId: string, correlationId: string): Counted;
};

type Kind = 'reads' | 'writes' | 'deletes';

/** A throttle over the limits of `settings`, which may be changed while it runs. */
export function createThrottle(settings: Settings): Throttle {
  const buckets = new Map<string, Bucket>();
  const windows = new Map<string, Window>();
  return {
    count: (method, route, objectId) => {
      if (!settings.isThrottled) return { headers: {} };
      const front = countFront(buckets, settings, method, route, objectId);
      if (front.refusal !== undefined) return front;
      const refusal = countProvider(buckets, windows, settings, method, route);
      return refusal === undefined ? front : { headers: front.headers, refusal };
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

/** `left` is what remains; `waitMs` how long until one call more is possible. */
type Taken = { isTaken: boolean; left: number; waitMs: number };

function take(buckets: Map<string, Bucket>, key: string, limit: BucketLimit): Taken {
  const now = Date.now();
  const bucket = buckets.get(key) ?? { tokens: limit.burst, atMs: now };
  const refilled = bucket.tokens + ((now - bucket.atMs) / 1_000) * limit.perSecond;
  bucket.tokens = Math.min(limit.burst, refilled);
  bucket.atMs = now;
  buckets.set(key, bucket);
  if (bucket.tokens < 1) {
    return {
      isTaken: false,
      left: 0,
      waitMs: ((1 - bucket.tokens) / limit.perSecond) * 1_000,
    };
  }
  bucket.tokens--;
  return { isTaken: true, left: bucket.tokens, waitMs: 0 };
}

const whole = (value: number): string => String(Math.floor(value));

const seconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));

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
  buckets: Map<string, Bucket>,
  windows: Map<string, Window>,
  settings: Settings,
  method: string,
  route: ArmPath,
): ArmResponse | undefined {
  const namespace = route.namespace?.toLowerCase();
  const subscription = route.subscriptionId?.toLowerCase() ?? '';
  if (namespace === 'microsoft.network') {
    return countNetwork(windows, settings, method, subscription, route);
  }
  if (namespace !== 'microsoft.compute' || method !== 'GET') return undefined;
  const { compute } = settings.limits;
  if (route.endsInType && route.types.length === 1) {
    const lists = take(buckets, `compute ${subscription} lists`, compute.lists);
    return lists.isTaken ? undefined : tooManyCompute('HighCostGet', compute.lists, lists);
  }
  const vm = route.lower.split('/').slice(0, 9).join('/');
  const own = take(buckets, `compute ${vm}`, compute.perVm);
  const all = take(buckets, `compute ${subscription}`, compute.perSubscription);
  if (!own.isTaken) return tooManyCompute('LowCostGetResource', compute.perVm, own);
  return all.isTaken
    ? undefined
    : tooManyCompute('LowCostGetSubscription', compute.perSubscription, all);
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

/** Compute answers without the `error` envelope, as Microsoft's page on its throttling prints it. */
function tooManyCompute(group: string, limit: BucketLimit, taken: Taken): ArmResponse {
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
