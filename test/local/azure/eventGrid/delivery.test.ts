import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createEventGrid } from '../../../../local/azure/eventGrid/createEventGrid';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { roleEvent, world, type Reply } from './grid';

const HOUR_MS = 3_600_000;
const FIXTURES = join(__dirname, '../../../fixtures/events/published');

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

describe('what follows an answer', () => {
  it.each([200, 201, 202, 203, 204])('%i ends the delivery', async (status) => {
    const { grid, received } = world({ replies: [status] });
    grid.publish(roleEvent());
    await time.pass(25 * HOUR_MS);
    expect(received).toHaveLength(1);
    expect(grid.deadLetters()).toEqual([]);
  });

  it.each([
    ['webhook', 400, 'never'],
    ['webhook', 413, 'never'],
    ['webhook', 403, 'never'],
    ['webhook', 401, 'never'],
    ['webhook', 404, 'never'],
    ['azureFunction', 400, 'never'],
    ['azureFunction', 413, 'never'],
    ['azureFunction', 403, 'never'],
    ['azureFunction', 401, 300],
    ['azureFunction', 404, 300],
    ['webhook', 408, 120],
    ['webhook', 503, 30],
    ['webhook', 500, 10],
    ['webhook', 302, 10],
    ['webhook', 429, 10],
    ['webhook', 'broken', 10],
    ['webhook', 'silence', 40],
  ] as const)('%s %s: again after %s s', async (kind, reply: Reply, againS) => {
    const { grid, received } = world({ kind, replies: [reply, 200] });
    grid.publish(roleEvent());
    await time.pass(HOUR_MS);
    expect(received.map((one) => one.atS)).toEqual(againS === 'never' ? [0] : [0, againS]);
    expect(grid.deadLetters()).toHaveLength(againS === 'never' ? 1 : 0);
  });

  it('keeps the schedule up to a day, then stores the event as a dead letter', async () => {
    const { grid, received } = world({ replies: [500] });
    grid.publish(roleEvent());
    await time.pass(40 * HOUR_MS);
    const waits = received.map((one, index) => one.atS - (received[index - 1]?.atS ?? 0));
    expect(waits).toEqual([0, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200]);
    expect(grid.deadLetters()).toMatchObject([
      { body: { deadLetterReason: 'TimeToLiveExceeded', deliveryAttempts: 11 } },
    ]);
  });

  it('adds jitter to the waits, never less than the schedule', async () => {
    const { grid, received } = world({ replies: [500, 500, 200], knobs: { retryJitter: 0.5 } });
    grid.publish(roleEvent());
    await time.pass(HOUR_MS);
    const [, second = 0, third = 0] = received.map((one) => one.atS);
    expect(second).toBeGreaterThan(10);
    expect(second).toBeLessThan(15);
    expect(third - second).toBeGreaterThan(30);
    expect(third - second).toBeLessThan(45);
  });

  it('counts a late answer for nothing', async () => {
    const late: Promise<{ status: number; headers: object; body: string }>[] = [];
    const grid = createEventGrid({
      subscriptions: [
        { name: 's', schema: 'EventGridSchema', destination: { kind: 'azureFunction', url: 'x:' } },
      ],
      deliver: async () => {
        const answer = new Promise<{ status: number; headers: {}; body: string }>((resolve) => {
          setTimeout(() => resolve({ status: 200, headers: {}, body: '' }), 31_000);
        });
        late.push(answer);
        return answer;
      },
    });
    grid.publish(roleEvent());
    await time.pass(35_000);
    expect(grid.deliveries()).toMatchObject([{ outcome: 'retry', reason: 'no answer' }]);
    await time.pass(10_000);
    expect(late).toHaveLength(2);
    grid.close();
  });
});

describe('limits of a subscription', () => {
  it('gives up after so many attempts', async () => {
    const { grid, received } = world({
      replies: [503],
      subscription: { maxDeliveryAttempts: 3 },
    });
    grid.publish(roleEvent());
    await time.pass(HOUR_MS);
    expect(received).toHaveLength(3);
    const [letter] = grid.deadLetters();
    expect(letter?.body).toMatchObject({
      deadLetterReason: 'MaxDeliveryAttemptsExceeded',
      deliveryAttempts: 3,
      lastDeliveryOutcome: 'Busy',
    });
  });

  it('looks at the time to live only when the next attempt is due', async () => {
    const { grid, received } = world({
      replies: [500],
      subscription: { eventTimeToLiveMinutes: 1 },
    });
    grid.publish(roleEvent());
    await time.pass(99_000);
    expect(received.map((one) => one.atS)).toEqual([0, 10, 40]);
    expect(grid.deadLetters()).toEqual([]);
    await time.pass(2000);
    expect(grid.deadLetters()).toHaveLength(1);
  });

  it.each([
    { maxDeliveryAttempts: 0 },
    { maxDeliveryAttempts: 31 },
    { eventTimeToLiveMinutes: 0 },
    { eventTimeToLiveMinutes: 1441 },
  ])('%j is refused', (subscription) => {
    expect(() => world({ subscription })).toThrow('postern-opener');
  });
});

