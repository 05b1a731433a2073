import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address or a prefix as an interval of numbers, both ends included. */
export type AddressRange = {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
};

/**
 * Reads `10.0.0.4`, `10.0.0.0/24`, `2001:db8::/64`; `null` for anything else, service tags and `*`
 * included. Host bits are ignored, as Azure does when it evaluates. `net.isIP` is the gate: it knows
 * no octal, hexadecimal or short forms, which other parsers read as other addresses.
 */
export function parseAddressRange(text: string): AddressRange | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || address.includes('%')) return null;
  const bits = family === 4 ? 32 : 128;
  const length = slash < 0 ? bits : parseLength(text.slice(slash + 1), bits);
  if (length === null) return null;
  const value = toNumber(address);
  const host = (1n << BigInt(bits - length)) - 1n;
  const first = value - (value & host);
  return { family, first, last: first + host };
}

/** 4 or 6 for an address or a prefix, `null` for anything else. */
export function familyOf(text: string): 4 | 6 | null {
  return parseAddressRange(text)?.family ?? null;
}

/** Every address of `inner` lies in `outer`. */
export function covers(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** At least one address lies in both. */
export function overlaps(one: AddressRange, other: AddressRange): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/** `10.0.0.4/32` and `10.0.0.4` are the same to Azure, and so are the spellings of one IPv6 address. */
export function canonicalAddress(text: string): string {
  const range = parseAddressRange(text);
  if (range === null) return text.toLowerCase();
  return `${range.family}:${range.first.toString(16)}-${range.last.toString(16)}`;
}

const privateRanges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
].flatMap((text) => parseAddressRange(text) ?? []);

/** Addresses that no route of the internet leads to: what VNets and networks behind gateways use. */
export function isPrivate(range: AddressRange): boolean {
  return privateRanges.some((outer) => covers(outer, range));
}

function parseLength(text: string, bits: number): number | null {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return null;
  const length = Number(text);
  return length <= bits ? length : null;
}

function toNumber(address: string): bigint {
  let value = 0n;
  for (const byte of ipaddr.parse(address).toByteArray()) value = (value << 8n) | BigInt(byte);
  return value;
}
