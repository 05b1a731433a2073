import * as df from 'durable-functions';
import { app } from '@azure/functions';
import { installDurableClientAdapter, type HostSettings } from '../../../local/functions';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { registerRecordedApp } from './recordedApp';
import { normalised, recordedEpisodes, recording, type Plain } from './recording';
import { startStory, type Answer, type Story } from './story';

type Exchange = {
  request: { method: string; url: string; body?: Plain };
  status: number;
  headers: Plain;
  body: Plain;
};

const recorded = recording('management-api') as unknown as Record<string, Exchange>;
const starts = recording('startNew.full-host') as unknown as Record<string, Exchange>;

const keys: HostSettings['keys'] = {
  master: 'MASTER',
  host: 'HOST',
  functions: {},
  system: { durabletask: 'LOCALKEY', eventgrid: 'GRID' },
};

let time: VirtualTime;
let story: Story;
let uninstall: () => void;
let seenBinding: Plain = null;

registerRecordedApp((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
const durableClient = df.input.durableClient();
app.http('start', {
  route: 'start/{fn}/{id}',
  extraInputs: [durableClient],
  handler: async (request, context) => {
    seenBinding = context.extraInputs.get(durableClient) as Plain;
    const client = df.getClient(context);
    const { fn, id } = request.params;
    try {
      const input = await request.json();
      await client.startNew(fn ?? '', { instanceId: id ?? '', input });
      return client.createCheckStatusResponse(request, id ?? '');
    } catch (error) {
      return { status: 500, jsonBody: { message: (error as Error).message } };
    }
  },
});

beforeEach(async () => {
  time = installVirtualTime();
  uninstall = installDurableClientAdapter();
  // The client rewrites its addresses to port 7071 unless the host says its name.
  process.env['WEBSITE_HOSTNAME'] = '127.0.0.1:21200';
});

afterEach(() => {
  story.host.kill();
  uninstall();
  delete process.env['WEBSITE_HOSTNAME'];
  time.uninstall();
});

function begin(settings: Partial<HostSettings>): Promise<Story> {
  const rpcBaseUrl = 'http://rpc.invalid/durabletask/';
  return startStory({ settings: { keys, rpcBaseUrl, ...settings } });
}

async function asRecorded(exchange: Exchange | undefined): Promise<void> {
  if (exchange === undefined) throw new Error('There is no such recording.');
  const { request, status, headers, body } = exchange;
  const url = new URL(request.url);
  url.searchParams.set('code', keys.system.durabletask);
  const answer = await story.host.http({
    method: request.method,
    url: url.href,
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const text = Buffer.from(answer.body).toString('utf8');
  const got = {
    status: answer.status,
    headers: withoutCode(answer.headers),
    body: text === '' ? '' : (JSON.parse(text) as Plain),
  };
  expect(normalised(got)).toEqual(normalised({ status, headers: withoutCode(headers), body }));
}

/** The recorded status was fetched without a key in its address, ours with one. */
function withoutCode(headers: unknown): unknown {
  const { location, ...rest } = headers as Record<string, string>;
  if (location === undefined) return rest;
  return { ...rest, location: location.replace(/[?&]code=[^&]*$/, '') };
}

describe('management API, compared answer by answer', () => {
  it('status, suspend, resume, terminate, restart, purge', async () => {
    story = await begin({ origin: 'http://127.0.0.1:21200', taskHub: 'HubA' });
    const id = 'qmwpyec7v-term';
    story.start('sleeper', id, { rounds: 3, everyMs: 600_000 });
    await time.pass(100);
    const running = ['statusRunning', 'statusRunningHist', 'statusRunningHistNoOut'];
    for (const name of [...running, 'statusNoInput', 'notFound', 'rewindRunning', 'suspend']) {
      await asRecorded(recorded[name]);
    }
    await time.pass(100);
    for (const name of ['statusSuspended', 'suspendAgain', 'resume']) {
      await asRecorded(recorded[name]);
    }
    await time.pass(100);
    const open = ['statusResumed', 'raiseUnknownEvent', 'raiseNotFound', 'purgeRunning'];
    for (const name of [...open, 'statusAfterPurgeRunning']) await asRecorded(recorded[name]);

    story.start('sleeper', `${id}2`, { rounds: 3, everyMs: 600_000 });
    await time.pass(100);
    for (const name of ['terminate', 'statusRightAfterTerminate']) await asRecorded(recorded[name]);
    await time.pass(200);
    const over = ['statusTerminated', 'terminateAgain', 'terminateNotFound', 'raiseOnTerminated'];
    const more = ['rewindTerminated', 'suspendTerminated', 'restartTerminated', 'purgeTerminated'];
    for (const name of [...over, ...more, 'statusAfterPurge', 'purgeAgain']) {
      await asRecorded(recorded[name]);
    }
    const histories = story
      .episodes(`${id}2`)
      .map(({ trigger }) =>
        (trigger as { history: { EventType: number }[] }).history.map((event) => event.EventType),
      );
    const expected = recorded['terminatedEpisodes'] as unknown as { h?: number[] }[];
    expect(histories).toEqual(expected.flatMap(({ h }) => (h === undefined ? [] : [h])));
  });

  it('rewind takes the failures out of the history and tries again', async () => {
    story = await begin({ origin: 'http://127.0.0.1:21200', taskHub: 'HubA' });
    const id = 'qmwpyec7v-unc';
    story.start('uncaught', id, {});
    await time.pass(100);
    await asRecorded(recorded['rewindFailed']);
    await time.pass(100);
    await asRecorded(recorded['statusAfterRewind']);
    const episodes = recorded['rewindEpisodes'] as unknown as Plain;
    const triggers = (list: { trigger: Plain }[]): Plain =>
      normalised(list.map(({ trigger }) => trigger));
    expect(triggers(story.episodes(id))).toEqual(triggers(recordedEpisodes(episodes)));
  });

  it('external event, custom status, cancelled timer, long timer', async () => {
    story = await begin({ origin: 'http://127.0.0.1:21200', taskHub: 'HubA' });
    const id = 'qmwpyec7v-wait';
    story.start('waiter', id, {});
    await time.pass(100);
    for (const name of ['waiterStatus', 'raise']) await asRecorded(recorded[name]);
    await time.pass(100);
    for (const name of ['waiterFinal', 'raiseFinished']) await asRecorded(recorded[name]);
    const episodes = recorded['waiterEpisodes'] as unknown as Plain;
    expect(normalised(story.episodes(id))).toEqual(normalised(recordedEpisodes(episodes)));
    story.start('longTimer', 'qmwpyec7v-lt', { ms: 604_800_000 });
    await time.pass(100);
    const { body } = story.call('GET', 'instances/qmwpyec7v-lt?showHistory=true');
    expect(normalised(body)).toEqual(normalised(recorded['long7dHistory']));
  });

  it('lists in pages, and purges many', async () => {
    story = await begin({});
    for (const id of ['@a', 'a#b', 'z']) {
      story.call('POST', `orchestrators/sleeper/${encodeURIComponent(id)}`, { rounds: 0 });
    }
    await time.pass(100);
    const first = story.call('GET', 'instances?top=2&showInput=false');
    const ids = (answer: Answer): string[] =>
      (answer.body as { instanceId: string }[]).map(({ instanceId }) => instanceId);
    expect(ids(first)).toEqual(['@a', 'a#b']);
    expect(first.headers['x-ms-continuation-token']).toBeDefined();
    expect((first.body as { input: Plain }[])[0]?.input).toEqual({ rounds: 0 });
    expect(story.call('DELETE', 'instances?createdTimeTo=2020-01-02T00:00:00Z').status).toBe(404);
    expect(story.call('DELETE', 'instances?runtimeStatus=Completed').body).toEqual({
      instancesDeleted: 3,
    });
    expect(ids(story.call('GET', 'instances/'))).toEqual([]);
  });
});

describe('starting, through the durable client and the webhook', () => {
  const clientKeys = { ...keys, system: { ...keys.system, durabletask: 'KEY' } };

  async function byApp(exchange: Exchange | undefined): Promise<void> {
    if (exchange === undefined) throw new Error('There is no such recording.');
    const { request, status, headers, body } = exchange;
    const { pathname } = new URL(request.url);
    const answer = await story.host.http({
      method: 'POST',
      url: pathname,
      body: JSON.stringify(request.body),
    });
    const text = Buffer.from(answer.body).toString('utf8');
    const got = { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Plain };
    expect(normalised(got)).toEqual(normalised({ status, headers, body }));
  }

  it('a running id is refused, a finished one runs again, odd ids are accepted', async () => {
    const origin = 'http://127.0.0.1:21500';
    story = await begin({ origin, taskHub: 'HubL3', keys: clientKeys });
    await byApp(starts['first']);
    await time.pass(100);
    await byApp(starts['nodeClientSecondWhileRunning']);
    await time.pass(20_000);
    await byApp(starts['nodeClientAfterCompleted']);
    await time.pass(100);
    expect(story.status('nmwpz61jv-dup')['output']).toMatchObject({ rounds: 1 });
    await byApp(starts['nodeClientUnknownFunction']);
    await time.pass(100);
    const failed = story.status('nmwpz61jv-dupu');
    expect(failed['runtimeStatus']).toBe('Failed');
    expect(failed['output']).toMatch(
      /^Orchestrator function 'nosuch' failed: The function 'nosuch' doesn't exist, is disabled,/,
    );
    await byApp(starts['nodeClientAt']);
    await byApp(starts['nodeClientLong']);
  });

  it('the client binding has the fields and addresses of the real one', async () => {
    const binding = recording('durable-client-input.full-host');
    const origin = 'https://127.0.0.1:21500';
    const rpcBaseUrl = 'http://127.0.0.1:30333/durabletask/';
    story = await begin({ origin, taskHub: 'HubL3', keys: clientKeys, rpcBaseUrl });
    await story.host.http({ method: 'POST', url: '/api/start/sleeper/x', body: '{}' });
    expect(seenBinding).toEqual(binding);
  });

  it('with AnyState a running instance is replaced by a new run of its id', async () => {
    const file = recording('startNew.overridable-AnyState') as unknown as Record<string, Exchange>;
    const code = { ...keys, system: { ...keys.system, durabletask: 'LOCALKEY' } };
    const settings = { taskHub: 'HubB', keys: code, overridable: 'AnyState' as const };
    story = await begin({ origin: 'http://127.0.0.1:21200', ...settings });
    await asRecorded(file['first']);
    await time.pass(1000);
    await asRecorded(file['secondWhileRunning']);
    await time.pass(20_000);
    const later = file['later'] as unknown as { historyEvents: Plain[] };
    const { body } = story.call('GET', 'instances/anymwpyffph?showHistory=true');
    const { historyEvents, runtimeStatus } = body as Record<string, Plain>;
    expect(runtimeStatus).toBe('Completed');
    expect(normalised((historyEvents as Plain[])[0])).toEqual(normalised(later.historyEvents[0]));
  });
});
