import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import { windowIdOf } from '../../../shared/domain/identity';
import { apiOf, type Answer, type Call } from '../../support/callApi';
import { personOf } from '../../support/callers';
import { placementOf } from '../../support/placements';
import {
  ada,
  assignmentId,
  createIntakeWorld,
  faultOf,
  group,
  instanceOf,
  policyOf,
  subscription,
  vmRow,
} from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { live, nothing, openingOf, vpn, windows } from '../../support/intakeStories';

const body = { vms: ['vm-1'], duration: '1h', reason: 'Disk is full' };
const from = (address: string) => ({ 'x-forwarded-for': address });
const home = '203.0.113.10:51234';

/** Ada has activated her role; nobody has told of it. */
function worldOf(changes: Parameters<typeof policyOf>[0] = {}): IntakeWorld {
  const world = createIntakeWorld(policyOf(changes));
  world.activate();
  return world;
}

function ask(world: IntakeWorld, call: Call = {}, key = 'pager-4711'): Promise<Answer> {
  const headers = { 'idempotency-key': key, ...from(home), ...call.headers };
  return apiOf(world, world.starter).call('requestWindow', { body, ...call, headers });
}

describe('POST /api/windows', () => {
  it('opens on the caller’s own active role, from where the call came', async () => {
    const world = worldOf();
    const { status, headers, body: view } = await ask(world);
    expect(status).toBe(202);
    const id = windowIdOf({ kind: 'request', callerId: ada, key: 'pager-4711' });
    expect(headers).toMatchObject({ location: `/api/windows/${id}`, 'retry-after': '2' });
    expect(view).toMatchObject({
      id,
      phase: 'planned',
      reason: 'Disk is full',
      policyRule: 'operators',
      source: { prefixes: ['203.0.113.10/32'], wonBy: 'address of the call' },
      ports: ['tcp/22', 'tcp/3389'],
      vms: [{ name: 'vm-1' }],
      until: new Date(world.at + 3_600_000).toISOString(),
    });
    expect(await live(world)).toMatchObject([{ id, kind: 'window', personId: ada }]);
    expect(world.starts).toEqual([
      { name: 'accessWindow', instanceId: id, input: { id, successor: 0 } },
    ]);
  });

  it('ends with the activation where that is sooner than what was asked for', async () => {
    const world = worldOf();
    const endAt = world.at + 20 * 60_000;
    world.activate({ endAt });
    const { body: view } = await ask(world);
    expect(view).toMatchObject({ until: new Date(endAt).toISOString() });
  });

  it('takes a machine by its id, without case', async () => {
    const world = worldOf();
    const call = { body: { ...body, vms: [vmRow('vm-1').vmId.toUpperCase()] } };
    expect((await ask(world, call)).status).toBe(202);
  });

  it('is asked for by id where a subscription holds more machines than are read', async () => {
    const world = worldOf();
    const far = vmRow('vm-9999');
    world.vms = [...Array.from({ length: 4_000 }, (_none, at) => vmRow(`vm-${at}`)), far];
    const byId = await ask(world, { body: { ...body, vms: [far.vmId] } });
    expect([byId.status, byId.body['vms']]).toEqual([
      202,
      [expect.objectContaining({ name: 'vm-9999' })],
    ]);
    const elsewhere = { ...far, vmId: far.vmId.replace('rg-app', 'rg-other') };
    world.vms.push(elsewhere);
    const other = await ask(world, { body: { ...body, vms: [elsewhere.vmId] } }, 'other');
    expect(other.body['code']).toBe('vmNotCovered');
  });

  it('narrows ports and source on request', async () => {
    const allow = [{ ...policyOf().allow[0], sources: vpnRange }] as never;
    const world = worldOf({ allow });
    const asked = { ...body, ports: ['ssh'], source: '198.51.100.20/32' };
    const { body: view } = await ask(world, { body: asked });
    expect(view).toMatchObject({
      ports: ['tcp/22'],
      source: { prefixes: ['198.51.100.20/32'], wonBy: expect.stringContaining('narrowed') },
    });
  });

  it('lets in whom policy’s ranges name where the call came from elsewhere', async () => {
    const world = worldOf({ allow: [{ ...policyOf().allow[0], sources: vpn }] as never });
    const { body: view } = await ask(world, { headers: from('192.0.2.99:1') });
    expect(view).toMatchObject({ source: { prefixes: ['198.51.100.7/32'] } });
  });

  it('waits as long as is preferred, and answers 201 when it is proved open', async () => {
    const world = worldOf();
    const { wait } = world.clock;
    Object.assign(world.clock, {
      wait: async (ms: number) => {
        await wait(ms);
        const [stored] = await world.ledger.windows.list();
        if (stored === undefined || world.at < begun + 5_000) return;
        const row = { ...stored.row, plans: 1, until: stored.row.wantedUntil };
        await world.ledger.windows.replace({ ...row, placements: [placementOf()] }, stored.etag);
      },
    });
    const begun = world.at;
    const short = await ask(world, { headers: { prefer: 'wait=3' } });
    expect([short.status, world.at - begun]).toEqual([202, 3_000]);
    const long = await ask(world, { headers: { prefer: 'wait=30' } });
    expect(long.status).toBe(201);
    expect(world.at - begun).toBeLessThanOrEqual(6_000);
  });
});

