import fc from 'fast-check';
import type { Grant } from '../../../../shared/domain/grant';
import { parseMarker, markerText } from '../../../../shared/domain/marker';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { PlanReadings } from '../../../../shared/domain/window/planReadings';
import { plansMax, replanPlacement } from '../../../../shared/domain/window/replan';
import { createTime, facts } from '../../../support/fakeNetwork';
import { nicFacts, nsgReading, readingsOf } from '../../../support/planReadings';
import {
  foreignRule,
  grantOf,
  nicIdOf,
  nsgId,
  nsgNic,
  nsgSubnet,
  rowOf,
  signer,
  subnetIdOf,
  targetOf,
  verifier,
  vmIdOf,
} from '../../../support/grants';

const time = createTime();
const nic = nicIdOf('nic-vm-1').toLowerCase();

function plan(readings: PlanReadings, changes: Partial<Grant> = {}) {
  return planWindow(rowOf(time, grantOf(time, changes)), 'abc123', signer, readings);
}

/** What a refusal names, besides its code. */
const details: Readonly<Record<string, string>> = {
  addressFamily: '2001:db8::1/128',
  addressAmbiguous: '10.0.0.4',
  bandFull: 'between 200 and 899',
  bastionSubnet: 'AzureBastionSubnet',
  locked: '/locks/keep',
  noNic: 'no network interface with a private address',
  noNsg: 'No NSG stands',
  readDenied: 'Test-denied',
  ruleCountLimit: 'holds 1000 rules',
  shadowed: 'Rule somebody',
  tooManySlots: nsgNic.slice(nsgNic.lastIndexOf('/') + 1),
  vanished: 'is gone',
};

const codes = (readings: PlanReadings, changes: Partial<Grant> = {}) => {
  const { placements, refusals } = plan(readings, changes);
  return { rules: placements.length, codes: refusals.map(({ code }) => code) };
};

