import { parseCappedJson } from '../../shared/domain/intake/cappedJson';

/** More than Event Grid puts into one delivery; what is beyond it is told as one malformed event. */
const eventsMax = 5_000;
const textMax = 1_024 * 1_024;

/**
 * The events in what a trigger hands over: one event, a batch, or text of either, as a storage
 * queue delivers it (the host has undone the base64). What is no JSON stays text, and is then
 * malformed like any other text.
 */
export function unpackEvents(delivered: unknown): readonly unknown[] {
  const value = typeof delivered === 'string' ? parsed(delivered) : delivered;
  if (!Array.isArray(value)) return [value];
  const events: readonly unknown[] = value;
  return events.length > eventsMax ? [...events.slice(0, eventsMax), 'cut'] : events;
}

function parsed(text: string): unknown {
  const json = parseCappedJson(text, textMax);
  return 'fault' in json ? text : json.value;
}
