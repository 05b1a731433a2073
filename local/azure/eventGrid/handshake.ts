import { newGuid, type Random } from '../pim/random';
import { eventTime } from '../pim/time';
import type { DeliveryAnswer, DeliveryRequest, EventSubscription } from './types';

const ORIGIN = 'eventgrid.azure.net';

type Send = (request: Omit<DeliveryRequest, 'signal'>) => Promise<DeliveryAnswer | undefined>;

/**
 * Proves that a webhook wants events, before the first one is sent to it:
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema and,
 * for CloudEvents, the OPTIONS call of https://github.com/cloudevents/spec http-webhook. Returns
 * why it failed, or `undefined`.
 */
export async function handshake(
  subscription: EventSubscription,
  url: string,
  topic: string,
  send: Send,
  random: Random,
): Promise<string | undefined> {
  if (subscription.schema === 'CloudEventSchemaV1_0') return askForOrigin(subscription, url, send);
  const code = newGuid(random);
  const validationUrl =
    `https://rp-local.eventgrid.azure.net:553/eventsubscriptions/${subscription.name}` +
    `/validate?id=${code}&apiVersion=2022-06-15`;
  const event = {
    id: newGuid(random),
    topic,
    subject: '',
    data: { validationCode: code, validationUrl },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: eventTime(Date.now(), random),
    metadataVersion: '1',
    dataVersion: '1',
  };
  const answer = await send({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'aeg-event-type': 'SubscriptionValidation',
      'aeg-subscription-name': subscription.name.toUpperCase(),
      'aeg-delivery-count': '0',
      'aeg-data-version': '1',
      'aeg-metadata-version': '1',
    },
    body: JSON.stringify([event]),
  });
  if (!answer) return 'no answer to the validation event';
  // 202 is not enough: only 200 with the code validates at once.
  if (answer.status !== 200) return `validation event answered ${answer.status}, not 200`;
  return echoes(answer.body, code) ? undefined : 'the answer does not echo the validation code';
}

async function askForOrigin(subscription: EventSubscription, url: string, send: Send) {
  const answer = await send({
    method: 'OPTIONS',
    url,
    headers: {
      'webhook-request-origin': ORIGIN,
      'aeg-subscription-name': subscription.name.toUpperCase(),
    },
  });
  if (!answer) return 'no answer to OPTIONS';
  if (answer.status !== 200) return `OPTIONS answered ${answer.status}, not 200`;
  const allowed = answer.headers['webhook-allowed-origin'] ?? '';
  if (allowed === ORIGIN || allowed === '*') return undefined;
  return `WebHook-Allowed-Origin is "${allowed}", not ${ORIGIN}`;
}

function echoes(body: string, code: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return false;
    return 'validationResponse' in parsed && parsed.validationResponse === code;
  } catch {
    return false;
  }
}
