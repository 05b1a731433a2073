import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { hashId } from '../../../shared/domain/identity';
import { policyJsonSchema } from '../../../shared/policy/fileSchema';
import { formatDuration, readDuration } from '../../../shared/domain/readDuration';
import { readPolicy } from '../../../shared/policy/readPolicy';
import type { Policy } from '../../../shared/domain/policy/policy';

const root = join(__dirname, '..', '..', '..');
const sample = readFileSync(join(root, 'policy.yaml'), 'utf8');
const smallest = `
version: 1
allow:
  - name: operators
    roles: [virtual machine user login]
    scopes: [/subscriptions/11111111-1111-4111-8111-111111111111]
    ports: [winrm, ssh, udp/3478]
    sources: { ranges: [{ name: office, prefixes: [203.0.113.7] }] }
`;

describe('the sample policy', () => {
  it('is sound, and its examples come out as they say', () => {
    expect(readPolicy(sample)).toMatchObject({ policy: { allow: [{ name: 'operators' }] } });
  });

  it('has times short enough for a demonstration', () => {
    expect(policyOf(sample).limits).toEqual({
      guardMs: 40_000,
      leadMs: 10_000,
      settleMs: 10_000,
      shortestMs: 10_000,
    });
  });

  it('tells editors its schema in the first line', () => {
    expect(sample.split('\n')[0]).toBe('# yaml-language-server: $schema=./policy.schema.json');
  });
});

describe('a policy file', () => {
  it('needs little: what it leaves out has the documented defaults', () => {
    expect(policyOf(smallest)).toEqual({
      version: expect.stringMatching(/^[a-z2-7]{20}$/),
      limits: { guardMs: 180_000, leadMs: 120_000, settleMs: 120_000, shortestMs: 60_000 },
      longestMs: 3 * 3_600_000,
      band: { from: 200, to: 899 },
      optInTag: { name: 'postern', value: 'enabled' },
      caps: { vmsPerActivation: 10, windowsPerPerson: 3, windows: 100 },
      minimumPrefix: { ipv4: 32, ipv6: 128 },
      locks: 'refuse',
      overseers: {
        administratorRoles: ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635'],
        auditorGroups: [],
      },
      operators: { groups: [], people: [] },
      allow: [
        {
          name: 'operators',
          roles: ['fb879df8-f326-4884-b1cf-06f3ad86be52'],
          scopes: ['/subscriptions/11111111-1111-4111-8111-111111111111'],
          persons: [],
          portSets: [
            { protocol: 'Tcp', ports: ['22', '5985-5986'] },
            { protocol: 'Udp', ports: ['3478'] },
          ],
          longestMs: null,
          approval: null,
          sources: {
            ranges: [{ name: 'office', prefixes: ['203.0.113.7/32'] }],
            fromActivation: null,
          },
        },
      ],
      claims: [],
      deny: [],
    });
  });

  it('names operators of the remediation by object ids, and has its old version without them', () => {
    const group = 'AAAAAAAA-0000-4000-8000-000000000001';
    const lines = `remediation: { operators: { groups: [${group}, ${group}] } }`;
    const named = policyOf(`${smallest}\n${lines}\n`);
    expect(named.operators).toEqual({ groups: [group.toLowerCase()], people: [] });
    const { version, operators: _none, ...meaning } = policyOf(smallest);
    expect(version).toBe(hashId(JSON.stringify(meaning)));
    expect(named.version).not.toBe(version);
  });

  const roles = [
    '1C0163C0-47E6-4577-8991-EA5C82E286E4',
    '/providers/Microsoft.Authorization/roleDefinitions/1c0163c0-47e6-4577-8991-ea5c82e286e4',
    '/subscriptions/11111111-1111-4111-8111-111111111111/providers/Microsoft.Authorization/roleDefinitions/1c0163c0-47e6-4577-8991-ea5c82e286e4',
  ];

  it.each(roles)('may name a role by id: %s', (role) => {
    const policy = policyOf(smallest.replace('virtual machine user login', role));
    expect(policy.allow[0]?.roles).toEqual(['1c0163c0-47e6-4577-8991-ea5c82e286e4']);
  });

  it('may be opened to every VM, but only in so many words', () => {
    expect(policyOf(`${smallest}optIn: everyVm\n`).optInTag).toBeNull();
    expect(readPolicy(`${smallest}optIn:\n`)).toHaveProperty('faults');
  });

  it('may hold private ranges where they are written out', () => {
    expect(policyOf(smallest.replace('203.0.113.7', '10.1.2.3/32')).allow).toHaveLength(1);
  });

  it('has a version that changes with its meaning and with nothing else', () => {
    const { version } = policyOf(smallest);
    const same = [
      smallest.replace('[winrm, ssh, udp/3478]', '[udp/3478, 22, 5985-5986]'),
      smallest.replace('virtual machine user login', 'Virtual Machine User Login'),
      `# a comment\n${smallest}`,
      `${smallest}times: { longest: PT3H }\nlocks: refuse\n`,
    ];
    for (const text of same) expect(policyOf(text).version).toBe(version);
    const other = [
      smallest.replace('203.0.113.7', '203.0.113.8'),
      smallest.replace('name: operators', 'name: other'),
      `${smallest}locks: accept\n`,
      `${smallest}times: { guard: 181s }\n`,
    ];
    for (const text of other) expect(policyOf(text).version).not.toBe(version);
  });

  it('never throws, whatever is in it', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.tuple(fc.nat(smallest.length), fc.string()).map(([at, noise]) => {
        return smallest.slice(0, at) + noise + smallest.slice(at + noise.length);
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const reading = readPolicy(text);
        if ('policy' in reading) return;
        expect(reading.faults.length).toBeGreaterThan(0);
        for (const { line, column } of reading.faults) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('policy.schema.json', () => {
  const text = readFileSync(join(root, 'policy.schema.json'), 'utf8');

  it('is what `npm run policy -- schema` prints', () => {
    expect(JSON.parse(text)).toEqual(policyJsonSchema());
  });

  it('accepts the sample, and refuses a key that nobody knows', () => {
    const validate = new Ajv({ strict: false }).compile(policyJsonSchema());
    const file = parse(sample) as object;
    expect(validate(file)).toBe(true);
    expect(validate({ ...file, windows: 1 })).toBe(false);
  });
});

describe('a duration', () => {
  const sound = [
    ['3h', 10_800_000],
    ['45m', 2_700_000],
    ['90s', 90_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['PT3H', 10_800_000],
    ['P1D', 86_400_000],
    ['P1DT2H', 93_600_000],
    ['PT1H30M', 5_400_000],
  ] as const;

  it.each(sound)('%s', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  const nonsense = [
    ['', 'P', 'PT', 'T1H', '3', '3 h', 'h', '0h', 'PT0S', '-PT1H', '+1h', 'PT1H30,5M', 'PT1.5H'],
    ['P1Y', 'P1M', 'P1W', 'P1H', 'PT1D', '1H', '3hours', '30m1h', 'PT1M1H', '1e3s', '３h', '1h\n'],
    ['99999999999h', 'Infinity', 'NaN', 'PT', 'P1DT', '0x3h', '03h', 'pt3h'],
  ].flat();

  it.each(nonsense)('is not %j', (text) => {
    expect(readDuration(text)).toBeNull();
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400 }), (seconds) => {
        expect(readDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });
});

function policyOf(text: string): Policy {
  const reading = readPolicy(text);
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.policy;
}
