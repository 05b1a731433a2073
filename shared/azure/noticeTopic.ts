import type { TokenCredential } from '@azure/core-auth';
import { AzureKeyCredential } from '@azure/core-auth';
import { type HttpClient, isRestError } from '@azure/core-rest-pipeline';
import type { EventGridPublisherClient } from '@azure/eventgrid';
import type { NoticeChannel, NoticeMessage } from '../ports/notices';
import { refusedBy, withinTime } from './noticePost';

/** A custom topic of Event Grid: by key, or with the app's identity where there is none. */
export type TopicPlace = { readonly endpoint: string; readonly key: string | null };

type Publisher = Pick<EventGridPublisherClient<'CloudEvent'>, 'send'>;

/**
 * The app's own topic: CloudEvents 1.0, whose `id` is the notice's, so that whoever gets it twice
 * knows. The client is loaded with the first event.
 */
export function createNoticeTopic(
  place: TopicPlace,
  credential: TokenCredential,
  { source, httpClient }: { readonly source: string; readonly httpClient?: HttpClient },
): NoticeChannel {
  let client: Promise<Publisher> | null = null;
  return {
    name: 'topic',
    send: async (message) => {
      client ??= createPublisher(place, credential, httpClient);
      const publisher = await client;
      await withinTime(async (abortSignal) => {
        try {
          await publisher.send([eventOf(message, source)], { abortSignal });
        } catch (error) {
          throw faultOf(error);
        }
      });
    },
  };
}

function eventOf({ id, kind, at, subject, data }: NoticeMessage, source: string) {
  const what = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const type = kind === 'remediated' ? 'Postern.Remediation.Done' : `Postern.Window.${what}`;
  const record: Record<string, unknown> = { ...data };
  const attributes = { type, source, id, subject, time: new Date(at) };
  return { ...attributes, data: record, datacontenttype: 'application/json' };
}

async function createPublisher(
  { endpoint, key }: TopicPlace,
  credential: TokenCredential,
  httpClient: HttpClient | undefined,
): Promise<Publisher> {
  const { EventGridPublisherClient: Client } = await import('@azure/eventgrid');
  return new Client(
    endpoint,
    'CloudEvent',
    key === null ? credential : new AzureKeyCredential(key),
    {
      // Repeats are planned by whoever sends, over many runs; no redirect is ever followed.
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      ...(httpClient === undefined ? {} : { httpClient }),
    },
  );
}

/** Status and `Retry-After` of what the client throws; everything else stays as it is. */
function faultOf(error: unknown): unknown {
  if (!isRestError(error) || error.statusCode === undefined) return error;
  return refusedBy(error.statusCode, error.response?.headers.toJSON() ?? {});
}
