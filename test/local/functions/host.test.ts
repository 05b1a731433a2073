import { app } from '@azure/functions';
import * as df from 'durable-functions';
import {
  hostSettings,
  HostGone,
  installDurableClientAdapter,
  MemoryStore,
  type HttpAnswer,
  type LogRecord,
} from '../../../local/functions';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { startStory, testRegistry, type Story } from './story';

let time: VirtualTime;
let story: Story;
let seen: unknown[] = [];
let log: LogRecord[] = [];
let failures = 0;

const failing = (): void => {
  if (failures > 0) {
    failures -= 1;
    throw new Error('not now');
  }
};

app.http('open', { authLevel: 'anonymous', handler: () => ({ body: 'open' }) });
app.http('guarded', {
  authLevel: 'function',
  route: 'things/{id}/{*rest}',
  methods: ['GET'],
  handler: (request) => ({ jsonBody: { ...request.params, q: request.query.get('q') } }),
});
app.http('literal', { route: 'things/special/one', handler: () => ({ body: 'literal' }) });
app.http('admins', { authLevel: 'admin', handler: () => ({ status: 204 }) });
app.http('broken', {
  handler: () => {
    throw new Error('secret detail');
  },
});
app.http('slow', {
  handler: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5000));
    seen.push('slow done');
    return { body: 'late' };
  },
});
app.eventGrid('received', {
  handler: (event) => {
    seen.push(event);
    failing();
  },
});
app.storageQueue('queued', {
  queueName: 'events',
  connection: 'Q',
  handler: (message, context) => {
    seen.push([message, context.triggerMetadata?.['dequeueCount']]);
    failing();
  },
});
app.timer('sweep', {
  schedule: '%SWEEP%',
  handler: (timer, context) => {
    seen.push({ at: new Date().toISOString(), isPastDue: timer.isPastDue });
    context.log('swept');
    failing();
  },
});
df.app.activity('tick', { handler: () => seen.push(Date.now()) });
df.app.orchestration('waits', function* (c) {
  const at = new Date(c.df.currentUtcDateTime.getTime() + 60_000);
  yield c.df.createTimer(at);
  yield c.df.callActivity('tick');
});

const settings = { values: { SWEEP: '0 */5 * * * *' } };

beforeEach(() => {
  time = installVirtualTime();
  seen = [];
  log = [];
  failures = 0;
});

afterEach(() => {
  story.host.kill();
  time.uninstall();
});

async function begin(options: Parameters<typeof startStory>[0] = {}): Promise<void> {
  story = await startStory({ settings, log: (record) => log.push(record), ...options });
}

async function get(url: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return story.host.http({ method: 'GET', url, headers });
}

const text = (answer: HttpAnswer): string => Buffer.from(answer.body).toString('utf8');

describe('HTTP functions', () => {
  beforeEach(() => begin());

  it.each([
    ['/api/open', {}, 200],
    ['/api/things/1', {}, 401],
    ['/api/things/1?code=wrong', {}, 401],
    ['/api/things/1?code=HOSTKEY', {}, 200],
    ['/api/things/1', { 'X-Functions-Key': 'HOSTKEY' }, 200],
    ['/api/things/1?code=MASTERKEY', {}, 200],
    ['/api/admins?code=HOSTKEY', {}, 401],
    ['/api/admins?code=MASTERKEY', {}, 204],
    ['/api/nothing', {}, 404],
    ['/open', {}, 404],
    ['/admin/host/status', {}, 401],
    ['/admin/host/status?code=MASTERKEY', {}, 200],
    ['/runtime/webhooks/durabletask/instances/x', {}, 401],
    ['/runtime/webhooks/durabletask/instances/x?code=HOSTKEY', {}, 401],
    ['/runtime/webhooks/durabletask/instances/x?code=DURABLEKEY', {}, 404],
  ])('GET %s with %j answers %d', async (url, headers, status) => {
    expect((await get(url, headers)).status).toBe(status);
  });

  it('fills route parameters and query, and literal segments win', async () => {
    const answer = await get('/api/things/a%20b/c/d?code=HOSTKEY&q=1');
    expect(JSON.parse(text(answer))).toEqual({ id: 'a b', rest: 'c/d', q: '1' });
    expect(text(await get('/api/things/special/one'))).toBe('literal');
    const post = await story.host.http({ method: 'POST', url: '/api/things/1?code=HOSTKEY' });
    expect(post.status).toBe(404);
  });

  it('a function that throws answers 500 without its reason, which is in the log', async () => {
    const answer = await get('/api/broken');
    expect([answer.status, text(answer)]).toEqual([500, '']);
    expect(log.some(({ message }) => message.includes('secret detail'))).toBe(true);
  });

  it('the admin API runs a function now', async () => {
    const url = '/admin/functions/sweep?code=MASTERKEY';
    expect((await story.host.http({ method: 'POST', url, body: '{}' })).status).toBe(202);
    await time.pass(1);
    expect(seen).toHaveLength(1);
  });
});

