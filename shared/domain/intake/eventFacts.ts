import { own, ownText, parseCappedJson } from './cappedJson';

/**
 * What Resource Manager's events say, read field by field from either schema: Event Grid's own
 * (`eventType`, `eventTime`) or CloudEvents 1.0 (`type`, `time`). Nothing is believed yet.
 * https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions
 */
export type EventFacts = {
  readonly id: string;
  readonly type: string;
  /** Epoch ms. */
  readonly eventAt: number;
  readonly operation: string;
  readonly status: string;
  /** The id of the resource that was written or deleted. */
  readonly resourceId: string;
  readonly claims: unknown;
  readonly httpRequest: unknown;
};

/** Why an event is not one of ours in form. */
export type EventFault =
  /** Well-formed as far as was read, and not of Resource Manager: nothing more is read. */
  | 'otherEvent'
  | 'notAnObject'
  | 'noId'
  | 'noType'
  | 'noTime'
  | 'noData'
  | 'notJson'
  | 'tooLarge'
  | 'tooDeep'
  | 'noOperation'
  | 'noResource'
  | 'twoResources';

const textMax = 1_000;
const dataMax = 256 * 1_024;

/** Reads the envelope and `data`; a fault's code for everything that has not this form. */
export function readEvent(event: unknown): EventFacts | EventFault {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'notAnObject';
  const id = ownText(event, 'id', 200);
  if (!/^[\x21-\x7e]+$/.test(id)) return 'noId';
  const type = ownText(event, 'eventType', 200) || ownText(event, 'type', 200);
  if (type === '') return 'noType';
  if (!type.toLowerCase().startsWith('microsoft.resources.resource')) return 'otherEvent';
  const eventAt = parseInstant(ownText(event, 'eventTime', 40) || ownText(event, 'time', 40));
  if (eventAt === null) return 'noTime';

  const data = readPart(own(event, 'data'));
  if ('fault' in data) return data.fault;
  if (!isRecord(data.value)) return 'noData';
  return readData({ id, type, eventAt }, data.value, ownText(event, 'subject', textMax));
}

/** ISO 8601 with a zone, as Azure writes it (up to seven decimals), to epoch ms; else `null`. */
export function parseInstant(text: string): number | null {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
  if (!form.test(text)) return null;
  // Date keeps three decimals; more of them are legal on the wire and cut here.
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isFinite(at) ? at : null;
}

function readData(
  envelope: Pick<EventFacts, 'id' | 'type' | 'eventAt'>,
  data: object,
  subject: string,
): EventFacts | EventFault {
  const operation = ownText(data, 'operationName', 200);
  if (operation === '') return 'noOperation';
  const uri = ownText(data, 'resourceUri', textMax);
  const resourceId = uri || subject;
  if (resourceId === '') return 'noResource';
  // Two ids in one event: whichever we took, somebody would have meant the other.
  if (uri !== '' && subject !== '' && uri.toLowerCase() !== subject.toLowerCase()) {
    return 'twoResources';
  }
  // The first generation of these events carried claims and httpRequest as JSON text.
  const claims = readPart(own(data, 'claims'));
  const httpRequest = readPart(own(data, 'httpRequest'));
  return {
    ...envelope,
    operation,
    status: ownText(data, 'status', 80),
    resourceId,
    claims: 'fault' in claims ? undefined : claims.value,
    httpRequest: 'fault' in httpRequest ? undefined : httpRequest.value,
  };
}

function readPart(
  part: unknown,
): { readonly value: unknown } | { readonly fault: 'tooLarge' | 'tooDeep' | 'notJson' } {
  return typeof part === 'string' ? parseCappedJson(part, dataMax) : { value: part };
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