const vpnRange = {
  ranges: [{ name: 'vpn', prefixes: ['198.51.100.0/24'] }],
  fromActivation: null,
};

describe('a request that comes again', () => {
  it('is the same window, however often and even at once', async () => {
    const world = worldOf();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(world)));
    answers.push(await ask(world));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    expect(await windows(world)).toHaveLength(1);
    expect(await live(world)).toHaveLength(1);
  });

  it('is no window of anybody else’s, under the same key', async () => {
    const world = worldOf();
    const olga = personOf('olga').objectId;
    const name = '77777777-0000-4000-8000-000000000001';
    const theirs = { principalId: olga, originRoleAssignmentId: assignmentId(name) };
    world.instances.push(instanceOf(theirs));
    const [one, other] = [await ask(world), await ask(world, { as: 'olga' })];
    expect([one.status, other.status]).toEqual([202, 202]);
    expect(one.body['id']).not.toBe(other.body['id']);
  });

  it('with another body is refused, and changes nothing', async () => {
    const world = worldOf();
    const first = await ask(world);
    const other = await ask(world, { body: { ...body, duration: '2h' } });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotencyKeyReused' } });
    expect((await ask(world)).body).toEqual(first.body);
  });

  it('may be written in another way', async () => {
    const world = worldOf();
    await ask(world);
    const again = ' { "reason" : "Disk is full", "duration":"PT1H", "vms":["vm-1"] } ';
    expect((await ask(world, { body: again })).status).toBe(202);
  });

  it('opens nothing again once it is over', async () => {
    const world = worldOf();
    await ask(world);
    const [stored] = await world.ledger.windows.list();
    if (stored === undefined) throw new Error('There is no window.');
    const closed = { wish: 'closed', closeReason: 'asked', concludedAt: world.at } as const;
    await world.ledger.windows.replace({ ...stored.row, ...closed, plans: 1 }, stored.etag);
    const starts = world.starts.length;
    expect(await ask(world)).toMatchObject({ status: 200, body: { phase: 'closed' } });
    expect(world.starts).toHaveLength(starts);
  });

  it('is granted after a refusal, once its reason is gone, under the same key', async () => {
    const world = worldOf();
    world.deactivate();
    expect(await ask(world)).toMatchObject({ status: 403, body: { code: 'noActiveRole' } });
    world.activate();
    expect((await ask(world)).status).toBe(202);
  });
});

type Refused = readonly [
  code: string,
  status: number,
  prepare: (world: IntakeWorld) => void,
  call?: Call,
];

const other = '77777777-0000-4000-8000-000000000002';
const refused: readonly Refused[] = [
  ['noActiveRole', 403, (world) => world.deactivate()],
  ['noActiveRole', 403, () => undefined, { as: 'mallory' }],
  ['noActiveRole', 403, (world) => world.activate({ endAt: world.at })],
  ['noActiveRole', 403, (world) => world.activate({ startAt: world.at + 1_000 })],
  ['noActiveRole', 403, (world) => world.activate({ endAt: null })],
  [
    'noActiveRole',
    403,
    (world) => (world.instances = [instanceOf({ assignmentType: 'Assigned' })]),
  ],
  [
    'scopeNotAllowed',
    403,
    (world) => (world.instances = [instanceOf({ scope: `${subscription}/resourceGroups/rg-x` })]),
  ],
  [
    'personNotAllowed',
    403,
    (world) => {
      const allow = policyOf().allow.map((rule) => ({ ...rule, persons: [other] }));
      world.opening = openingOf(policyOf({ allow }));
    },
  ],
  ['vmNotCovered', 403, () => undefined, { body: { ...body, vms: ['vm-2'] } }],
  ['vmNotCovered', 403, () => undefined, { body: { ...body, vms: ['vm-1', 'vm-2'] } }],
  [
    'vmAmbiguous',
    422,
    (world) =>
      world.vms.push({ ...vmRow('vm-1'), vmId: `${group}-2/providers/Microsoft.Compute/x/vm-1` }),
  ],
  ['vmNotOptedIn', 403, (world) => (world.vms = [{ ...vmRow('vm-1'), tags: {} }])],
  ['portNotAllowed', 403, () => undefined, { body: { ...body, ports: [5985] } }],
  ['portNotAllowed', 403, () => undefined, { body: { ...body, ports: ['udp/22'] } }],
  ['sourceNotAllowed', 403, () => undefined, { body: { ...body, source: '203.0.113.11/32' } }],
  ['sourceNotAllowed', 403, () => undefined, { body: { ...body, source: '203.0.113.0/24' } }],
  ['addressNotInRange', 403, () => undefined, { headers: from('192.0.2.1:443') }],
  ['noAddress', 422, () => undefined, { headers: from('') }],
  ['tooShort', 422, () => undefined, { body: { ...body, duration: '40s' } }],
  [
    'windowsPerPerson',
    429,
    (world) => {
      const caps = { ...policyOf().caps, windowsPerPerson: 0 };
      world.opening = openingOf(policyOf({ caps }));
    },
  ],
  ['openingsDisabled', 503, (world) => (world.opening = { faults: ['Policy, line 3'] })],
  [
    'clocksDisagree',
    503,
    (world) =>
      Object.assign(world.clock, { skew: () => ({ skewMs: 61_000, measuredAt: world.at }) }),
  ],
  [
    'requestsReserved',
    503,
    (world) => Object.assign(world, { budget: { ...world.budget, queryPauseMs: () => 5_000 } }),
  ],
  ['unavailable', 503, (world) => world.faults.push(faultOf('throttled', 7_000))],
];

