import fc from 'fast-check';
import {
  canonicalAddress,
  covers,
  isPrivate,
  overlaps,
  parseAddressRange,
} from '../../../../shared/domain/nsg/address';
import { ruleNamed, sameRule } from '../../../../shared/domain/nsg/sameRule';
import { foreignRule } from '../../../support/grants';

const parse = (text: string) => {
  const range = parseAddressRange(text);
  if (range === null) throw new Error(text);
  return range;
};

describe('addresses', () => {
  it.each([
    '',
    '*',
    'Internet',
    '010.0.0.1',
    '0x7f.1',
    '2130706433',
    '127.1',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/024',
    '1.2.3.4/',
    '1.2.3.4:443',
    '[::1]',
    '::1/129',
    'fe80::1%eth0',
    '1.2.3.4,5.6.7.8',
    ' 1.2.3.4',
    '１.2.3.4',
  ])('%j is none', (text) => {
    expect(parseAddressRange(text)).toBeNull();
  });

  it('ignores host bits, and knows one address in its spellings', () => {
    expect(parse('10.0.0.77/24')).toEqual(parse('10.0.0.0/24'));
    expect(canonicalAddress('10.0.0.4/32')).toBe(canonicalAddress('10.0.0.4'));
    expect(canonicalAddress('2001:DB8:0::1')).toBe(canonicalAddress('2001:db8::1/128'));
    expect(canonicalAddress('Internet')).toBe('internet');
  });

  it('never mixes the families', () => {
    expect(overlaps(parse('0.0.0.0/0'), parse('::/0'))).toBe(false);
    expect(covers(parse('::/0'), parse('::ffff:1.2.3.4'))).toBe(true);
  });

  it('tells private from public', () => {
    expect(
      ['10.0.0.4', '172.31.0.1', '192.168.1.0/24', 'fd00::1'].map((one) => isPrivate(parse(one))),
    ).toEqual([true, true, true, true]);
    expect(
      ['172.32.0.1', '203.0.113.1', '2001:db8::1', '10.0.0.0/7'].map((one) =>
        isPrivate(parse(one)),
      ),
    ).toEqual([false, false, false, false]);
  });

  it('a prefix covers exactly the prefixes that are longer and begin alike', () => {
    const ip = fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 32 }), fc.nat({ max: 32 }));
    fc.assert(
      fc.property(ip, ([number, a, b]) => {
        const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
        const [short, long] = [Math.min(a, b), Math.max(a, b)];
        const outer = parse(`${bytes}/${short}`);
        const inner = parse(`${bytes}/${long}`);
        expect(covers(outer, inner) && overlaps(inner, outer)).toBe(true);
        expect(covers(inner, outer)).toBe(short === long);
      }),
    );
  });
});

describe('two rules', () => {
  const rule = foreignRule({ sources: ['203.0.113.10/32', '198.51.100.0/24'] });

  it.each([
    { name: 'SOMEBODY' },
    { protocol: 'tcp' },
    { sources: ['198.51.100.0/24', '203.0.113.10'] },
    { sources: ['198.51.100.0/24', '203.0.113.10', '203.0.113.10/32'] },
  ])('mean the same: %j', (changes) => {
    expect(sameRule(rule, { ...rule, ...changes })).toBe(true);
  });

  it.each([
    { priority: 301 },
    { access: 'Deny' as const },
    { direction: 'Outbound' as const },
    { protocol: '*' },
    { sources: ['203.0.113.10/32'] },
    { sources: [...rule.sources, '*'] },
    { sourcePorts: ['1024'] },
    { destinations: ['10.0.0.4'] },
    { destinationPorts: ['*'] },
    { destinationAsgIds: ['/asg'] },
    { sourceAsgIds: ['/asg'] },
    { description: 'x' },
  ])('differ: %j', (changes) => {
    expect(sameRule(rule, { ...rule, ...changes })).toBe(false);
  });

  it.each(['name', 'sourceAsgIds', 'destinationAsgIds'] as const)(
    'differ in more than case: ß in its %s is no ss',
    (field) => {
      const spelled = (text: string) => ({
        ...rule,
        [field]: field === 'name' ? text : [`/subscriptions/s/resourceGroups/${text}`],
      });
      expect(sameRule(spelled('Straße'), spelled('straße'))).toBe(true);
      expect(sameRule(spelled('straße'), spelled('strasse'))).toBe(false);
    },
  );

  it('are found by name without case', () => {
    expect(ruleNamed([rule], 'SomeBody')).toBe(rule);
    expect(ruleNamed([rule], 'somebody2')).toBeUndefined();
  });
});
