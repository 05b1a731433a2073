import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { createNotices } from '../../../shared/azure/notices';
import { noticeMsMax } from '../../../shared/azure/noticePost';
import { readConfig } from '../../../shared/config';
import { Fault } from '../../../shared/domain/fault';
import type { ChannelName } from '../../../shared/domain/notices/notice';
import type { NoticeMessage } from '../../../shared/ports/notices';
import { installVirtualTime } from '../../virtualTime';
import { appFolder, goodSettings } from '../config/settings';

const message: NoticeMessage = {
  id: 'abcdefghijabcdefghij',
  kind: 'opened',
  at: Date.parse('2026-01-01T10:00:00Z'),
  subject: 'windows/x',
  link: 'https://postern.example.org/api/windows/x',
  card: { title: 'Window x is open', tone: 'good', lines: [['Person', 'Ada']] },
  data: { window: { id: 'x' } },
};

type Reply = { readonly status: number; readonly headers?: Record<string, string> };

/** Channels of good settings over a client that answers as it is told, or does not answer. */
function channels(reply: () => Promise<Reply>, changes: Record<string, string> = {}) {
  const sent: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      sent.push(request);
      const { status, headers = {} } = await reply();
      return { request, status, headers: createHttpHeaders(headers), bodyAsText: '{}' };
    },
  };
  const config = readConfig({ ...goodSettings(), ...changes }, appFolder).notices;
  const scopes: string[] = [];
  const notices = createNotices(config, {
    httpClient,
    deployment: 'abc123',
    credential: {
      getToken: async (scope) => {
        scopes.push(...[scope].flat());
        return { token: 'planted-token', expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    },
  });
  if ('faults' in notices) throw new Error(notices.faults.join());
  const send = async (name: ChannelName): Promise<unknown> =>
    notices.channels.find((one) => one.name === name)?.send(message);
  return { sent, scopes, send };
}

const names: readonly ChannelName[] = ['teams', 'slack', 'webhook', 'topic'];
const secrets = ['sig=s', 'services/T/B/x', 'hooks.example.org', 'a-key-of-the-topic'];

describe.each(names)('the channel %s', (name) => {
  it('sends one POST to where the settings say', async () => {
    const { sent, send } = channels(async () => ({ status: 200 }));
    await send(name);
    expect(sent.map(({ method }) => method)).toEqual(['POST']);
    const host = new URL(sent[0]?.url ?? '').hostname;
    expect(Object.values(goodSettings()).join()).toContain(host);
  });

  it.each([
    [301, 'unavailable'],
    [307, 'unavailable'],
    [400, 'invalid'],
    [401, 'unauthenticated'],
    [403, 'denied'],
    [404, 'unavailable'],
    [410, 'invalid'],
    [500, 'unavailable'],
  ])('follows and repeats nothing: %d is a fault of kind %s', async (status, kind) => {
    const headers = { location: 'https://evil.example/' };
    const { sent, send } = channels(async () => ({ status, headers }));
    const fault = await caught(send(name));
    expect(fault.facts).toMatchObject({ kind, status });
    expect(sent).toHaveLength(1);
    expect(secrets.filter((secret) => `${fault.message} ${fault.stack}`.includes(secret))).toEqual(
      [],
    );
  });

  it('waits for as long as it is told', async () => {
    const { send } = channels(async () => ({ status: 429, headers: { 'retry-after': '90' } }));
    expect((await caught(send(name))).facts).toMatchObject({
      kind: 'throttled',
      retryAfterMs: 90_000,
    });
  });

  it('ends after ten seconds where nobody answers', async () => {
    const time = installVirtualTime();
    try {
      const { sent, send } = channels(async () => new Promise<Reply>(() => undefined));
      const ended = caught(send(name));
      // Its client is loaded first, which takes no time of this clock.
      for (let turn = 0; turn < 100 && sent.length === 0; turn += 1) await time.pass(1);
      await time.pass(noticeMsMax);
      expect((await ended).facts).toMatchObject({ kind: 'unavailable', code: 'ETIMEDOUT' });
      expect(sent[0]?.abortSignal?.aborted).toBe(true);
    } finally {
      time.uninstall();
    }
  });

  it('names neither address nor secret where the connection fails', async () => {
    const { send } = channels(async () => {
      const text = `getaddrinfo ENOTFOUND ${secrets.join(' ')}`;
      throw Object.assign(new Error(text), { code: 'ENOTFOUND' });
    });
    const fault = await caught(send(name));
    expect(fault.facts).toMatchObject({ code: 'ENOTFOUND', status: 0 });
    expect(secrets.filter((secret) => `${fault.message}${fault.stack}`.includes(secret))).toEqual(
      [],
    );
  });
});

describe('the topic', () => {
  it('is written to by key where there is one, and no token is asked for', async () => {
    const { sent, scopes, send } = channels(async () => ({ status: 200 }));
    await send('topic');
    expect(sent[0]?.headers.get('aeg-sas-key')).toBe('a-key-of-the-topic-that-is-long-enough');
    expect(sent[0]?.headers.get('authorization')).toBeUndefined();
    expect(scopes).toEqual([]);
  });

  it('is written to by the app’s identity where there is none', async () => {
    const { sent, scopes, send } = channels(async () => ({ status: 200 }), {
      NOTICES_TOPIC_KEY: '',
    });
    await send('topic');
    expect(scopes).toEqual(['https://eventgrid.azure.net/.default']);
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer planted-token');
    expect(sent[0]?.headers.get('aeg-sas-key')).toBeUndefined();
  });

  it('gets no token of ours anywhere else', async () => {
    const { sent, scopes, send } = channels(async () => ({ status: 200 }));
    for (const name of ['teams', 'slack', 'webhook'] as const) await send(name);
    expect(scopes).toEqual([]);
    for (const { headers } of sent) expect(headers.get('authorization')).toBeUndefined();
  });
});

async function caught(call: Promise<unknown>): Promise<Fault> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