describe('a plan', () => {
  it('puts one rule into each NSG of the path, signed for that NSG', () => {
    const { placements, refusals } = plan(readingsOf([nsgNic, nsgSubnet]));
    expect(refusals).toEqual([]);
    expect(placements.map(({ nsgId: id }) => id)).toEqual([nsgNic, nsgSubnet]);
    for (const { nsgId: id, rule } of placements) {
      const marker = parseMarker(rule.description);
      if (marker === null) throw new Error('no marker');
      const text = markerText({ deployment: 'abc123', nsgId: id, ruleName: rule.name, ...marker });
      expect(verifier.verify(text, marker.signature, marker.keyVersion)).toBe(true);
    }
  });

  it('puts all VMs of one NSG into one rule', () => {
    const targets = ['vm-1', 'vm-2', 'vm-3'].map(targetOf);
    const nics = new Map(
      ['vm-1', 'vm-2', 'vm-3'].map((name, n) => [
        nicIdOf(`nic-${name}`).toLowerCase(),
        { kind: 'ok' as const, value: nicFacts(name, '', [`10.0.0.${4 + n}`]) },
      ]),
    );
    const { placements } = plan(readingsOf(['', nsgSubnet], [], { nics }), { targets });
    expect(placements).toHaveLength(1);
    expect(placements[0]?.rule.destinations).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6']);
    expect(placements[0]?.targets).toHaveLength(3);
  });

  it('gives each port set and address family a slot of its own', () => {
    const nics = new Map([
      [nic, { kind: 'ok' as const, value: nicFacts('vm-1', nsgNic, ['10.0.0.4', 'fd00::4']) }],
    ]);
    const { placements } = plan(readingsOf([nsgNic], [], { nics }), {
      source: { prefixes: ['203.0.113.10/32', '2001:db8::1/128'], wonBy: '' },
    });
    expect(
      placements.map(({ slot, rule }) => [slot, rule.priority, rule.sources, rule.destinations]),
    ).toEqual([
      [0, 200, ['203.0.113.10/32'], ['10.0.0.4']],
      [1, 201, ['2001:db8::1/128'], ['fd00::4']],
    ]);
  });

  it('says when the NSG admits the same traffic anyway', () => {
    const open = foreignRule({ sources: ['*'], destinationPorts: ['*'], priority: 1_000 });
    expect(plan(readingsOf([nsgNic], [open])).placements[0]?.admittedAnyway).toBe(true);
    expect(plan(readingsOf([nsgNic])).placements[0]?.admittedAnyway).toBe(false);
  });

  const full = Array.from({ length: 700 }, (_, n) =>
    foreignRule({ name: `f${n}`, priority: 200 + n }),
  );
  const thousand = Array.from({ length: 1_000 }, (_, n) =>
    foreignRule({ name: `f${n}`, priority: 1_001 + n }),
  );
  const lock = { id: '/locks/keep', level: 'CanNotDelete' };
  const neighbour = {
    vmId: vmIdOf('vm-9'),
    nicId: nicIdOf('nic-vm-9'),
    nicNsgId: '',
    subnetNsgId: nsgNic,
  };
  const doubtful = (privateIp: string): Partial<PlanReadings> => ({
    nsgs: new Map([
      [
        nsgNic.toLowerCase(),
        { kind: 'ok', value: nsgReading(nsgNic, { subnetIds: [subnetIdOf('s', 'vnet-2')] }) },
      ],
    ]),
    neighbours: new Map([
      [nsgNic.toLowerCase(), { kind: 'ok', value: [{ ...neighbour, privateIp }] }],
    ]),
  });
  const bastion = nsgReading(nsgNic, { subnetIds: [subnetIdOf('AzureBastionSubnet')] });

  it.each<[string, PlanReadings, Partial<Grant>, string]>([
    [
      'no interface',
      readingsOf([nsgNic]),
      { targets: [{ ...targetOf('vm-1'), nicIds: [] }] },
      'noNic',
    ],
    ['an interface that is gone', readingsOf([nsgNic], [], { nics: new Map() }), {}, 'vanished'],
    [
      'an interface that moved',
      readingsOf([nsgNic], [], {
        nics: new Map([[nic, { kind: 'ok', value: nicFacts('vm-2', nsgNic) }]]),
      }),
      {},
      'vanished',
    ],
    [
      'no address',
      readingsOf([nsgNic], [], {
        nics: new Map([[nic, { kind: 'ok', value: nicFacts('vm-1', nsgNic, ['']) }]]),
      }),
      {},
      'noNic',
    ],
    ['no NSG', readingsOf(['', '']), {}, 'noNsg'],
    ['an NSG that is gone', readingsOf([nsgNic], [], { nsgs: new Map() }), {}, 'vanished'],
    [
      'an NSG nobody may read',
      readingsOf([nsgNic], [], {
        nsgs: new Map([[nsgNic.toLowerCase(), { kind: 'fault', fault: facts('denied') }]]),
      }),
      {},
      'readDenied',
    ],
    ['a full band', readingsOf([nsgNic], full), {}, 'bandFull'],
    ['a thousand rules', readingsOf([nsgNic], thousand), {}, 'ruleCountLimit'],
    [
      'a foreign deny above',
      readingsOf(
        [nsgNic],
        [foreignRule({ priority: 150, access: 'Deny', sources: ['*'], destinationPorts: ['*'] })],
      ),
      {},
      'shadowed',
    ],
    [
      'a lock',
      readingsOf([nsgNic], [], {
        locks: new Map([[nsgNic.toLowerCase(), { kind: 'ok', value: [lock] }]]),
      }),
      {},
      'locked',
    ],
    [
      'an IPv6 source',
      readingsOf([nsgNic]),
      { source: { prefixes: ['2001:db8::1/128'], wonBy: '' } },
      'addressFamily',
    ],
    [
      'the NSG of a Bastion subnet',
      readingsOf([nsgNic], [], {
        nsgs: new Map([[nsgNic.toLowerCase(), { kind: 'ok', value: bastion }]]),
      }),
      {},
      'bastionSubnet',
    ],
    [
      'an address that two machines have',
      readingsOf([nsgNic], [], doubtful('10.0.0.4')),
      {},
      'addressAmbiguous',
    ],
    [
      'too many slots',
      readingsOf([nsgNic]),
      {
        portSets: ['22', '80', '443', '3389'].map((port) => ({
          protocol: 'Tcp' as const,
          ports: [port],
        })),
      },
      'tooManySlots',
    ],
  ])('refuses a VM by name: %s', (_, readings, changes, code) => {
    expect(codes(readings, changes)).toEqual({ rules: 0, codes: [code] });
    const [refusal] = plan(readings, changes).refusals;
    expect(details[code]).toBeDefined();
    expect(refusal?.rule).toContain(details[code]);
  });

  it.each([
    [999, 'one rule more', []],
    [1_000, 'none', ['ruleCountLimit']],
  ])('with %d rules an NSG takes %s', (count, _, refused) => {
    const many = thousand.slice(0, count);
    expect(codes(readingsOf([nsgNic], many)).codes).toEqual(refused);
  });

  it('asks for the address family of each VM as a whole, on any of its interfaces', () => {
    const target = { ...targetOf('vm-1'), nicIds: [nicIdOf('nic-vm-1'), nicIdOf('nic-vm-1b')] };
    const nics: PlanReadings['nics'] = new Map([
      [nic, { kind: 'ok', value: nicFacts('vm-1', nsgNic, ['10.0.0.4', 'fd00::4']) }],
      [
        nicIdOf('nic-vm-1b').toLowerCase(),
        { kind: 'ok', value: nicFacts('vm-1', nsgNic, ['fd00::5']) },
      ],
    ]);
    const { placements, refusals } = plan(readingsOf([nsgNic], [], { nics }), {
      targets: [target],
    });
    expect(refusals).toEqual([]);
    expect(placements.map(({ rule }) => rule.destinations)).toEqual([['10.0.0.4']]);
    expect(placements[0]?.targets.map(({ addresses }) => addresses)).toEqual([['10.0.0.4']]);
    expect(placements[0]?.alarms).toEqual([]);
  });

  it('writes destinations in one order, whatever order the interfaces have', () => {
    const nics: PlanReadings['nics'] = new Map([
      [nic, { kind: 'ok', value: nicFacts('vm-1', nsgNic, ['10.0.0.9', '10.0.0.4']) }],
    ]);
    const { placements } = plan(readingsOf([nsgNic], [], { nics }));
    expect(placements[0]?.rule.destinations).toEqual(['10.0.0.4', '10.0.0.9']);
  });

  it('goes on where policy accepts locks, and where the doubt is unfounded', () => {
    const locks: PlanReadings['locks'] = new Map([
      [nsgNic.toLowerCase(), { kind: 'ok', value: [lock] }],
    ]);
    expect(codes(readingsOf([nsgNic], [], { locks }), { locks: 'accept' })).toEqual({
      rules: 1,
      codes: [],
    });
    expect(codes(readingsOf([nsgNic], [], doubtful('10.0.0.9')))).toEqual({ rules: 1, codes: [] });
  });

  it('refuses a VM whole when one NSG of its path cannot be opened, and opens the others', () => {
    const targets = ['vm-1', 'vm-2'].map(targetOf);
    const nics: PlanReadings['nics'] = new Map([
      [nic, { kind: 'ok', value: nicFacts('vm-1', nsgNic) }],
      [
        nicIdOf('nic-vm-2').toLowerCase(),
        { kind: 'ok', value: nicFacts('vm-2', '', ['10.0.0.5']) },
      ],
    ]);
    const nsgs: PlanReadings['nsgs'] = new Map([
      [nsgNic.toLowerCase(), { kind: 'ok', value: nsgReading(nsgNic, { rules: full }) }],
      [nsgSubnet.toLowerCase(), { kind: 'ok', value: nsgReading(nsgSubnet) }],
    ]);
    const { placements, refusals } = plan(readingsOf([nsgNic, nsgSubnet], [], { nics, nsgs }), {
      targets,
    });
    expect(refusals).toMatchObject([{ vmId: vmIdOf('vm-1'), code: 'bandFull' }]);
    expect(placements.map(({ rule }) => rule.destinations)).toEqual([['10.0.0.5']]);
  });

  it.each([40, 41])('refuses more than forty rules: %d', (count) => {
    const names = Array.from({ length: count }, (_, n) => `vm-${n}`);
    const nics: PlanReadings['nics'] = new Map(
      names.map((name, n) => [
        nicIdOf(`nic-${name}`).toLowerCase(),
        { kind: 'ok', value: nicFacts(name, nsgId(`nsg-${n}`), [`10.0.0.${n + 4}`]) },
      ]),
    );
    const nsgs: PlanReadings['nsgs'] = new Map(
      names.map((_, n) => [
        nsgId(`nsg-${n}`).toLowerCase(),
        { kind: 'ok', value: nsgReading(nsgId(`nsg-${n}`)) },
      ]),
    );
    const readings = readingsOf([nsgNic], [], { nics, nsgs });
    const { placements, refusals } = plan(readings, { targets: names.map(targetOf) });
    if (count === 40) {
      expect(refusals).toEqual([]);
      expect(placements).toHaveLength(40);
      return;
    }
    expect(placements).toEqual([]);
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['tooManyPlacements']));
    expect(refusals[0]?.rule).toContain('41 security rules; one window may have 40');
    expect(refusals).toHaveLength(41);
  });
});

