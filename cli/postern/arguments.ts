import { InvalidArgumentError } from 'commander';
import { readDuration } from '../../shared/domain/readDuration';

const waitMaxSeconds = 3_600;

/** `30`: seconds to wait, an hour at most. */
export function waitSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= waitMaxSeconds) return seconds;
  throw new InvalidArgumentError('It is a number of seconds from 0 to 3600.');
}

/** `1h30m`, as it is sent. */
export function durationText(text: string): string {
  durationMs(text);
  return text;
}

/** `1h30m` in ms. */
export function durationMs(text: string): number {
  const ms = readDuration(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError('Write it as 1h, 45m or 1h30m.');
}

/** `ssh,8443` as a list. */
export function portList(text: string): string[] {
  const ports = text.split(',').map((port) => port.trim());
  if (ports.every((port) => /^[\w/-]{1,20}$/.test(port))) return ports;
  throw new InvalidArgumentError('Write them as ssh,8443 or udp/3478.');
}

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A time with its zone, as ISO 8601 in UTC. A time without one would be read as this machine's. */
export function timeIso(text: string): string {
  const at = timeForm.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new InvalidArgumentError('Write it with its zone: 2026-01-31T16:00:00Z or …+01:00.');
}

/** What an `Idempotency-Key` may be. */
export function keyText(text: string): string {
  if (/^[\x21-\x7e]{1,128}$/.test(text)) return text;
  throw new InvalidArgumentError('It is 1 to 128 visible ASCII characters.');
}

/** How many pages of a list to read. */
export function pageCount(text: string): number {
  const pages = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (pages >= 1) return pages;
  throw new InvalidArgumentError('It is a number from 1 to 999.');
}
