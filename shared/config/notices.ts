import { isOuterHost } from '../domain/notices/isOuterHost';
import { webhookKey } from '../domain/notices/signWebhook';
import { longestGapMs } from './schedule';
import type { SettingName, SettingsReader } from './settings';

/** Where notices go: `null` for what is not configured, all of it where notices are off. */
export type NoticesConfig = {
  /** URLs of webhooks are secrets: whoever knows one may write there. */
  readonly teams: string | null;
  readonly slack: string | null;
  readonly webhook: { readonly url: string; readonly key: Buffer } | null;
  readonly topic: { readonly endpoint: string; readonly key: string | null } | null;
  readonly schedule: string;
  /** Where people reach this app, without a slash at the end. */
  readonly linkBase: string;
};

/**
 * Hosts of Teams' Workflows, of Slack, and of topics, in Azure's clouds
 * (learn.microsoft.com/connectors/teams "Microsoft Teams webhook",
 * docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
 * learn.microsoft.com/azure/event-grid/custom-topics).
 */
const hosts = {
  NOTICES_TEAMS_URL:
    /\.(?:logic\.azure\.(?:com|us|cn)|api\.powerplatform\.com|api\.(?:gov|high)\.powerplatform\.microsoft\.us|api\.powerplatform\.partner\.microsoftonline\.cn)$/,
  NOTICES_SLACK_URL: /^hooks\.slack(?:-gov)?\.com$/,
  NOTICES_TOPIC_ENDPOINT: /\.eventgrid\.azure\.(?:net|us|cn)$/,
} as const;

const off: NoticesConfig = {
  teams: null,
  slack: null,
  webhook: null,
  topic: null,
  schedule: '',
  linkBase: '',
};

const channelSettings: readonly SettingName[] = [
  'NOTICES_TEAMS_URL',
  'NOTICES_SLACK_URL',
  'NOTICES_WEBHOOK_URL',
  'NOTICES_WEBHOOK_SECRET',
  'NOTICES_TOPIC_ENDPOINT',
  'NOTICES_TOPIC_KEY',
];

/**
 * Reads where notices go; every fault is left with the reader, `null` if there was one. Where no
 * channel is named, notices are off, and nothing else is asked for.
 */
export function readNotices(reader: SettingsReader): NoticesConfig | null {
  if (channelSettings.every((name) => reader.optional(name) === '')) return off;
  const config = {
    teams: readUrl(reader, 'NOTICES_TEAMS_URL', 'the https URL of a Workflows webhook of Teams'),
    slack: readUrl(reader, 'NOTICES_SLACK_URL', 'the https URL of an incoming webhook of Slack'),
    webhook: readWebhook(reader),
    topic: readTopic(reader),
  };
  const schedule = reader.required(
    'NOTICES_SCHEDULE',
    'NCRONTAB of six fields, the last three *, at least once a minute',
    (text) => ((longestGapMs(text) ?? Number.POSITIVE_INFINITY) <= 60_000 ? text : null),
  );
  const linkBase = reader.required(
    'NOTICES_LINK',
    'the origin at which people reach this app, such as https://postern.example.org',
    readOrigin,
  );
  return reader.faults.length > 0 || schedule === null || linkBase === null
    ? null
    : { ...config, schedule, linkBase };
}

function readWebhook(reader: SettingsReader): NoticesConfig['webhook'] {
  const isAbsent =
    reader.optional('NOTICES_WEBHOOK_URL') === '' &&
    reader.optional('NOTICES_WEBHOOK_SECRET') === '';
  if (isAbsent) return null;
  const url = reader.required(
    'NOTICES_WEBHOOK_URL',
    'an https URL of a host with a name, without user and password',
    (text) => (isChannelUrl(text, isCustom(reader), /\./) ? text : null),
  );
  const key = reader.required(
    'NOTICES_WEBHOOK_SECRET',
    'whsec_ and base64 of 24 to 64 bytes',
    webhookKey,
  );
  return url === null || key === null ? null : { url, key };
}

function readTopic(reader: SettingsReader): NoticesConfig['topic'] {
  const key = reader.optional('NOTICES_TOPIC_KEY');
  if (reader.optional('NOTICES_TOPIC_ENDPOINT') === '' && key !== '') {
    return reader.fault('NOTICES_TOPIC_KEY is set, but NOTICES_TOPIC_ENDPOINT is not.');
  }
  const expected = 'the https endpoint of a custom topic of Event Grid';
  const endpoint = readUrl(reader, 'NOTICES_TOPIC_ENDPOINT', expected);
  if (endpoint === null) return null;
  if (key === '') return { endpoint, key: null };
  const read = reader.required('NOTICES_TOPIC_KEY', 'a key of the topic', (text) =>
    /^[A-Za-z0-9+/=_-]{20,200}$/.test(text) ? text : null,
  );
  return read === null ? null : { endpoint, key: read };
}

function readUrl(
  reader: SettingsReader,
  name: keyof typeof hosts,
  expected: string,
): string | null {
  if (reader.optional(name) === '') return null;
  return reader.required(name, expected, (text) =>
    isChannelUrl(text, isCustom(reader), hosts[name]) ? text : null,
  );
}

/** A cloud of one's own has its own hosts, on this machine as well. */
function isCustom(reader: SettingsReader): boolean {
  return reader.optional('AZURE_CLOUD') === 'Custom';
}

/** https, no user and no password, and a host that is meant: nothing of this machine or network. */
function isChannelUrl(text: string, custom: boolean, host: RegExp): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'https:' || url.hash !== '') return false;
  if (url.username !== '' || url.password !== '') return false;
  return custom || (host.test(url.hostname) && isOuterHost(url.hostname));
}

/** https; a link to this machine may be plain. */
function readOrigin(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (text !== url.origin && text !== `${url.origin}/`)) return null;
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere) ? url.origin : null;
}
