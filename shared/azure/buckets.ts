import {
  type Remaining,
  refillOf,
  reserve,
  roomAboveReserve,
  waitForReserve,
} from '../domain/budget';
import type { Log } from '../ports/log';

/** What was answered and sent, kept by the bucket that it counts in. */
export type Buckets = {
  /** One request leaves. What it answers is handed back with its answer. */
  sent(method: string, path: string): Mark;
  answered(headers: Headers, mark: Mark, hostMs: number): void;
  pauseMs(subscriptionId: string, hostMs: number): number;
  /** How many requests of a kind may leave now without touching the reserve; none known: no limit. */
  room(subscriptionId: string, kind: 'reads' | 'writes', hostMs: number): number;
  queryPauseMs(hostMs: number): number;
};

/** Where a request was sent, and how many had been sent there before. */
export type Mark = { readonly owner: string; readonly sentBefore: ReadonlyMap<string, number> };

type Headers = Readonly<Record<string, string>>;
type Bucket = { seen: Omit<Remaining, 'sentSince'> | null; sentAtSeen: number; sent: number };

const tenant = '';
const bucketForm = /^x-ms-ratelimit-remaining-([a-z-]{1,60})$/;
const subscriptionForm = /^\/subscriptions\/([0-9a-f-]{36})(?:\/|$)/i;
const queryForm = /^\/providers\/Microsoft\.ResourceGraph\//i;
const ownersMax = 500;
const alarmEveryMs = 60_000;
/** Queries that are left to the sweep, and the longest time one answer keeps others waiting. */
const queryReserve = 3;
const queryPauseMaxMs = 60_000;

/** No figures yet: until an answer says otherwise, everything may go on. */
export function createBuckets(log: Log): Buckets {
  const owners = new Map<string, Map<string, Bucket>>();
  let alarmedAt = Number.NEGATIVE_INFINITY;
  let queriesFrom = Number.NEGATIVE_INFINITY;

  const bucketsOf = (owner: string): Map<string, Bucket> => {
    const known = owners.get(owner);
    if (known !== undefined) return known;
    if (owners.size >= ownersMax) owners.clear();
    const made = new Map<string, Bucket>();
    owners.set(owner, made);
    return made;
  };

  const note = (owner: string, name: string, remaining: number, mark: Mark, hostMs: number) => {
    const buckets = bucketsOf(owner);
    const bucket = buckets.get(name) ?? { seen: null, sentAtSeen: 0, sent: 0 };
    bucket.seen = { remaining, seenAt: hostMs };
    // What was sent after this very request may not be counted in its answer yet.
    bucket.sentAtSeen = Math.min(bucket.sent, mark.sentBefore.get(name) ?? bucket.sent);
    buckets.set(name, bucket);
    if (remaining >= reserve || hostMs - alarmedAt < alarmEveryMs) return;
    alarmedAt = hostMs;
    log.alarm('budgetExhausted', { subscriptionId: owner, bucket: name, remaining });
  };

  return {
    sent: (method, path) => {
      const owner = subscriptionForm.exec(path)?.[1]?.toLowerCase() ?? tenant;
      const sentBefore = new Map<string, number>();
      if (queryForm.test(path)) return { owner, sentBefore };
      const buckets = bucketsOf(owner);
      for (const name of bucketNames(owner, method)) {
        const bucket = buckets.get(name) ?? { seen: null, sentAtSeen: 0, sent: 0 };
        bucket.sent += 1;
        sentBefore.set(name, bucket.sent);
        buckets.set(name, bucket);
      }
      return { owner, sentBefore };
    },
    answered: (headers, mark, hostMs) => {
      for (const [header, value] of Object.entries(headers)) {
        const name = header.startsWith('x-ms-rate') ? bucketForm.exec(header)?.[1] : undefined;
        if (name === undefined || refillOf(name) === null || !/^\d{1,9}$/.test(value)) continue;
        note(name.startsWith('tenant-') ? tenant : mark.owner, name, Number(value), mark, hostMs);
      }
      queriesFrom = Math.max(queriesFrom, queriesFromOf(headers, hostMs));
    },
    pauseMs: (subscriptionId, hostMs) => {
      const asked = [...new Set([subscriptionId.toLowerCase(), tenant])];
      return Math.max(
        0,
        ...asked
          .flatMap((owner) => [...(owners.get(owner) ?? [])])
          .map(([name, bucket]) => {
            const { seen, sent, sentAtSeen } = bucket;
            return seen === null
              ? 0
              : waitForReserve(name, { ...seen, sentSince: sent - sentAtSeen }, hostMs);
          }),
      );
    },
    room: (subscriptionId, kind, hostMs) =>
      roomIn([...(owners.get(subscriptionId.toLowerCase()) ?? [])], kind, hostMs),
    queryPauseMs: (hostMs) => Math.min(queryPauseMaxMs, Math.max(0, queriesFrom - hostMs)),
  };
}

/** The least of the buckets of a kind; what was never told of is no limit. */
function roomIn(
  buckets: readonly (readonly [string, Bucket])[],
  kind: 'reads' | 'writes',
  hostMs: number,
): number {
  const rooms = buckets.map(([name, { seen, sent, sentAtSeen }]) =>
    seen === null || !name.endsWith(`-${kind}`)
      ? Number.POSITIVE_INFINITY
      : roomAboveReserve(name, { ...seen, sentSince: sent - sentAtSeen }, hostMs),
  );
  return Math.min(...rooms);
}

function bucketNames(owner: string, method: string): string[] {
  const reads = method === 'GET' || method === 'HEAD';
  const kind = reads ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
  return owner === tenant
    ? [`tenant-${kind}`]
    : [`subscription-${kind}`, `subscription-global-${kind}`];
}

/** When Resource Graph's count starts anew, where next to nothing is left of it (host clock). */
function queriesFromOf(headers: Headers, hostMs: number): number {
  const left = headers['x-ms-user-quota-remaining'];
  const resets = /^00:00:(\d{2})$/.exec(headers['x-ms-user-quota-resets-after'] ?? '')?.[1];
  if (left === undefined || !/^\d{1,6}$/.test(left) || resets === undefined) {
    return Number.NEGATIVE_INFINITY;
  }
  return Number(left) < queryReserve ? hostMs + Number(resets) * 1_000 : Number.NEGATIVE_INFINITY;
}
