import { alarms, type AlarmName } from './domain/alarms';
import { maskSecrets } from './domain/maskSecrets';
import { cleanText } from './domain/text';
import type { Log, LogFields } from './ports/log';

export type LogLevel = 'info' | 'warn' | 'alarm';

/** Takes one finished line, without a line break. */
export type WriteLine = (line: string, level: LogLevel) => void;

const textMax = 1_000;
const itemsMax = 50;
const depthMax = 6;

/** Fields whose very name says that the value is nobody's business. */
const secretName =
  /^(?:authorization|password|secret|token|accesstoken|privatekey|connectionstring|accountkey|sig)$/i;

/**
 * One JSON line per event: cleaned of control characters, cut to a sane length, secrets masked.
 * Alarms carry `alarm: true` and the name of their runbook. A field can neither replace the event's
 * name nor break the line; what cannot be written as JSON is left out.
 */
export function createLog(write: WriteLine): Log {
  const line = (level: LogLevel, event: string, fields: LogFields, alarm: object = {}) => {
    const head = { time: new Date().toISOString(), level, event: cleaned(event) };
    write(JSON.stringify({ ...cleanedFields(fields, 0), ...head, ...alarm }), level);
  };
  return {
    info: (event, fields) => line('info', event, fields),
    warn: (event, fields) => line('warn', event, fields),
    alarm: (name, fields) => line('alarm', name, fields, alarmFields(name)),
  };
}

/** What stands on the line of an alarm besides its fields. */
function alarmFields(name: AlarmName): object {
  return { alarm: true, ...alarms[name], runbook: name };
}

/** One text with its secrets masked, on one line. */
export function cleaned(text: string): string {
  return cleanText(maskSecrets(text), textMax);
}

function cleanedFields(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).slice(0, itemsMax);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      cleanText(name, 100),
      secretName.test(name) ? '***' : cleanedValue(value, depth + 1),
    ]),
  );
}

function cleanedValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return cleaned(value);
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return value.toString();
    case 'symbol':
    case 'function':
      return undefined;
    case 'object':
      break;
  }
  if (value === null) return null;
  if (depth > depthMax) return '…';
  if (Array.isArray(value)) {
    return value.slice(0, itemsMax).map((item: unknown) => cleanedValue(item, depth + 1));
  }
  if (value instanceof Error) return cleaned(`${value.name}: ${value.message}`);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return cleanedFields(value, depth);
}
