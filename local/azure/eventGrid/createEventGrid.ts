import type { ResourceEvent } from '../contract';
import type { Random } from '../pim/random';
import { createAlarms, type Alarms } from '../pim/time';
import { deadLetterOf, storeDeadLetter } from './deadLetters';
import { filterFault, matches } from './filter';
import { handshake } from './handshake';
import { ANSWER_TIMEOUT_MS, judge, outcomeName, retryDelayMs } from './retry';
import { httpBody, httpHeaders, inSchema } from './schemas';
import type {
  DeadLetter,
  DeliveryAnswer,
  DeliveryRecord,
  DeliveryRequest,
  EventGrid,
  EventGridOptions,
  EventSubscription,
  GridKnobs,
} from './types';

const NO_DISTURBANCE: GridKnobs = {
  delayMs: 0,
  reorderMs: 0,
  duplicateChance: 0,
  lossChance: 0,
  retryJitter: 0,
};
const COPIES_AT_ONCE = 29;
const COPIES_LATER = 20;

/** Everything one Event Grid knows. */
type Grid = {
  options: EventGridOptions;
  knobs: GridKnobs;
  fault: 'duplicate-events' | undefined;
  random: Random;
  alarms: Alarms;
  open: Set<Promise<void>>;
  aborts: Set<AbortController>;
  /** Handshakes that succeeded or are under way, by subscription. */
  handshakes: Map<string, Promise<string | undefined>>;
  deliveries: DeliveryRecord[];
  deadLetters: DeadLetter[];
  isClosed: boolean;
};

/** One event on its way to one subscription. */
type Parcel = {
  event: ResourceEvent;
  subscription: EventSubscription;
  publishedAtMs: number;
  attempt: number;
  copy: boolean;
};

/**
 * Starts an Event Grid over fixed subscriptions. Throws when a subscription is not one that Event
 * Grid would take. Delivers at least once and in no order; see GridKnobs for how badly.
 */
export function createEventGrid(options: EventGridOptions): EventGrid {
  for (const subscription of options.subscriptions) requireValid(subscription);
  const grid: Grid = {
    options,
    knobs: { ...NO_DISTURBANCE, ...options.knobs },
    fault: options.fault,
    random: options.random ?? Math.random,
    alarms: createAlarms(),
    open: new Set(),
    aborts: new Set(),
    handshakes: new Map(),
    deliveries: [],
    deadLetters: [],
    isClosed: false,
  };
  return {
    publish: (event) => publish(grid, event),
    validate: () => validateAll(grid),
    deliveries: () => [...grid.deliveries],
    deadLetters: () => [...grid.deadLetters],
    knobs: grid.knobs,
    setFault: (fault) => {
      grid.fault = fault;
    },
    async idle() {
      while (grid.open.size > 0) await Promise.all(grid.open);
    },
    close() {
      grid.isClosed = true;
      grid.alarms.close();
      for (const abort of grid.aborts) abort.abort();
    },
  };
}

function publish(grid: Grid, event: ResourceEvent): void {
  if (grid.isClosed) return;
  const { knobs, random } = grid;
  for (const subscription of grid.options.subscriptions) {
    if (!matches(subscription.filter, event)) continue;
    const parcel = { event, subscription, publishedAtMs: Date.now(), attempt: 1, copy: false };
    if (random() < knobs.lossChance) {
      record(grid, parcel, { outcome: 'lost', reason: 'lossChance' });
      continue;
    }
    const firstMs = knobs.delayMs + random() * knobs.reorderMs;
    later(grid, parcel, firstMs);
    for (const copyMs of copyDelaysMs(grid)) {
      later(grid, { ...parcel, copy: true }, firstMs + copyMs);
    }
  }
}

/** After how long the copies of an event follow the event itself. */
function copyDelaysMs(grid: Grid): number[] {
  if (grid.fault === 'duplicate-events') {
    const atOnce = Array.from({ length: COPIES_AT_ONCE }, () => 0);
    return [...atOnce, ...Array.from({ length: COPIES_LATER }, (_, index) => (index + 1) * 3000)];
  }
  if (grid.random() >= grid.knobs.duplicateChance) return [];
  return [grid.random() * 10_000];
}

function later(grid: Grid, parcel: Parcel, delayMs: number): void {
  if (grid.isClosed) return;
  grid.alarms.at(Date.now() + delayMs, () => {
    const delivery = attempt(grid, parcel).finally(() => grid.open.delete(delivery));
    grid.open.add(delivery);
  });
}

async function attempt(grid: Grid, parcel: Parcel): Promise<void> {
  const { subscription, publishedAtMs } = parcel;
  const limitMs = (subscription.eventTimeToLiveMinutes ?? 1440) * 60_000;
  if (Date.now() - publishedAtMs >= limitMs) {
    giveUp(grid, { ...parcel, attempt: parcel.attempt - 1 }, 'TimeToLiveExceeded', undefined);
    return;
  }
  const { status, reason } = await deliverOnce(grid, parcel);
  if (grid.isClosed) return;
  const verdict = judge(status, subscription.destination.kind);
  const seen = { ...(status === undefined ? {} : { status }), ...(reason ? { reason } : {}) };
  if (verdict.kind === 'done') {
    record(grid, parcel, { ...seen, outcome: 'delivered' });
    return;
  }
  // A copy is a disturbance, not an event of its own: only the event itself is tried again.
  if (parcel.copy) {
    record(grid, parcel, { ...seen, outcome: 'dropped' });
    return;
  }
  const isLast = parcel.attempt >= (subscription.maxDeliveryAttempts ?? 30);
  if (verdict.kind === 'giveUp' || isLast) {
    giveUp(grid, parcel, 'MaxDeliveryAttemptsExceeded', status);
    return;
  }
  const plannedMs = retryDelayMs(parcel.attempt, verdict.leastMs);
  const waitMs = plannedMs * (1 + grid.random() * grid.knobs.retryJitter);
  const nextAt = new Date(Date.now() + waitMs).toISOString();
  record(grid, parcel, { ...seen, outcome: 'retry', nextAt });
  later(grid, { ...parcel, attempt: parcel.attempt + 1 }, waitMs);
}

