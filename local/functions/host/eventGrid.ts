import type { HttpAnswer } from './http';
import { answerJson, answerText } from './http';

export type EventGridCall = {
  method: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: string;
};

/**
 * The Event Grid webhook of the Functions extension: handshakes, and one invocation per event, in
 * parallel; if any throws the whole answer is 500, and Event Grid sends all of them again.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
 */
export async function eventGridWebhook(
  call: EventGridCall,
  invoke: (event: unknown) => Promise<void>,
): Promise<HttpAnswer> {
  if (call.method === 'OPTIONS') {
    return answerText(200, '', { 'webhook-allowed-origin': 'eventgrid.azure.net' });
  }
  const kind = call.headers['aeg-event-type']?.toLowerCase();
  if (kind === 'unsubscribe') return answerText(202, '');
  if (kind !== 'notification' && kind !== 'subscriptionvalidation') return answerText(400, '');
  const events = parseEvents(call.body);
  if (events === undefined) return answerText(400, '');
  if (kind === 'subscriptionvalidation') {
    return answerJson(200, { validationResponse: validationCode(events[0]) });
  }
  const results = await Promise.allSettled(events.map((event) => invoke(event)));
  const failed = results.some(({ status }) => status === 'rejected');
  return answerText(failed ? 500 : 202, '');
}

function parseEvents(body: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (Array.isArray(parsed)) return parsed;
    return parsed !== null && typeof parsed === 'object' ? [parsed] : undefined;
  } catch {
    return undefined;
  }
}

function validationCode(event: unknown): unknown {
  const data = (event as { data?: { validationCode?: unknown } } | undefined)?.data;
  return data?.validationCode ?? null;
}
