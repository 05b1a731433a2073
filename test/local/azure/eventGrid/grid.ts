import type { ResourceEvent } from '../../../../local/azure/contract';
import { createEventGrid } from '../../../../local/azure/eventGrid/createEventGrid';
import { directTransport } from '../../../../local/azure/eventGrid/transport';
import type {
  DeliverySchema,
  Destination,
  EventGridOptions,
  EventSubscription,
} from '../../../../local/azure/eventGrid/types';
import { seededChance } from '../../../../local/chance';

export type Received = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
};

/** What a destination answers to a notification: a status, silence, or a broken connection. */
export type Reply = number | 'silence' | 'broken';

export type World = {
  grid: ReturnType<typeof createEventGrid>;
  /** Notifications received, with the second of the clock they came at. */
  received: (Received & { atS: number })[];
  handshakes: Received[];
};

/** One subscription to a destination that proves itself and replies with `replies` in turn. */
export function world(
  settings: {
    replies?: Reply[];
    schema?: DeliverySchema;
    kind?: Exclude<Destination['kind'], 'storageQueue'>;
    subscription?: Partial<EventSubscription>;
    validates?: () => boolean;
  } & Partial<EventGridOptions> = {},
): World {
  const { replies = [], schema = 'EventGridSchema', kind = 'webhook', subscription } = settings;
  const startMs = Date.now();
  const received: World['received'] = [];
  const handshakes: Received[] = [];
  const deliver = directTransport(async (request) => {
    const proof = handshakeAnswer(request);
    if (proof) {
      handshakes.push(request);
      return (settings.validates ?? (() => true))() ? proof : { status: 404 };
    }
    received.push({ ...request, atS: (Date.now() - startMs) / 1000 });
    const reply = replies[received.length - 1] ?? replies.at(-1) ?? 202;
    if (reply === 'broken') throw new Error('socket hang up');
    if (reply === 'silence') return new Promise(() => {});
    return { status: reply };
  });
  const grid = createEventGrid({
    random: seededChance(7),
    ...settings,
    deliver,
    subscriptions: settings.subscriptions ?? [
      {
        name: 'postern-opener',
        schema,
        destination: {
          kind,
          url: 'http://localhost:7071/runtime/webhooks/EventGrid?functionName=x',
        },
        ...subscription,
      },
    ],
  });
  return { grid, received, handshakes };
}

function handshakeAnswer(request: Received) {
  if (request.method === 'OPTIONS') {
    const headers = {
      'webhook-allowed-origin': request.headers['webhook-request-origin'] ?? '',
    };
    return { status: 200, headers };
  }
  if (request.headers['aeg-event-type'] !== 'SubscriptionValidation') return undefined;
  const [event] = JSON.parse(request.body ?? '[]') as { data: { validationCode: string } }[];
  const validationResponse = event?.data.validationCode;
  return { status: 200, body: JSON.stringify({ validationResponse }) };
}

/** An event as PIM raises it. */
export function roleEvent(id = 'e1', operation = 'roleAssignments/write'): ResourceEvent {
  const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
  const subject = `${subscription}/providers/Microsoft.Authorization/roleAssignments/${id}`;
  return {
    id,
    type: 'Microsoft.Resources.ResourceWriteSuccess',
    topic: subscription,
    subject,
    time: '2026-01-01T10:00:00.1234567Z',
    data: {
      resourceUri: subject,
      operationName: `Microsoft.Authorization/${operation}`,
      status: 'Succeeded',
    },
  };
}
