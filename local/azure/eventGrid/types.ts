import type { ResourceEvent } from '../contract';
import type { Random } from '../pim/random';

/** One HTTP request to a destination. */
export type DeliveryRequest = {
  method: 'POST' | 'OPTIONS';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Aborted when Event Grid stops waiting for the answer. */
  signal: AbortSignal;
};

/** The answer of a destination. */
export type DeliveryAnswer = { status: number; headers: Record<string, string>; body: string };

/** Sends a delivery. Rejects where no answer comes at all. */
export type Transport = (request: DeliveryRequest) => Promise<DeliveryAnswer>;

/**
 * Where events go. `webhook`: any URL, proved by the handshake. `azureFunction`: a function's
 * webhook by its resource id, without handshake and retried more patiently; `url` is the host's
 * `/runtime/webhooks/EventGrid?functionName=…`. `storageQueue`: one message per event; `send`
 * encodes as its queue wants and rejects when the queue does not take it.
 */
export type Destination =
  | { kind: 'webhook' | 'azureFunction'; url: string; key?: string }
  | { kind: 'storageQueue'; send: (text: string) => Promise<void> };

/** Conditions joined by AND; values of one joined by OR and compared without case. */
export type AdvancedFilter = {
  operatorType:
    | 'StringIn'
    | 'StringNotIn'
    | 'StringBeginsWith'
    | 'StringEndsWith'
    | 'StringContains';
  /** `data.operationName`, `subject` … */
  key: string;
  values: string[];
};

/** Which events a subscription wants; what is absent lets all through. */
export type EventFilter = {
  includedEventTypes?: string[];
  subjectBeginsWith?: string;
  subjectEndsWith?: string;
  advancedFilters?: AdvancedFilter[];
};

export type DeliverySchema = 'EventGridSchema' | 'CloudEventSchemaV1_0';

/** An event subscription, as `az eventgrid event-subscription create` would make it. */
export type EventSubscription = {
  name: string;
  schema: DeliverySchema;
  destination: Destination;
  filter?: EventFilter;
  /** 1 to 30, 30 when absent. */
  maxDeliveryAttempts?: number;
  /** 1 to 1440, 1440 when absent. */
  eventTimeToLiveMinutes?: number;
};

/** Disturbances, each 0 unless set; chances between 0 and 1. */
export type GridKnobs = {
  /** Least time between an event and its first delivery. */
  delayMs: number;
  /** Up to so much more, by chance: what makes events overtake one another. */
  reorderMs: number;
  /** Chance that an event is delivered once more, some seconds later. */
  duplicateChance: number;
  /** Chance that an event is never delivered. Not Azure's promise, but a case to survive. */
  lossChance: number;
  /** Share of each retry's wait that is added by chance. */
  retryJitter: number;
};

/** What became of one attempt. */
export type DeliveryRecord = {
  at: string;
  subscription: string;
  eventId: string;
  operationName: string;
  /** From 1. 0 for the handshake. */
  attempt: number;
  /** A copy that a disturbance added. */
  copy: boolean;
  /** HTTP status; absent where there was no answer or no HTTP. */
  status?: number;
  outcome: 'delivered' | 'retry' | 'deadLettered' | 'dropped' | 'lost' | 'handshake';
  /** Why not delivered. */
  reason?: string;
  /** When the next attempt is due. */
  nextAt?: string;
};

/** An event given up, in the shape that Event Grid stores. */
export type DeadLetter = { subscription: string; body: Record<string, unknown> };

export type EventGridOptions = {
  subscriptions: EventSubscription[];
  deliver: Transport;
  random?: Random;
  knobs?: Partial<GridKnobs>;
  /** Each event fifty times: thirty in parallel, the others over the following minute. */
  fault?: 'duplicate-events';
  /** Dead letters are also written here, one file each; the folder is made. */
  deadLetterFolder?: string;
  /** Told of each attempt, as it ends. */
  onDelivery?: (record: DeliveryRecord) => void;
};

/** The Event Grid of the local Azure: one system topic on the subscription. */
export type EventGrid = {
  /** Hand this to PIM and Resource Manager as their EventSink. */
  publish: (event: ResourceEvent) => void;
  /** Does the handshake of every webhook now; names those that failed. */
  validate(): Promise<{ subscription: string; reason: string }[]>;
  deliveries: () => DeliveryRecord[];
  deadLetters: () => DeadLetter[];
  knobs: GridKnobs;
  setFault: (fault: 'duplicate-events' | undefined) => void;
  /** Resolves when no delivery is under way; scheduled retries do not count. */
  idle: () => Promise<void>;
  /** Stops all timers and open deliveries. */
  close: () => void;
};