describe('the Event Grid webhook', () => {
  const url = '/runtime/webhooks/EventGrid?functionName=RECEIVED&code=EVENTGRIDKEY';
  const send = (type: string | undefined, body: string, to = url): Promise<HttpAnswer> =>
    story.host.http({
      method: 'POST',
      url: to,
      headers: type === undefined ? {} : { 'aeg-event-type': type },
      body,
    });

  beforeEach(() => begin());

  it.each([
    ['one event', 'Notification', '{"id":"1"}', url, 202, 1],
    ['a list', 'Notification', '[{"id":"1"},{"id":"2"}]', url, 202, 2],
    ['no header', undefined, '[]', url, 400, 0],
    ['another header', 'Other', '[]', url, 400, 0],
    ['Unsubscribe', 'Unsubscribe', '[]', url, 202, 0],
    ['not JSON', 'Notification', '{', url, 400, 0],
    ['a number', 'Notification', '7', url, 400, 0],
    ['no key', 'Notification', '[]', url.replace(/&code.*/, ''), 401, 0],
    ['another function', 'Notification', '[]', url.replace('RECEIVED', 'open'), 404, 0],
  ])('%s', async (_name, type, body, to, status, invocations) => {
    expect((await send(type, body, to)).status).toBe(status);
    expect(seen).toHaveLength(invocations);
  });

  it('answers both handshakes', async () => {
    const body = JSON.stringify([{ data: { validationCode: 'abc' } }]);
    const answer = await send('SubscriptionValidation', body);
    expect([answer.status, JSON.parse(text(answer))]).toEqual([200, { validationResponse: 'abc' }]);
    const options = await story.host.http({ method: 'OPTIONS', url });
    expect(options.headers['webhook-allowed-origin']).toBe('eventgrid.azure.net');
  });

  it('one event that throws makes the whole answer 500', async () => {
    failures = 1;
    expect((await send('Notification', '[{"id":"1"},{"id":"2"}]')).status).toBe(500);
    expect(seen).toHaveLength(2);
  });
});

describe('the queue trigger', () => {
  beforeEach(() => begin());

  it('parses JSON and tries again after a failure', async () => {
    failures = 2;
    expect(await story.host.queueMessage('queued', '{"a":1}')).toEqual({
      attempts: 3,
      outcome: 'done',
    });
    expect(seen).toEqual([1, 2, 3].map((count) => [{ a: 1 }, count]));
  });

  it('gives a message up as poison after five attempts', async () => {
    failures = 99;
    const delivery = await story.host.queueMessage('queued', 'text');
    expect(delivery).toEqual({ attempts: 5, outcome: 'poisoned' });
  });
});

