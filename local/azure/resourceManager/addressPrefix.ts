import { isIP } from 'node:net';

/** How Azure reads one value of an address field. */
type PrefixKind = 'any' | 'tag' | 'address' | 'invalid';

const tagForm = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/;

/**
 * Classifies an address value: `*`, a service tag, an address, a CIDR without host bits, a range
 * `a-b` of addresses, or nothing that Azure takes. Host bits are refused as Azure does
 * (Azure/azure-powershell#4557).
 */
export function prefixKind(value: string): PrefixKind {
  if (value === '*') return 'any';
  if (isIP(value) !== 0) return 'address';
  const [address = '', bits, ...more] = value.split('/');
  if (bits !== undefined && more.length === 0) {
    return isNetwork(address, bits) ? 'address' : 'invalid';
  }
  if (tagForm.test(value)) return 'tag';
  return isNumber(value) ? 'address' : 'invalid';
}

/** A bare number is read as an IPv4 address: recordings show Azure taking `111`. */
function isNumber(value: string): boolean {
  return /^\d+$/.test(value) && Number(value) <= 0xffff_ffff;
}

function isNetwork(address: string, bits: string): boolean {
  const family = isIP(address);
  const width = family === 4 ? 32 : 128;
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return false;
  const value = addressValue(address);
  const host = BigInt(width - Number(bits));
  return (value >> host) << host === value;
}

/** The address as a number. */
function addressValue(address: string): bigint {
  if (isIP(address) === 4) return ipv4Value(address);
  const [head = '', tail] = address.split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const gap = tail === undefined ? [] : Array<bigint>(8 - front.length - back.length).fill(0n);
  return [...front, ...gap, ...back].reduce((value, group) => (value << 16n) | group, 0n);
}

function ipv4Value(address: string): bigint {
  return address.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function groups(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const value = ipv4Value(group);
    return [value >> 16n, value & 0xffffn];
  });
}
