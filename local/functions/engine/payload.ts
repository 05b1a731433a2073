import type { HistoryEvent } from './history';
import { parseJson, type Json } from './json';
import type { InstanceHead } from './store';
import { timeSpan } from './timeSpan';

/** Limits that the extension tells the SDK; the defaults are those of Azure Storage. */
export type TimerLimits = { maximumShortTimerMs: number; longTimerIntervalMs: number };

export const defaultTimerLimits: TimerLimits = {
  maximumShortTimerMs: 6 * 86_400_000,
  longTimerIntervalMs: 3 * 86_400_000,
};

/** The orchestrator's trigger payload: schema V4 with the whole history. */
export function orchestratorPayload(
  head: InstanceHead,
  history: readonly HistoryEvent[],
  isReplaying: boolean,
  limits: TimerLimits,
): string {
  const rest = JSON.stringify({
    instanceId: head.instanceId,
    isReplaying,
    parentInstanceId: head.parent?.instanceId ?? null,
    sourceInstanceId: null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: timeSpan(limits.longTimerIntervalMs),
    maximumShortTimerDuration: timeSpan(limits.maximumShortTimerMs),
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
  let events = '';
  for (const event of history) {
    if (events !== '') events += ',';
    events += eventText(event);
  }
  return `{"history":[${events}],"input":${inputText(head)},${rest.slice(1)}`;
}

const inputs = new WeakMap<InstanceHead, { input: string | null; text: string }>();

/** The input as JSON in its shortest form; every episode sends it, and only a new run changes it. */
function inputText(head: InstanceHead): string {
  const { input } = head;
  const known = inputs.get(head);
  if (known !== undefined && known.input === input) return known.text;
  const text = input === null ? 'null' : JSON.stringify(parseJson(input));
  inputs.set(head, { input, text });
  return text;
}

const texts = new WeakMap<HistoryEvent, string>();

/** Every episode sends the whole history, so each event is written as text only once. */
function eventText(event: HistoryEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(event);
  texts.set(event, text);
  return text;
}

/** Data of a binding on its way to the worker; only the kinds this host sends. */
export type RpcData = { string: string } | { json: string } | { bytes: Uint8Array } | undefined;

/** No JSON begins with a letter but its three words. */
const noJson = /^(?!(?:true|false|null)$)[A-Za-z]/;

/**
 * A text as the SDK reads texts: as JSON where it is JSON, else as it is. What cannot be JSON is
 * sent quoted, which reads the same: the SDK finds out by an exception, for each id of each call.
 */
export function textData(text: string): { string: string } | { json: string } {
  return noJson.test(text) ? { json: JSON.stringify(text) } : { string: text };
}

/**
 * An activity's input as text, in the way of the real host: JSON text, except that a string is
 * sent as it is and a boolean as .NET prints it (`True`), which the SDK does not parse.
 */
export function activityInput(input: Json | undefined): RpcData {
  const text = asText(input);
  return text === undefined ? undefined : { string: text };
}

function asText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** A date inside an input is printed by .NET's invariant culture in the metadata. */
function metadataText(value: Json): string {
  if (typeof value === 'string' && isoDate.test(value)) {
    const iso = new Date(value).toISOString();
    return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
  }
  if (value !== null && typeof value === 'object') return JSON.stringify(value, null, 2);
  return asText(value) ?? '';
}

/** The trigger metadata of an activity: the input again, and its fields one by one. */
export function activityMetadata(
  input: Json | undefined,
  instanceId: string,
  triggerName: string,
): Record<string, RpcData> {
  const metadata: Record<string, RpcData> = { instanceId: textData(instanceId) };
  const text = activityInput(input);
  if (text === undefined) return metadata;
  metadata[triggerName] = text;
  metadata['data'] = { json: JSON.stringify(input) };
  if (input !== null && typeof input === 'object' && !Array.isArray(input)) {
    for (const [key, value] of Object.entries(input)) {
      metadata[key] = textData(metadataText(value));
    }
  }
  return metadata;
}