describe('timer functions', () => {
  it('run by their schedule, and a failure does not stop them', async () => {
    await begin();
    failures = 1;
    await time.pass(11 * 60_000);
    expect(seen).toEqual([
      { at: '2026-01-01T10:05:00.000Z', isPastDue: false },
      { at: '2026-01-01T10:10:00.000Z', isPastDue: false },
    ]);
    expect(log.filter(({ message }) => message === 'swept')).toMatchObject([
      { functionName: 'sweep', level: 'information' },
      { functionName: 'sweep', level: 'information' },
    ]);
  });

  it('after a host was down over a run, the next one runs it at once as past due', async () => {
    const store = new MemoryStore();
    await begin({ store });
    await time.pass(5 * 60_000);
    story.host.kill();
    await time.pass(12 * 60_000);
    await begin({ store });
    await time.pass(4 * 60_000);
    expect(seen).toEqual([
      { at: '2026-01-01T10:05:00.000Z', isPastDue: false },
      { at: '2026-01-01T10:17:00.000Z', isPastDue: true },
      { at: '2026-01-01T10:20:00.000Z', isPastDue: false },
    ]);
  });

  it('a run missed before the first one ever is found as well', async () => {
    const store = new MemoryStore();
    await begin({ store });
    story.host.kill();
    await time.pass(7 * 60_000);
    await begin({ store });
    await time.pass(1000);
    expect(seen).toEqual([{ at: '2026-01-01T10:07:00.000Z', isPastDue: true }]);
  });

  it('a schedule that is no schedule stops the start', async () => {
    const start = begin({ settings: { values: { SWEEP: 'every day' } } });
    await expect(start).rejects.toThrow(/'every day' is not valid/);
  });
});

describe('early and late, several hosts, and death', () => {
  const lateness = async (chances: number[]): Promise<number> => {
    await begin({
      profile: {
        chance: () => chances.shift() ?? 0,
        earlyShare: 0.5,
        timerEarlyMs: { min: 0, max: 840 },
        timerLateMs: { min: 0, max: 30_000 },
        episodeStartMs: { min: 0, max: 0 },
        activityStartMs: { min: 0, max: 0 },
        activityRerunMs: { min: 301_000, max: 326_000 },
        takeOverMs: { min: 0, max: 0 },
      },
    });
    const startMs = Date.now();
    story.start('waits', 'w');
    await time.pass(120_000);
    const at = seen.find((entry): entry is number => typeof entry === 'number') ?? 0;
    return at - startMs - 60_000;
  };

  it('a timer fires early by what the profile says', async () => {
    expect(await lateness([0.1, 0.5])).toBe(-420);
  });

  it('a timer fires late by what the profile says', async () => {
    expect(await lateness([0.9, 0.5])).toBe(15_000);
  });

  it('two hosts in one process do not see each other, each with its own functions', async () => {
    const uninstall = installDurableClientAdapter();
    await begin({ only: ['waits', 'tick'] });
    const first = story;
    await begin({ only: ['open'] });
    first.start('waits', 'w');
    await time.pass(100);
    expect(first.status('w')['runtimeStatus']).toBe('Running');
    expect(story.call('GET', 'instances/w').status).toBe(404);
    expect((await get('/api/open')).status).toBe(200);
    expect((await first.host.http({ method: 'GET', url: '/api/open' })).status).toBe(404);
    first.host.kill();
    uninstall();
  });

  it('a killed host answers nobody, logs nothing and leaves what ran to its fate', async () => {
    await begin();
    const pending = get('/api/slow');
    const outcome = pending.catch((error: unknown) => error);
    await time.pass(1000);
    story.host.kill();
    expect(await outcome).toBeInstanceOf(HostGone);
    const lines = log.length;
    await time.pass(600_000);
    expect(seen).toEqual(['slow done']);
    expect(log).toHaveLength(lines);
  });

  it('a stopping host lets a request finish and then takes none', async () => {
    await begin();
    const pending = get('/api/slow');
    await time.pass(1000);
    const stopped = story.host.stop();
    await time.pass(5000);
    expect(text(await pending)).toBe('late');
    await stopped;
    await expect(get('/api/open')).rejects.toThrow(HostGone);
  });

  it('hooks see each invocation', async () => {
    const registry = testRegistry();
    const names: string[] = [];
    const hooks = new Map(
      ['preInvocation', 'postInvocation', 'appStart', 'appTerminate'].map((name) => [
        name,
        [() => names.push(name)],
      ]),
    );
    await begin({ registry: { ...registry, hooks } });
    await get('/api/open');
    await story.host.stop();
    expect(names).toEqual(['appStart', 'preInvocation', 'postInvocation', 'appTerminate']);
  });

  it('settings of two hosts have different addresses', () => {
    expect(hostSettings().origin).not.toBe(hostSettings().origin);
  });
});