describe('dead letters', () => {
  it.each([
    ['EventGridSchema', 'dead-letter.eventgrid-schema.json'],
    ['CloudEventSchemaV1_0', 'dead-letter.cloudevents-1.0.json'],
  ] as const)('in %s carry what the published one adds', async (schema, name) => {
    const sample = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as object;
    const { grid } = world({ schema, replies: [404] });
    grid.publish(roleEvent());
    await time.pass(1000);
    const added = Object.keys(sample).filter((key) => /^(dead|deliver|last|publish)/i.test(key));
    expect(added.length).toBeGreaterThan(3);
    expect(Object.keys(grid.deadLetters()[0]?.body ?? {})).toEqual(expect.arrayContaining(added));
    expect(JSON.stringify(grid.deadLetters())).toContain('NotFound');
  });

  it('are kept on disk, one file each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dead-letters-'));
    try {
      const { grid } = world({ replies: [400], deadLetterFolder: folder });
      grid.publish(roleEvent('a'));
      grid.publish(roleEvent('b'));
      await time.pass(1000);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile());
      const bodies = files.map((path) => JSON.parse(readFileSync(path, 'utf8')) as unknown);
      expect(files).toHaveLength(2);
      expect(files[0]).toContain(join('POSTERN-OPENER', '2026', '1', '1', '10'));
      expect(bodies.flat()).toEqual(
        expect.arrayContaining(grid.deadLetters().map((letter) => letter.body)),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the handshake of a webhook', () => {
  it('comes before the first event, once, in the shape of the published one', async () => {
    const { grid, handshakes, received } = world();
    for (const id of ['a', 'b', 'c']) grid.publish(roleEvent(id));
    await time.pass(1000);
    expect(handshakes).toHaveLength(1);
    expect(received).toHaveLength(3);
    const published = join(FIXTURES, 'SubscriptionValidationEvent.eventgrid-schema.json');
    const [sample] = JSON.parse(readFileSync(published, 'utf8')) as object[];
    const [sent] = JSON.parse(handshakes[0]?.body ?? '[]') as object[];
    expect(Object.keys(sent ?? {})).toEqual(Object.keys(sample ?? {}));
    expect(handshakes[0]?.headers['aeg-event-type']).toBe('SubscriptionValidation');
  });

  it('for CloudEvents is an OPTIONS call', async () => {
    const { grid, handshakes } = world({ schema: 'CloudEventSchemaV1_0' });
    expect(await grid.validate()).toEqual([]);
    expect(handshakes).toMatchObject([
      { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
    ]);
  });

  it('is owed until it succeeds: no event goes to an unproved webhook', async () => {
    let isUp = false;
    const { grid, received } = world({ validates: () => isUp });
    expect(await grid.validate()).toEqual([
      { subscription: 'postern-opener', reason: 'validation event answered 404, not 200' },
    ]);
    grid.publish(roleEvent());
    await time.pass(5000);
    expect(received).toEqual([]);
    isUp = true;
    await time.pass(10_000);
    expect(received).toHaveLength(1);
  });

  it.each([
    [{ status: 202, body: 'x' }, 'answered 202'],
    [{ status: 200, body: '{}' }, 'does not echo'],
    [{ status: 200, body: 'nonsense' }, 'does not echo'],
  ])('is not met by %j', async (answer, says) => {
    const grid = createEventGrid({
      subscriptions: [
        { name: 's', schema: 'EventGridSchema', destination: { kind: 'webhook', url: 'http://x' } },
      ],
      deliver: async () => ({ headers: {}, ...answer }),
    });
    const [failed] = await grid.validate();
    expect(failed?.reason).toContain(says);
  });

  it('is not asked of a function that is named by its resource id', async () => {
    const { grid, handshakes, received } = world({ kind: 'azureFunction' });
    grid.publish(roleEvent());
    await time.pass(1000);
    expect(handshakes).toEqual([]);
    expect(received).toHaveLength(1);
  });
});

describe('disturbances', () => {
  it('duplicate-events delivers each event fifty times, many of them at once', async () => {
    const { grid, received } = world({ fault: 'duplicate-events' });
    grid.publish(roleEvent('a'));
    await time.pass(0);
    expect(received).toHaveLength(30);
    await time.pass(120_000);
    expect(received).toHaveLength(50);
    expect(new Set(received.map((one) => one.headers['aeg-output-event-id'])).size).toBe(1);
    grid.setFault(undefined);
    grid.publish(roleEvent('b'));
    await time.pass(120_000);
    expect(received).toHaveLength(51);
  });

  it('tries only the event itself again, not its copies', async () => {
    const { grid, received } = world({ fault: 'duplicate-events', replies: [500] });
    grid.publish(roleEvent());
    await time.pass(20_000);
    const retries = grid.deliveries().filter((one) => one.outcome === 'retry');
    expect(retries.map((one) => one.copy)).toEqual([false, false]);
    expect(received.filter((one) => one.headers['aeg-delivery-count'] === '1')).toHaveLength(1);
  });

  it('the same seed loses, repeats and reorders the same events', async () => {
    const run = async () => {
      const { grid, received } = world({
        knobs: { lossChance: 0.2, duplicateChance: 0.3, reorderMs: 5000, delayMs: 1000 },
      });
      for (let number = 0; number < 40; number++) grid.publish(roleEvent(`e${number}`));
      await time.pass(60_000);
      return received.map((one) => one.headers['aeg-output-event-id'] ?? '');
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const distinct = [...new Set(first)];
    expect(distinct.length).toBeLessThan(40);
    expect(first.length).toBeGreaterThan(distinct.length);
    const numbers = distinct.map((id) => Number(id.slice(1)));
    expect(numbers).not.toEqual([...numbers].sort((one, other) => one - other));
  });
});

it('stops everything when closed, and knows when nothing is under way', async () => {
  const { grid, received } = world({ replies: ['silence'] });
  grid.publish(roleEvent());
  await time.pass(1);
  grid.close();
  await grid.idle();
  grid.publish(roleEvent('late'));
  await time.pass(25 * HOUR_MS);
  expect(received).toHaveLength(1);
});