/** One try: the handshake where it is still owed, then the event. */
async function deliverOnce(
  grid: Grid,
  parcel: Parcel,
): Promise<{ status?: number; reason?: string }> {
  const { event, subscription, attempt: number } = parcel;
  const { destination } = subscription;
  if (destination.kind === 'storageQueue') {
    try {
      await destination.send(JSON.stringify(inSchema(event, subscription.schema)));
      return { status: 200 };
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }
  const url = withKey(destination.url, destination.key);
  const unproved = await owedHandshake(grid, subscription, event.topic);
  if (unproved !== undefined) return { reason: `handshake: ${unproved}` };
  const answer = await send(grid, {
    method: 'POST',
    url,
    headers: httpHeaders(event, subscription, number - 1),
    body: httpBody(event, subscription.schema),
  });
  return answer ? { status: answer.status } : { reason: 'no answer' };
}

async function owedHandshake(
  grid: Grid,
  subscription: EventSubscription,
  topic: string,
): Promise<string | undefined> {
  const { destination, name } = subscription;
  if (destination.kind !== 'webhook') return undefined;
  const underWay = grid.handshakes.get(name);
  if (underWay) return underWay;
  const url = withKey(destination.url, destination.key);
  const asked = handshake(subscription, url, topic, (one) => send(grid, one), grid.random);
  grid.handshakes.set(name, asked);
  const reason = await asked;
  if (reason !== undefined) grid.handshakes.delete(name);
  const at = new Date().toISOString();
  keep(grid, {
    at,
    subscription: name,
    eventId: '',
    operationName: 'handshake',
    attempt: 0,
    copy: false,
    outcome: 'handshake',
    ...(reason === undefined ? {} : { reason }),
  });
  return reason;
}

async function validateAll(grid: Grid): Promise<{ subscription: string; reason: string }[]> {
  const failed: { subscription: string; reason: string }[] = [];
  for (const subscription of grid.options.subscriptions) {
    const reason = await owedHandshake(grid, subscription, '');
    if (reason !== undefined) failed.push({ subscription: subscription.name, reason });
  }
  return failed;
}

/** Sends and waits 30 s at most; a later answer counts for nothing. */
async function send(
  grid: Grid,
  request: Omit<DeliveryRequest, 'signal'>,
): Promise<DeliveryAnswer | undefined> {
  const abort = new AbortController();
  grid.aborts.add(abort);
  let stop: () => void = () => {};
  const tooLate = new Promise<undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWER_TIMEOUT_MS);
    stop = () => clearTimeout(timer);
    abort.signal.addEventListener('abort', () => resolve(undefined));
  });
  const answer = grid.options
    .deliver({ ...request, signal: abort.signal })
    .catch((): undefined => undefined);
  const first = await Promise.race([answer, tooLate]);
  stop();
  grid.aborts.delete(abort);
  if (!first) abort.abort();
  return first;
}

function giveUp(
  grid: Grid,
  parcel: Parcel,
  reason: 'MaxDeliveryAttemptsExceeded' | 'TimeToLiveExceeded',
  lastStatus: number | undefined,
): void {
  const { event, subscription, publishedAtMs, attempt: attempts } = parcel;
  const given = { event, subscription, reason, attempts, lastStatus, publishedAtMs };
  const letter = deadLetterOf({ ...given, lastAttemptAtMs: Date.now() }, grid.random);
  grid.deadLetters.push(letter);
  const { deadLetterFolder } = grid.options;
  if (deadLetterFolder !== undefined) storeDeadLetter(deadLetterFolder, letter, grid.random);
  record(grid, parcel, {
    ...(lastStatus === undefined ? {} : { status: lastStatus }),
    outcome: 'deadLettered',
    reason: reason === 'TimeToLiveExceeded' ? reason : outcomeName(lastStatus),
  });
}

function record(
  grid: Grid,
  parcel: Parcel,
  seen: Pick<DeliveryRecord, 'outcome' | 'reason' | 'status' | 'nextAt'>,
): void {
  const { event, subscription, attempt: number, copy } = parcel;
  const { operationName } = event.data;
  keep(grid, {
    at: new Date().toISOString(),
    subscription: subscription.name,
    eventId: event.id,
    operationName: typeof operationName === 'string' ? operationName : '',
    attempt: number,
    copy,
    ...seen,
  });
}

function keep(grid: Grid, entry: DeliveryRecord): void {
  grid.deliveries.push(entry);
  grid.options.onDelivery?.(entry);
}

function withKey(url: string, key: string | undefined): string {
  if (key === undefined) return url;
  const target = new URL(url);
  target.searchParams.set('code', key);
  return target.href;
}

function requireValid(subscription: EventSubscription): void {
  const { name, maxDeliveryAttempts = 30, eventTimeToLiveMinutes = 1440 } = subscription;
  const fault = filterFault(subscription.filter);
  if (fault !== undefined) throw new Error(`Event subscription ${name}: ${fault}`);
  if (!(maxDeliveryAttempts >= 1 && maxDeliveryAttempts <= 30)) {
    throw new Error(`Event subscription ${name}: maxDeliveryAttempts is 1 to 30.`);
  }
  if (!(eventTimeToLiveMinutes >= 1 && eventTimeToLiveMinutes <= 1440)) {
    throw new Error(`Event subscription ${name}: eventTimeToLiveMinutes is 1 to 1440.`);
  }
}
