import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ArmRequest, ArmResponse } from '../contract';
import type { Judge, Judged, SinkName } from './types';

/** learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
const teamsBytesMax = 28 * 1024;
/** docs.slack.dev/reference/block-kit/blocks and its pages on header and section blocks */
const slackLimits = { blocks: 50, header: 150, section: 3_000, all: 13_000 } as const;
/** What Standard Webhooks tells receivers to allow for. */
const toleranceMs = 5 * 60_000;
/** learn.microsoft.com/azure/event-grid/event-schema: 1 MB for all events together. */
const topicBytesMax = 1024 * 1024;

type Json = Record<string, unknown>;

/** A flow answers 202 before it has posted; what it cannot read it never posts, and nobody is told. */
const teams: Judge = ({ url, body = '' }, secrets) => {
  if (new URL(url).searchParams.get('sig') !== secrets.teams) return no(401, 'Unauthorized');
  if (Buffer.byteLength(body) > teamsBytesMax) return no(413, 'RequestEntityTooLarge');
  const message = jsonOf(body);
  const attachments = message?.['attachments'];
  const [attachment] = Array.isArray(attachments) ? attachments.map(recordOf) : [];
  const card = recordOf(attachment?.['content']);
  const isCard =
    message?.['type'] === 'message' &&
    attachment?.['contentType'] === 'application/vnd.microsoft.card.adaptive' &&
    card?.['type'] === 'AdaptiveCard' &&
    /^1\.[0-5]$/.test(textOf(card['version']));
  if (!isCard || card === null) return no(400, 'TriggerInputSchemaMismatch');
  const elements = Array.isArray(card['body']) ? card['body'].map(recordOf) : [];
  const actions = Array.isArray(card['actions']) ? card['actions'].map(recordOf) : [];
  const isShown = elements.length > 0 && elements.every(isElement) && actions.every(isLink);
  return isShown ? { title: titleOf(elements[0] ?? null) } : no(400, 'InvalidCard');
};

/** adaptivecards.io/explorer: the few elements that a card of text needs. */
function isElement(element: Json | null): boolean {
  const items = (name: string): (Json | null)[] => {
    const list = element?.[name];
    return Array.isArray(list) ? list.map(recordOf) : [];
  };
  switch (element?.['type']) {
    case 'TextBlock':
      return textOf(element['text']) !== '';
    case 'RichTextBlock':
      return items('inlines').length > 0 && items('inlines').every(isRun);
    case 'Container':
      return items('items').length > 0 && items('items').every(isElement);
    default:
      return false;
  }
}

function isRun(run: Json | null): boolean {
  return run?.['type'] === 'TextRun' && typeof run['text'] === 'string';
}

function isLink(action: Json | null): boolean {
  return action?.['type'] === 'Action.OpenUrl' && URL.canParse(textOf(action['url']));
}

function titleOf(element: Json | null): string {
  const first: unknown = Array.isArray(element?.['items']) ? element['items'][0] : element;
  return textOf(recordOf(first)?.['text']);
}

const slack: Judge = ({ url, body = '' }, secrets) => {
  if (!new URL(url).pathname.endsWith(`/${secrets.slack}`)) return no(404, 'no_service');
  const message = jsonOf(body);
  const blocks = message?.['blocks'];
  if (message === null || typeof message['text'] !== 'string') return no(400, 'invalid_payload');
  if (!Array.isArray(blocks) || blocks.length > slackLimits.blocks)
    return no(400, 'invalid_blocks');
  const isWhole = blocks.map(recordOf).every(isBlock);
  if (!isWhole) return no(400, 'invalid_blocks');
  if (JSON.stringify(blocks).length > slackLimits.all) return no(400, 'msg_blocks_too_long');
  return { title: message['text'] };
};

function isBlock(block: Json | null): boolean {
  const text = recordOf(block?.['text']);
  const said = textOf(text?.['text']);
  if (said === '') return false;
  if (block?.['type'] === 'header') {
    return text?.['type'] === 'plain_text' && said.length <= slackLimits.header;
  }
  const isKnown = text?.['type'] === 'plain_text' || text?.['type'] === 'mrkdwn';
  return block?.['type'] === 'section' && isKnown && said.length <= slackLimits.section;
}

/** github.com/standard-webhooks/standard-webhooks: a receiver as it is meant to be. */
const webhook: Judge = ({ headers, body = '' }, secrets) => {
  const id = headers['webhook-id'] ?? '';
  const seconds = headers['webhook-timestamp'] ?? '';
  const key = Buffer.from(secrets.webhook.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest();
  const given = Buffer.from((headers['webhook-signature'] ?? '').replace(/^v1,/, ''), 'base64');
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  const ageMs = Math.abs(Date.now() - Number(seconds) * 1_000);
  if (id === '' || !isSigned || !(ageMs <= toleranceMs)) return no(401, 'Unauthorized');
  const message = jsonOf(body);
  if (message?.['id'] !== id) return no(400, 'BadRequest');
  return { title: `${textOf(message['type'])} ${textOf(message['subject'])}` };
};

/** learn.microsoft.com/azure/event-grid/cloud-event-schema, in batched mode as the client sends. */
const topic: Judge = ({ headers, body = '' }, secrets) => {
  if (headers['aeg-sas-key'] !== secrets.topic) return no(401, 'Unauthorized');
  if (!/^application\/cloudevents-batch\+json/i.test(headers['content-type'] ?? '')) {
    return no(415, 'UnsupportedMediaType');
  }
  if (Buffer.byteLength(body) > topicBytesMax) return no(413, 'RequestEntityTooLarge');
  const events = listOf(body);
  if (events === null || events.length === 0 || !events.every(isCloudEvent)) {
    return no(400, 'BadRequest');
  }
  const [first] = events;
  return { title: `${textOf(first?.['type'])} ${textOf(first?.['subject'])}` };
};

function isCloudEvent(event: Json | null): boolean {
  const named = ['id', 'source', 'type'].every((name) => textOf(event?.[name]) !== '');
  const time = event?.['time'];
  const isTimed = time === undefined || !Number.isNaN(Date.parse(textOf(time)));
  return event?.['specversion'] === '1.0' && named && isTimed;
}

/** The rules of each service. */
export const judges: Record<SinkName, Judge> = { teams, slack, webhook, topic };

function no(status: number, code: string): Judged {
  return { refused: answer(status, JSON.stringify({ error: { code } })) };
}

/** An answer with a body of JSON, or none. */
export function answer(
  status: number,
  body?: string,
  headers: Record<string, string> = {},
): ArmResponse {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body }) };
}

/** Does it speak JSON at all? */
export function isJson({ method, headers }: ArmRequest): boolean {
  return method === 'POST' && /json/i.test(headers['content-type'] ?? '');
}

function jsonOf(body: string): Json | null {
  return recordOf(parsed(body));
}

function listOf(body: string): (Json | null)[] | null {
  const value = parsed(body);
  return Array.isArray(value) ? value.map(recordOf) : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