describe('a request that is refused', () => {
  const table = refused.map(([code, status, prepare, call = {}]) => {
    return { code, status, prepare, call };
  });

  it.each(table)('$code ($status): nothing is opened, and it says why', async (row) => {
    const { code, status, prepare, call } = row;
    const world = worldOf();
    prepare(world);
    const answer = await ask(world, call);
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
    });
    expect(String(answer.body['title']).length).toBeGreaterThan(10);
    expect(String(answer.body['detail']).length).toBeGreaterThan(10);
    expect(await nothing(world)).toBe(true);
    expect(await live(world)).toEqual([]);
  });

  it('names each machine that was refused', async () => {
    const world = worldOf();
    world.vms = [vmRow('vm-1'), { ...vmRow('vm-2'), tags: {} }];
    const answer = await ask(world, { body: { ...body, vms: ['vm-1', 'vm-2'] } });
    expect(answer.body).toMatchObject({
      code: 'vmNotOptedIn',
      refusals: [{ vm: vmRow('vm-2').vmId, code: 'vmNotOptedIn' }],
    });
  });

  it('is told to the log, once', async () => {
    const world = worldOf();
    world.deactivate();
    await ask(world);
    const told = world.lines.filter(({ event }) => event === 'request.refused');
    expect(told).toMatchObject([{ fields: { personId: ada, refusal: 'noActiveRole' } }]);
  });
});

describe('what goes on record', () => {
  const steps = async (world: IntakeWorld): Promise<string[]> => {
    const period = { from: world.at - 3_600_000, to: world.at + 3_600_000 };
    const found: string[] = [];
    for await (const { line } of world.audit.list(period)) {
      const record = parseRecord(line);
      const refusal = record?.what['refusal'];
      const why = typeof refusal === 'string' ? ` ${refusal}` : '';
      found.push(`${record?.step} by ${record?.who.id}${why}`);
    }
    return found;
  };

  it('is the request, before anything is granted, and once', async () => {
    const world = worldOf();
    await ask(world);
    await ask(world);
    expect(await steps(world)).toEqual([`requested by ${ada}`]);
  });

  it('is what was refused, and why', async () => {
    const world = worldOf();
    world.deactivate();
    await ask(world);
    expect(await steps(world)).toEqual([`requested by ${ada}`, `refused by ${ada} noActiveRole`]);
  });

  it('and without it nothing is granted, and a refusal is a refusal', async () => {
    const world = worldOf();
    const append = async (): Promise<never> => {
      throw faultOf('denied');
    };
    Object.assign(world, { audit: { ...world.audit, append } });
    expect(await ask(world)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await nothing(world)).toBe(true);
    world.deactivate();
    expect(await ask(world)).toMatchObject({ status: 403, body: { code: 'noActiveRole' } });
    expect(world.lines.filter(({ level }) => level === 'alarm')).toMatchObject([
      { event: 'auditUnwritten' },
    ]);
  });
});

describe('where a call came from', () => {
  const spoofed = [
    '203.0.113.99, 192.0.2.1:443',
    '203.0.113.99,192.0.2.1',
    '203.0.113.10:1, 203.0.113.10:2, 192.0.2.1:3',
    '203.0.113.10, ',
    '203.0.113.10, unknown',
    '203.0.113.10, 203.0.113.0/24',
    '203.0.113.10, 203.0.113.010',
    '203.0.113.10, 127.0.0.1:80',
    '203.0.113.10, 168.63.129.16:80',
    '203.0.113.10, [::ffff:203.0.113.10]:1',
  ];

  it.each(spoofed)('is the last hop, whatever stands before it: %s', async (header) => {
    const world = worldOf();
    const answer = await ask(world, { headers: from(header) });
    expect(['addressNotInRange', 'noAddress']).toContain(answer.body['code']);
    expect(await nothing(world)).toBe(true);
  });

  it.each([
    'x-real-ip',
    'client-ip',
    'x-client-ip',
    'x-azure-clientip',
    'forwarded',
    'x-original-for',
  ])('is not what the caller says in %s', async (name) => {
    const world = worldOf();
    const headers = { ...from('192.0.2.1:443'), [name]: '203.0.113.10' };
    expect((await ask(world, { headers })).body['code']).toBe('addressNotInRange');
  });
});
