import type { ResourceEvent } from '../contract';
import type { DeliverySchema } from './types';

/** One event in the schema of a subscription, https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions */
export function inSchema(event: ResourceEvent, schema: DeliverySchema): Record<string, unknown> {
  const { id, type, topic, subject, time, data } = event;
  if (schema === 'CloudEventSchemaV1_0') {
    return { specversion: '1.0', id, source: topic, subject, type, time, data };
  }
  return {
    topic,
    subject,
    eventType: type,
    eventTime: time,
    id,
    data,
    dataVersion: '2',
    metadataVersion: '1',
  };
}

/** The HTTP body: an array of one in Event Grid's own schema, a single object in CloudEvents. */
export function httpBody(event: ResourceEvent, schema: DeliverySchema): string {
  const one = inSchema(event, schema);
  return JSON.stringify(schema === 'EventGridSchema' ? [one] : one);
}

/** Headers of a notification. `deliveryCount` = attempts before this one. */
export function httpHeaders(
  event: ResourceEvent,
  subscription: { name: string; schema: DeliverySchema },
  deliveryCount: number,
): Record<string, string> {
  const isCloud = subscription.schema === 'CloudEventSchemaV1_0';
  return {
    'content-type': isCloud
      ? 'application/cloudevents+json; charset=utf-8'
      : 'application/json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': subscription.name.toUpperCase(),
    'aeg-delivery-count': String(deliveryCount),
    'aeg-output-event-id': event.id,
    ...(isCloud ? {} : { 'aeg-data-version': '2', 'aeg-metadata-version': '1' }),
  };
}
