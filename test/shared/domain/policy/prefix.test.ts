import * as fc from 'fast-check';
import {
  contains,
  formatPrefix,
  kindOf,
  overlaps,
  parsePrefix,
} from '../../../../shared/domain/policy/prefix';
import type { Prefix } from '../../../../shared/domain/policy/prefix';
import { admitAddress, normaliseAddress } from '../../../../shared/domain/intake/address';

/** Texts that some parser somewhere takes for an address, or for fewer addresses than they are. */
const nasty: readonly (readonly [text: string, answer: string])[] = [
  ['', 'prefixSyntax'],
  [' ', 'prefixSyntax'],
  ['*', 'prefixTag'],
  ['any', 'prefixTag'],
  ['Internet', 'prefixTag'],
  ['AzureCloud', 'prefixTag'],
  ['AzureCloud.WestEurope', 'prefixTag'],
  ['VirtualNetwork', 'prefixTag'],
  ['0.0.0.0/0', 'prefixTooWide'],
  ['1.2.3.4/0', 'prefixTooWide'],
  ['::/0', 'prefixTooWide'],
  ['0.0.0.0/1', 'forbidden'],
  ['128.0.0.0/1', 'forbidden'],
  ['0.0.0.0', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['127.0.0.1', 'forbidden'],
  ['127.1', 'prefixSyntax'],
  ['10.1', 'prefixSyntax'],
  ['010.0.0.1', 'prefixSyntax'],
  ['0x7f.1', 'prefixSyntax'],
  ['0x7f000001', 'prefixSyntax'],
  ['2130706433', 'prefixSyntax'],
  ['1.2.3', 'prefixSyntax'],
  ['1.2.3.4.5', 'prefixSyntax'],
  ['256.1.1.1', 'prefixSyntax'],
  ['1.2.3.-4', 'prefixSyntax'],
  ['1.2.3.4 ', 'prefixSyntax'],
  ['1.2.3.4\n', 'prefixSyntax'],
  ['1.2.3.4\u0000', 'prefixSyntax'],
  ['1.2.3.4,5.6.7.8', 'prefixSyntax'],
  ['1.2.3.4-5.6.7.8', 'prefixSyntax'],
  ['1.2.3.4:443', 'prefixSyntax'],
  ['[::1]:80', 'prefixSyntax'],
  ['[2001:db8::1]', 'prefixSyntax'],
  ['1.2.3.4/', 'prefixSyntax'],
  ['1.2.3.4/33', 'prefixSyntax'],
  ['1.2.3.4/032', 'prefixSyntax'],
  ['1.2.3.4/+8', 'prefixSyntax'],
  ['1.2.3.4/-1', 'prefixSyntax'],
  ['1.2.3.4/255.255.255.0', 'prefixSyntax'],
  ['1.2.3.4/24/24', 'prefixSyntax'],
  ['50.206.209.68/27', 'prefixHostBits'],
  ['203.0.113.1/31', 'prefixHostBits'],
  ['10.0.0.1/8', 'prefixHostBits'],
  ['2001:db8::1/64', 'prefixHostBits'],
  ['１.2.3.4', 'prefixSyntax'],
  ['1.2.3.٤', 'prefixSyntax'],
  ['1。2。3。4', 'prefixSyntax'],
  ['example.com', 'prefixTag'],
  ['http://1.2.3.4', 'prefixSyntax'],
  ['::1', 'forbidden'],
  ['::', 'forbidden'],
  ['::ffff:1.2.3.4', 'forbidden'],
  ['::ffff:0:0/96', 'forbidden'],
  ['::1.2.3.4', 'forbidden'],
  ['64:ff9b::1.2.3.4', 'forbidden'],
  ['2002:102:304::', 'forbidden'],
  ['2001::1', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['fe80::1%eth0', 'prefixSyntax'],
  ['ff02::1', 'forbidden'],
  ['2001:db8:::1', 'prefixSyntax'],
  ['2001:db8::1::2', 'prefixSyntax'],
  ['2001:db8::1/129', 'prefixSyntax'],
  ['12345::', 'prefixSyntax'],
  ['168.63.129.16', 'forbidden'],
  ['168.63.129.0/24', 'forbidden'],
  ['169.254.169.254', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['240.0.0.1', 'forbidden'],
  ['10.0.0.4', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.0/16', 'private'],
  ['100.64.0.1', 'private'],
  ['fd00::1', 'private'],
  ['172.15.0.1', 'public'],
  ['172.0.0.0/8', 'public'],
  ['203.0.113.7', 'public'],
  ['2001:0DB8:0:0::7', 'public'],
];

describe('a prefix', () => {
  it.each(nasty)('%j is %s', (text, answer) => {
    const prefix = parsePrefix(text);
    expect(typeof prefix === 'string' ? prefix : kindOf(prefix)).toBe(answer);
  });

  it('has one spelling', () => {
    expect(spelt('203.0.113.7')).toBe('203.0.113.7/32');
    expect(spelt('2001:0DB8:0:0::7')).toBe('2001:db8::7/128');
    expect(spelt('2001:db8::/48')).toBe('2001:db8::/48');
  });

  it('reads its own spelling as itself', () => {
    fc.assert(
      fc.property(prefixes, (prefix) => {
        expect(parsePrefix(formatPrefix(prefix))).toEqual(prefix);
      }),
    );
  });

  it('contains what shares its bits, and nothing of the other family', () => {
    fc.assert(
      fc.property(prefixes, prefixes, (one, other) => {
        const expected =
          one.family === other.family &&
          one.length <= other.length &&
          bitsOf(other).startsWith(bitsOf(one).slice(0, one.length));
        expect(contains(one, other)).toBe(expected);
        expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
      }),
    );
  });

  it('is never public if it holds an address that is not a person’s', () => {
    const bad = ['168.63.129.16', '169.254.169.254', '127.0.0.1', '::1', '::ffff:1.2.3.4'];
    fc.assert(
      fc.property(fc.constantFrom(...bad), fc.integer({ min: 1, max: 128 }), (text, cut) => {
        const single = parsePrefix(text);
        if (typeof single === 'string') throw new Error(text);
        const length = Math.min(cut, single.length);
        expect(kindOf(cutTo(single, length))).toBe('forbidden');
      }),
    );
  });
});

describe('a fence', () => {
  it('admits an address only as itself, and only inside', () => {
    expect(admitAddress('203.0.113.7', ['198.51.100.0/24', '203.0.113.0/24'])).toBe(
      '203.0.113.7/32',
    );
    expect(admitAddress('203.0.114.7', ['203.0.113.0/24'])).toBeNull();
    expect(admitAddress('2001:db8::7', ['2001:db8::/32'])).toBe('2001:db8::7/128');
    expect(admitAddress('2001:db8::7', ['203.0.113.0/24'])).toBeNull();
  });

  it('admits a private address only through a range that is private as a whole', () => {
    expect(admitAddress('172.16.0.5', ['172.0.0.0/8'])).toBeNull();
    expect(admitAddress('172.16.0.5', ['172.16.0.0/12'])).toBe('172.16.0.5/32');
  });

  it('admits nothing that is not a person’s, whatever it says itself', () => {
    expect(admitAddress('169.254.169.254', ['169.254.0.0/16'])).toBeNull();
    expect(admitAddress('127.0.0.1', ['127.0.0.0/8'])).toBeNull();
    expect(admitAddress('garbage', ['garbage'])).toBeNull();
  });

  it('never admits what it does not contain', () => {
    fc.assert(
      fc.property(fc.ipV4(), prefixes, (address, fence) => {
        const admitted = admitAddress(address, [formatPrefix(fence)]);
        const single = parsePrefix(address);
        if (admitted === null) return;
        expect(typeof single === 'string' ? false : contains(fence, single)).toBe(true);
      }),
    );
  });
});

describe('an address of an event', () => {
  const forms = [
    ['203.0.113.10', '203.0.113.10'],
    ['203.0.113.10:50000', '203.0.113.10'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['10.0.0.4', '10.0.0.4'],
    ['[203.0.113.10]', null],
    ['203.0.113.10:', null],
    ['203.0.113.10:443:443', null],
    ['203.0.113.10/32', null],
    ['203.0.113.10, 203.0.113.11', null],
    ['unknown', null],
    ['', null],
    ['0.0.0.0', null],
    ['::ffff:203.0.113.10', null],
  ] as const;

  it.each(forms)('%j becomes %j', (text, address) => {
    expect(normaliseAddress(text)).toBe(address);
  });
});

// Helpers

const prefixes: fc.Arbitrary<Prefix> = fc
  .oneof(
    fc.record({
      family: fc.constant<4>(4),
      bytes: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
      length: fc.integer({ min: 1, max: 32 }),
    }),
    fc.record({
      family: fc.constant<6>(6),
      bytes: fc.array(fc.nat(255), { minLength: 16, maxLength: 16 }),
      length: fc.integer({ min: 1, max: 128 }),
    }),
  )
  .map((prefix) => cutTo(prefix, prefix.length));

/** The prefix of that length which a prefix lies in. */
function cutTo({ family, bytes }: Prefix, length: number): Prefix {
  const bits = bitsOf({ family, bytes, length });
  const cut = bits.slice(0, length).padEnd(bits.length, '0');
  const octets = cut.match(/.{8}/g) ?? [];
  return { family, bytes: octets.map((octet) => Number.parseInt(octet, 2)), length };
}

function bitsOf({ bytes }: Prefix): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function spelt(text: string): string {
  const prefix = parsePrefix(text);
  return typeof prefix === 'string' ? prefix : formatPrefix(prefix);
}
