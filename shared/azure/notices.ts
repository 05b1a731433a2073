import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Config } from '../config';
import { adaptiveCard } from '../domain/notices/adaptiveCard';
import { signWebhook } from '../domain/notices/signWebhook';
import { slackMessage } from '../domain/notices/slackMessage';
import type { NoticeChannel, NoticeMessage, Notices } from '../ports/notices';
import { createNoticePost, type NoticePost } from './noticePost';
import { createNoticeTopic } from './noticeTopic';

/** What the channels need besides their settings. */
export type NoticesParts = {
  readonly credential: TokenCredential;
  readonly deployment: string;
  readonly httpClient?: HttpClient;
};

/** The channels that the settings name. Sends nothing by itself. */
export function createNotices(config: Config['notices'], parts: NoticesParts): Notices {
  if ('faults' in config) return config;
  const { teams, slack, webhook, topic, schedule, linkBase } = config;
  const { credential, deployment, httpClient } = parts;
  const post = createNoticePost(httpClient);
  const channels: NoticeChannel[] = [];
  if (teams !== null) channels.push({ name: 'teams', send: byCard(post, teams, adaptiveCard) });
  if (slack !== null) channels.push({ name: 'slack', send: byCard(post, slack, slackMessage) });
  if (webhook !== null) {
    channels.push({ name: 'webhook', send: (message) => postSigned(post, webhook, message) });
  }
  if (topic !== null) {
    const source = `/postern/${deployment}`;
    const options = { source, ...(httpClient === undefined ? {} : { httpClient }) };
    channels.push(createNoticeTopic(topic, credential, options));
  }
  return { channels, schedule, linkBase };
}

function byCard(
  post: NoticePost,
  url: string,
  make: (card: NoticeMessage['card'], link: string) => object,
): NoticeChannel['send'] {
  return async ({ card, link }) => post(url, JSON.stringify(make(card, link)));
}

/** The whole notice as JSON, signed over id, time and body. */
async function postSigned(
  post: NoticePost,
  { url, key }: { readonly url: string; readonly key: Buffer },
  { id, kind, at, subject, link, data }: NoticeMessage,
): Promise<void> {
  const timestamp = new Date(at).toISOString();
  const body = JSON.stringify({ id, type: kind, timestamp, subject, link, data });
  await post(url, body, signWebhook(key, { id, atMs: at, body }));
}
