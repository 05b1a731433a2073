import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ResourceEvent } from '../../../../local/azure/contract';
import { httpBody } from '../../../../local/azure/eventGrid/schemas';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { roleEvent, world } from './grid';

const FIXTURES = join(__dirname, '../../../fixtures/events');

function fixture(name: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));
  return (Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown>;
}

/** A sample turned back into what was raised, by the table of the documentation. */
function raised(sample: Record<string, unknown>): ResourceEvent {
  const text = (...names: string[]) => {
    const found = names.map((name) => sample[name]).find((value) => typeof value === 'string');
    return typeof found === 'string' ? found : '';
  };
  return {
    id: text('id'),
    type: text('eventType', 'type'),
    topic: text('topic', 'source'),
    subject: text('subject'),
    time: text('eventTime', 'time'),
    data: sample['data'] as Record<string, unknown>,
  };
}

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

it.each([
  'published/subscription.ResourceWriteSuccess.eventgrid-schema.json',
  'published/subscription.ResourceDeleteSuccess.eventgrid-schema.json',
  'published/subscription.ResourceActionSuccess.eventgrid-schema.json',
  'inferred/noise.roleAssignments-write.by-admin.eventgrid-schema.json',
])('writes Event Grid schema as in %s', (name) => {
  const sample = fixture(name);
  expect(JSON.parse(httpBody(raised(sample), 'EventGridSchema'))).toEqual([sample]);
});

it.each([
  'published/resource-group.ResourceWriteSuccess.cloudevents-1.0.json',
  'published/resource-group.ResourceDeleteSuccess.cloudevents-1.0.json',
  'published/resource-group.ResourceActionSuccess.cloudevents-1.0.json',
  'inferred/activate.2-roleAssignments-write.by-MS-PIM.cloudevents-1.0.json',
])('writes CloudEvents as in %s', (name) => {
  const sample = fixture(name);
  expect(JSON.parse(httpBody(raised(sample), 'CloudEventSchemaV1_0'))).toEqual(sample);
});

it('sends the headers of a delivery, and the key in the URL', async () => {
  const destination = {
    kind: 'webhook' as const,
    url: 'http://localhost:7071/runtime/webhooks/EventGrid?functionName=activationReceived',
    key: 'a+b',
  };
  const { grid, received } = world({ subscription: { destination }, replies: [500, 202] });
  grid.publish(roleEvent());
  await time.pass(11_000);
  expect(received[0]).toMatchObject({
    method: 'POST',
    url: `${destination.url}&code=a%2Bb`,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': 'POSTERN-OPENER',
      'aeg-delivery-count': '0',
      'aeg-data-version': '2',
      'aeg-metadata-version': '1',
      'aeg-output-event-id': 'e1',
    },
  });
  expect(received[1]?.headers['aeg-delivery-count']).toBe('1');
});

it('marks CloudEvents by their content type', async () => {
  const { grid, received } = world({ schema: 'CloudEventSchemaV1_0' });
  grid.publish(roleEvent());
  await time.pass(1000);
  expect(received[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  expect(received[0]?.headers).not.toHaveProperty('aeg-data-version');
});

it('puts one event into one queue message, and tries again when the queue fails', async () => {
  const sent: string[] = [];
  const destination = {
    kind: 'storageQueue' as const,
    async send(text: string) {
      if (sent.push(text) === 1) throw new Error('queue is away');
    },
  };
  const { grid } = world({ subscription: { destination } });
  grid.publish(roleEvent());
  await time.pass(11_000);
  expect(sent.map((text) => JSON.parse(text))).toEqual([
    expect.objectContaining({ eventType: 'Microsoft.Resources.ResourceWriteSuccess', id: 'e1' }),
    expect.objectContaining({ id: 'e1' }),
  ]);
  expect(grid.deliveries().map((one) => one.outcome)).toEqual(['retry', 'delivered']);
});

describe('a filter', () => {
  const filter = {
    includedEventTypes: [
      'Microsoft.Resources.ResourceWriteSuccess',
      'Microsoft.Resources.ResourceDeleteSuccess',
      'Microsoft.Resources.ResourceActionSuccess',
    ],
    advancedFilters: [
      {
        operatorType: 'StringIn' as const,
        key: 'data.operationName',
        values: [
          'Microsoft.Authorization/roleAssignments/write',
          'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
        ],
      },
    ],
  };

  it('lets through the operations it names, in any casing, and no others', async () => {
    const { grid, received } = world({ subscription: { filter } });
    grid.publish(roleEvent('a', 'ROLEASSIGNMENTS/write'));
    grid.publish(roleEvent('b', 'roleAssignments/delete'));
    grid.publish({ ...roleEvent('c'), type: 'Microsoft.Resources.ResourceWriteFailure' });
    grid.publish({ ...roleEvent('d'), data: {} });
    grid.publish(roleEvent('e', 'roleAssignmentScheduleRequests/cancel/action'));
    await time.pass(1000);
    expect(received.map((one) => one.headers['aeg-output-event-id'])).toEqual(['a', 'e']);
  });

  it.each([
    ['StringNotIn', 'subject', ['x'], true],
    ['StringNotIn', 'data.operationName', ['microsoft.authorization/roleassignments/WRITE'], false],
    ['StringNotIn', 'data.absent', ['x'], true],
    ['StringBeginsWith', 'source', ['/SUBSCRIPTIONS/'], true],
    ['StringEndsWith', 'eventType', ['success'], true],
    ['StringContains', 'data.status', ['cee'], true],
    ['StringContains', 'data.status.deeper', ['cee'], false],
    ['StringIn', 'data.absent', ['x'], false],
  ] as const)('%s of %s %j: %s', async (operatorType, key, values, passes) => {
    const advancedFilters = [{ operatorType, key, values: [...values] }];
    const { grid, received } = world({ subscription: { filter: { advancedFilters } } });
    grid.publish(roleEvent());
    await time.pass(1000);
    expect(received.length === 1).toBe(passes);
  });

  it('may look at the ends of the subject', async () => {
    const within = { subjectBeginsWith: '/subscriptions/', subjectEndsWith: '/E1' };
    const { grid, received } = world({ subscription: { filter: within } });
    grid.publish(roleEvent('e1'));
    grid.publish(roleEvent('e2'));
    await time.pass(1000);
    expect(received).toHaveLength(1);
  });

  it('is refused with more than 25 values or a value of more than 512 characters', () => {
    const many = Array.from({ length: 26 }, (_, index) => `v${index}`);
    for (const values of [many, ['x'.repeat(513)]]) {
      const advancedFilters = [{ operatorType: 'StringIn' as const, key: 'subject', values }];
      expect(() => world({ subscription: { filter: { advancedFilters } } })).toThrow('at most');
    }
  });
});