describe('a placement whose priority was taken', () => {
  it('is planned five times, no more', () => {
    const [placement] = plan(readingsOf([nsgNic])).placements;
    if (placement === undefined) throw new Error('nothing planned');
    const band = { from: 200, to: 899 };
    const taken = [foreignRule({ name: 'taker', priority: 200 })];
    const again = replanPlacement(placement, band, taken, plansMax - 1);
    expect(again?.rule.priority).not.toBe(200);
    expect(again?.rule.description).toBe(placement.rule.description);
    expect(replanPlacement(placement, band, taken, plansMax)).toBeNull();
  });
});

describe('every rule that is ever planned', () => {
  it('is an inbound allow with sources, addresses, ports, priority and lengths as promised', () => {
    const octet = fc.integer({ min: 1, max: 254 });
    const sources = fc.uniqueArray(
      octet.map((n) => `203.0.113.${n}/32`),
      { minLength: 1, maxLength: 5 },
    );
    const ports = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }).map(String), {
      minLength: 1,
      maxLength: 4,
    });
    const addresses = fc.uniqueArray(
      octet.map((n) => `10.0.0.${n}`),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(sources, ports, addresses, (prefixes, someports, own) => {
        const nics: PlanReadings['nics'] = new Map([
          [nic, { kind: 'ok', value: nicFacts('vm-1', nsgNic, own) }],
        ]);
        const { placements } = plan(readingsOf([nsgNic, nsgSubnet], [], { nics }), {
          source: { prefixes, wonBy: '' },
          portSets: [{ protocol: 'Tcp', ports: someports }],
        });
        expect(placements).toHaveLength(2);
        for (const { rule } of placements) {
          expect(rule).toMatchObject({
            access: 'Allow',
            direction: 'Inbound',
            protocol: 'Tcp',
            sourcePorts: ['*'],
            sourceAsgIds: [],
            destinationAsgIds: [],
          });
          expect(rule.sources).toEqual(prefixes);
          expect(rule.destinationPorts).toEqual(someports);
          expect([...rule.destinations].sort()).toEqual([...own].sort());
          expect(rule.priority).toBeGreaterThanOrEqual(200);
          expect(rule.priority).toBeLessThanOrEqual(899);
          expect(rule.description.length).toBeLessThanOrEqual(140);
          expect(rule.name.length).toBeLessThanOrEqual(80);
        }
      }),
      { numRuns: 40 },
    );
  });
});
