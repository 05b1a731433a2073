import { contains, formatAddress, formatPrefix, kindOf, parsePrefix } from '../policy/prefix';
import type { Prefix } from '../policy/prefix';

/**
 * One address out of what an event carries: `203.0.113.7`, `203.0.113.7:443`, `[2001:db8::1]:443`.
 * Null for anything that could not be a person's own address, and for everything that needs guessing.
 */
export function normaliseAddress(text: string): string | null {
  const prefix = parsePrefix(withoutPort(text));
  if (typeof prefix === 'string' || text.includes('/')) return null;
  return kindOf(prefix) === 'forbidden' ? null : formatAddress(prefix);
}

/**
 * The prefix of one address if a fence lets it in, else `null`. A private address passes only
 * through a range that is private as a whole, hence was written out on purpose.
 */
export function admitAddress(address: string, within: readonly string[]): string | null {
  const prefix = parsePrefix(address);
  if (typeof prefix === 'string' || kindOf(prefix) === 'forbidden') return null;
  return within.some((fence) => admits(fence, prefix)) ? formatPrefix(prefix) : null;
}

function admits(fence: string, prefix: Prefix): boolean {
  const range = parsePrefix(fence);
  if (typeof range === 'string' || !contains(range, prefix)) return false;
  return kindOf(prefix) === 'public' || kindOf(range) === 'private';
}

function withoutPort(text: string): string {
  const bracketed = /^\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed !== null) return bracketed[1] ?? '';
  const withPort = /^([0-9.]+):\d{1,5}$/.exec(text);
  return withPort === null ? text : (withPort[1] ?? '');
}
