import { createHmac } from 'node:crypto';
import { createNoticeSink } from '../../../../local/azure/notices/createNoticeSink';

const origin = 'https://localhost:10143';
const sink = createNoticeSink(1);
const settings = sink.environment(origin);
const json = { 'content-type': 'application/json' };

const card = {
  type: 'AdaptiveCard',
  version: '1.4',
  body: [{ type: 'TextBlock', text: 'Title' }],
  actions: [{ type: 'Action.OpenUrl', title: 'x', url: 'https://x.example/' }],
};
const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card };
const section = { type: 'section', text: { type: 'plain_text', text: 'x' } };
const event = { specversion: '1.0', id: '1', source: '/x', type: 'T', subject: 'windows/x' };

describe('Teams, as Workflows takes messages', () => {
  const teams = settings['NOTICES_TEAMS_URL'] ?? '';

  it.each<readonly [string, number, unknown, string]>([
    ['a card', 202, { type: 'message', attachments: [attachment] }, teams],
    ['another signature', 401, { type: 'message', attachments: [attachment] }, `${teams}x`],
    ['no attachment', 400, { type: 'message', attachments: [] }, teams],
    ['a message card of old', 400, { '@type': 'MessageCard', text: 'x' }, teams],
    ['an element that is none', 400, messageOf({ body: [{ type: 'Script', text: 'x' }] }), teams],
    ['an empty text', 400, messageOf({ body: [{ type: 'TextBlock', text: '' }] }), teams],
    [
      'an action that acts',
      400,
      messageOf({ actions: [{ type: 'Action.Http', url: 'x' }] }),
      teams,
    ],
    ['a version of the future', 400, messageOf({ version: '1.9' }), teams],
    ['more than 28 KB', 413, messageOf({ fallbackText: 'x'.repeat(28 * 1024) }), teams],
    ['no JSON', 400, 'hello', teams],
  ])('%s: %d', async (_, status, body, url) => {
    expect((await post(url, body))?.status).toBe(status);
  });
});

describe('Slack, as an incoming webhook takes messages', () => {
  const slack = settings['NOTICES_SLACK_URL'] ?? '';
  const long = (length: number, type: string) => ({
    type,
    text: { type: 'plain_text', text: 'x'.repeat(length) },
  });

  it.each<readonly [string, number, unknown, string]>([
    ['blocks', 200, { text: 'x', blocks: [section] }, slack],
    ['a webhook that is no more', 404, { text: 'x', blocks: [section] }, `${slack}x`],
    ['no text', 400, { blocks: [section] }, slack],
    ['51 blocks', 400, { text: 'x', blocks: Array.from({ length: 51 }, () => section) }, slack],
    ['a header of 151 characters', 400, { text: 'x', blocks: [long(151, 'header')] }, slack],
    ['a section of 3,001', 400, { text: 'x', blocks: [long(3_001, 'section')] }, slack],
    ['too much in all', 400, { text: 'x', blocks: Array(5).fill(long(2_900, 'section')) }, slack],
    ['a block that is none', 400, { text: 'x', blocks: [{ type: 'x' }] }, slack],
  ])('%s: %d', async (_, status, body, url) => {
    expect((await post(url, body))?.status).toBe(status);
  });
});

describe('a webhook that looks at signatures', () => {
  it.each<readonly [string, number, { id?: string; ageS?: number; key?: string; body?: object }]>([
    ['signed', 204, {}],
    ['signed with another key', 401, { key: Buffer.alloc(32).toString('base64') }],
    ['signed long ago', 401, { ageS: 301 }],
    ['signed for the future', 401, { ageS: -301 }],
    ['of another id than its own', 400, { body: { id: 'other' } }],
  ])('%s: %d', async (_, status, { ageS = 0, key, body = { id: 'a' } }) => {
    const secret = key ?? (settings['NOTICES_WEBHOOK_SECRET'] ?? '').replace('whsec_', '');
    const seconds = `${Math.floor(Date.now() / 1_000) - ageS}`;
    const text = JSON.stringify(body);
    const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
      .update(`a.${seconds}.${text}`)
      .digest('base64');
    const answer = await post(settings['NOTICES_WEBHOOK_URL'] ?? '', text, {
      'webhook-id': 'a',
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    });
    expect(answer?.status).toBe(status);
  });

  it('unsigned: 401', async () => {
    expect((await post(settings['NOTICES_WEBHOOK_URL'] ?? '', { id: 'a' }))?.status).toBe(401);
  });
});

describe('a topic that takes CloudEvents', () => {
  const topic = settings['NOTICES_TOPIC_ENDPOINT'] ?? '';
  const key = settings['NOTICES_TOPIC_KEY'] ?? '';
  const batch = 'application/cloudevents-batch+json; charset=utf-8';

  it.each<readonly [string, number, unknown, Record<string, string>]>([
    ['an event', 200, [event], {}],
    ['no event', 400, [], {}],
    ['an event of no type', 400, [{ ...event, type: '' }], {}],
    ['an event of another version', 400, [{ ...event, specversion: '0.3' }], {}],
    ['a time that is none', 400, [{ ...event, time: 'soon' }], {}],
    ['another key', 401, [event], { 'aeg-sas-key': 'x' }],
    ['another schema', 415, [event], { 'content-type': 'application/json' }],
  ])('%s: %d', async (_, status, body, headers) => {
    const answer = await post(topic, body, {
      'content-type': batch,
      'aeg-sas-key': key,
      ...headers,
    });
    expect(answer?.status).toBe(status);
  });
});

it('leaves everything else alone', async () => {
  expect(await post(`${origin}/subscriptions/x`, {})).toBeUndefined();
  expect(await post(`${origin}/notices/elsewhere`, {})).toBeUndefined();
});

function messageOf(changes: object): object {
  const content = { ...card, ...changes };
  return { type: 'message', attachments: [{ ...attachment, content }] };
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return sink.handle({ method: 'POST', url, headers: { ...json, ...headers }, body: text });
}
