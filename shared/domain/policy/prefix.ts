import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A range of addresses, as bytes: 4 for IPv4, 16 for IPv6. No host bits are set. */
export type Prefix = {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
  readonly length: number;
};

/** What kind of addresses a prefix holds; `public` includes the ranges set aside for documentation. */
export type PrefixKind = 'public' | 'private' | 'forbidden';

/** Why a text is not a prefix that a source may be. */
export type PrefixFault =
  | 'prefixTag'
  | 'prefixSyntax'
  | 'prefixHostBits'
  | 'prefixTooWide'
  | 'prefixForbidden';

const form = /^([0-9A-Fa-f:.]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/;
const tagForm = /^(?:\*|any|[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)$/i;

/**
 * Reads `203.0.113.7`, `203.0.113.0/24` or the like of IPv6. Everything that other parsers would
 * guess at is refused: `net.isIP` comes first, because ipaddr.js takes `010.0.0.1` for 8.0.0.1.
 */
export function parsePrefix(text: string): Prefix | PrefixFault {
  const match = form.exec(text);
  if (match === null) return tagForm.test(text) ? 'prefixTag' : 'prefixSyntax';
  const [, address = '', lengthText] = match;
  const version = isIP(address);
  if (version === 0) return 'prefixSyntax';
  const family = version === 4 ? 4 : 6;
  const bits = family === 4 ? 32 : 128;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (length > bits) return 'prefixSyntax';
  const bytes = ipaddr.parse(address).toByteArray();
  const prefix = { family, bytes, length } as const;
  if (length === 0) return 'prefixTooWide';
  return hasHostBits(prefix) ? 'prefixHostBits' : prefix;
}

/** The one spelling of a prefix: `203.0.113.0/24`, `2001:db8::/64`. */
export function formatPrefix({ bytes, length }: Prefix): string {
  return `${ipaddr.fromByteArray([...bytes]).toString()}/${length}`;
}

/** The one spelling of a prefix's first address. */
export function formatAddress({ bytes }: Prefix): string {
  return ipaddr.fromByteArray([...bytes]).toString();
}

/** True if every address of `inner` lies in `outer`. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return sameBits(outer.bytes, inner.bytes, outer.length);
}

/** True if they share an address. */
export function overlaps(one: Prefix, other: Prefix): boolean {
  return contains(one, other) || contains(other, one);
}

/**
 * Private ranges count only where somebody wrote them out. Forbidden are those that can never be
 * a person's: loopback, link-local, multicast, reserved, transition ranges that hide an IPv4
 * address in an IPv6 one, and Azure's own addresses
 * (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
 */
export function kindOf(prefix: Prefix): PrefixKind {
  if (forbidden.some((range) => overlaps(range, prefix))) return 'forbidden';
  return privates.some((range) => contains(range, prefix)) ? 'private' : 'public';
}

/** How many addresses: exact for IPv4, capped at 2^53 for IPv6. */
export function sizeOf({ family, length }: Prefix): number {
  return 2 ** Math.min((family === 4 ? 32 : 128) - length, 53);
}

const forbidden = ranges([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2002::/16',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);

const privates = ranges(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']).concat(
  ranges(['fc00::/7']),
);

function ranges(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => {
    const prefix = parsePrefix(text);
    return typeof prefix === 'string' ? [] : [prefix];
  });
}

function hasHostBits({ bytes, length }: Prefix): boolean {
  return bytes.some((byte, index) => {
    const kept = Math.min(Math.max(length - index * 8, 0), 8);
    return (byte & (0xff >> kept)) !== 0;
  });
}

function sameBits(one: readonly number[], other: readonly number[], bits: number): boolean {
  return one.every((byte, index) => {
    const kept = Math.min(Math.max(bits - index * 8, 0), 8);
    const mask = (0xff << (8 - kept)) & 0xff;
    return ((byte ^ (other[index] ?? 0)) & mask) === 0;
  });
}
