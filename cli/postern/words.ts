import { cleanText } from '../../shared/domain/text';
import { formatDuration } from '../../shared/domain/readDuration';

/** A text of the API as it may go to a terminal: one line, no control characters, no overrides. */
export function plain(text: string, lengthMax = 500): string {
  return cleanText(text, lengthMax);
}

/** `2026-01-01 10:00:10Z (in 12m)`, of an ISO time. */
export function timeText(iso: string, now: number): string {
  const at = Date.parse(iso);
  return `${shortTime(iso)} (${distance(at - now)})`;
}

/** `2026-01-01 10:00:10Z`, of an ISO time. */
export function shortTime(iso: string): string {
  return `${new Date(Date.parse(iso)).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

function distance(ms: number): string {
  const length = Math.abs(ms);
  const step = length >= dayMs ? 3_600_000 : length >= minuteMs ? minuteMs : 1_000;
  const text = formatDuration(Math.floor(length / step) * step);
  if (text === '') return 'now';
  return ms > 0 ? `in ${text}` : `${text} ago`;
}

/**
 * JSON for a terminal or a pipe: the same value, with every character escaped that a terminal would
 * obey or hide.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}\n`;
}

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16));
  return units.map((unit) => `\\u${unit.padStart(4, '0')}`).join('');
}
