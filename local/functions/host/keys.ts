import { timingSafeEqual } from 'node:crypto';
import type { HostKeys } from './settings';

function same(given: string, key: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(key);
  return key !== '' && a.length === b.length && timingSafeEqual(a, b);
}

/** The key of a request: query `code` or header `x-functions-key`. */
export function keyOf(url: URL, headers: Readonly<Record<string, string>>): string {
  return url.searchParams.get('code') ?? headers['x-functions-key'] ?? '';
}

/** Whether a key opens a function of this level (`anonymous`, `function` or `admin`). */
export function opens(keys: HostKeys, given: string, level: string, functionName: string): boolean {
  if (level === 'anonymous') return true;
  if (same(given, keys.master)) return true;
  if (level !== 'function') return false;
  return same(given, keys.host) || same(given, keys.functions[functionName] ?? '');
}

/** Whether a key opens an extension's webhook: its system key or the master key. */
export function opensSystem(
  keys: HostKeys,
  given: string,
  extension: keyof HostKeys['system'],
): boolean {
  return same(given, keys.system[extension]) || same(given, keys.master);
}
