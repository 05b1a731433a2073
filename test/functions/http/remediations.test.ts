import { createAudit } from '../../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../../shared/auditMemory';
import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import { askedIdForm } from '../../../shared/domain/remediation/ask';
import { noTally } from '../../../shared/domain/remediation/remediationRow';
import { type Answer, apiOf, type Call } from '../../support/callApi';
import { personOf } from '../../support/callers';
import { createIntakeWorld, faultOf, group, subscription, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { nightBegin, offerNight, runRow } from '../../support/nightWorld';

const rhea = personOf('rhea').objectId;
const reason = 'New VMs since Monday';

function stage() {
  const world = createIntakeWorld();
  const night = offerNight(world);
  const api = apiOf(world, world.starter);
  const call = (name: string, one: Call = {}): Promise<Answer> =>
    api.call(name, { as: 'rhea', ...one });
  const ask = (body: object = {}, key = 'one'): Promise<Answer> =>
    call('requestRemediation', {
      headers: { 'idempotency-key': key },
      body: { reason, ...body },
    });
  return { world, night, call, ask };
}

describe('POST /api/remediations', () => {
  it('puts a row, then a message: a dry run unless said otherwise', async () => {
    const { world, night, ask } = stage();
    const answer = await ask({ scopes: [group.toUpperCase(), subscription, group] });
    const id = String(answer.body['id']);
    expect(id).toMatch(askedIdForm);
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/api/remediations/${id}` },
      body: { phase: 'asked', kind: 'asked', dryRun: true, askedBy: rhea, reason },
    });
    const scopes = [subscription.toLowerCase(), group.toLowerCase()];
    const start = { kind: 'start', schema: 1, id, askedBy: rhea, askedAt: world.at, scopes };
    expect(night.asks).toEqual([{ ...start, dryRun: true }]);
    const [stored] = await night.ledger.remediations.list();
    expect(stored?.row).toMatchObject({
      id,
      phase: 'asked',
      scopes,
      dryRun: true,
      justification: reason,
    });
    expect((await night.ledger.remediationsLive.list()).map(({ row }) => row.id)).toEqual([id]);
  });

  it('writes for real only where the body says so', async () => {
    const { night, ask } = stage();
    await ask({ dryRun: false });
    expect(night.asks).toMatchObject([{ dryRun: false, scopes: [] }]);
  });

  it('sent again with its key is the same run, and is sent again while nobody has begun', async () => {
    const { world, night, ask } = stage();
    const first = await ask();
    world.at += 60_000;
    const second = await ask();
    expect(second.body).toEqual(first.body);
    expect(await night.ledger.remediations.list()).toHaveLength(1);
    expect(night.asks).toHaveLength(2);
    expect(night.asks[1]).toEqual(night.asks[0]);
    const [stored] = await night.ledger.remediations.list();
    await night.put({ ...stored!.row, phase: 'running', startedAt: world.at });
    expect(await ask()).toMatchObject({ status: 202, body: { phase: 'running' } });
    await night.put({ ...stored!.row, phase: 'done', endedAt: world.at });
    expect(await ask()).toMatchObject({ status: 200, body: { phase: 'done', secondsLeft: 0 } });
    expect(night.asks).toHaveLength(2);
  });

  it('refuses a key that belongs to another body, one after the other and at once', async () => {
    const { night, ask } = stage();
    const answers = await Promise.all([ask(), ask({ dryRun: false }), ask({ scopes: [group] })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 422, 422]);
    expect(await ask({ reason: 'Another' })).toMatchObject({
      status: 422,
      body: { code: 'idempotencyKeyReused' },
    });
    expect(new Set(night.asks.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it('ten at once with one key are one run; with ten keys ten', async () => {
    const { night, ask } = stage();
    await Promise.all(Array.from({ length: 5 }, () => ask()));
    expect(await night.ledger.remediations.list()).toHaveLength(1);
    await Promise.all(Array.from({ length: 5 }, (_, at) => ask({}, `key-${at}`)));
    expect(await night.ledger.remediations.list()).toHaveLength(6);
  });

  it('is made good by a repeat where the message was lost', async () => {
    const { night, ask } = stage();
    night.faults.push(faultOf('unavailable'));
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await night.ledger.remediationsLive.list()).toHaveLength(1);
    expect((await ask()).status).toBe(202);
    expect(night.asks).toHaveLength(1);
    expect(await night.ledger.remediations.list()).toHaveLength(1);
  });

  it('asks for nothing that is not on record', async () => {
    const { world, night, ask } = stage();
    const append = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    const { audit } = world;
    Object.assign(world, { audit: { ...audit, append } });
    expect((await ask()).status).toBe(503);
    expect([night.asks, await night.ledger.remediations.list()]).toEqual([[], []]);
    Object.assign(world, { audit });
    expect((await ask()).status).toBe(202);
  });

  const kinds = ['/subscriptions/x', 'everything', '/', `${group}/..`, `${group}' or 1==1`];
  const managementGroup = '/providers/Microsoft.Management/managementGroups/mg';

  it.each([
    ...kinds.map((scope) => ({ scopes: [scope] })),
    { scopes: [] },
    { scopes: Array.from({ length: 51 }, () => subscription) },
    { scopes: [managementGroup, subscription] },
    { scopes: [`${group}/providers/Microsoft.Network/networkSecurityGroups/n`] },
    { scopes: [`${vmRow('vm-1').vmId}/extensions/e`] },
    { dryRun: 'false' },
    { dryRun: null },
    { reason: '\u202e  ' },
    { reason: 'x'.repeat(2_001) },
    { force: true },
  ])('does not understand %j, and asks for nothing', async (body) => {
    const { night, ask } = stage();
    expect(await ask(body)).toMatchObject({ status: 400, body: { code: 'badBody' } });
    expect([night.asks, await night.ledger.remediations.list()]).toEqual([[], []]);
  });

  it('asks nobody for a reason who has none to give', async () => {
    const { night, ask } = stage();
    expect(await ask({ reason: undefined })).toMatchObject({ status: 202, body: { reason: '' } });
    expect(night.asks).toMatchObject([{ kind: 'start', dryRun: true }]);
  });

  it.each([[managementGroup], [vmRow('vm-1').vmId], [subscription, group]])(
    'takes the scopes %j',
    async (...scopes) => {
      const { ask } = stage();
      expect((await ask({ scopes })).status).toBe(202);
    },
  );

  it('keeps a harmless line of whatever stands as reason', async () => {
    const { night, ask } = stage();
    await ask({ reason: 'Patch\r\n\u001b[31mday\u202e Bearer abc' });
    const [stored] = await night.ledger.remediations.list();
    expect(stored?.row.justification).toBe('Patch [31mday Bearer abc');
  });
});

describe('GET /api/remediations', () => {
  it('tells pages, the newest first, each run once', async () => {
    const { night, call } = stage();
    const rows = Array.from({ length: 120 }, (_, at) =>
      // Two of each moment: their ids tell which is first.
      runRow({ id: `night-${at}`, createdAt: nightBegin + Math.floor(at / 2) * 1_000 }),
    );
    for (const row of rows) await night.put(row);
    const seen: string[] = [];
    let query = '?limit=50';
    for (let pages = 0; query !== ''; pages += 1) {
      const { body } = await call('listRemediations', { query });
      const { runs, next } = body as { runs: { id: string }[]; next: string | null };
      seen.push(...runs.map(({ id }) => id));
      query = (next ?? '').replace('/api/remediations', '');
      expect(pages).toBeLessThan(3);
    }
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
    expect(seen.slice(0, 2)).toEqual(['night-118', 'night-119']);
  });

  it.each(['limit=0', 'limit=201', 'after=', 'after=../x', 'all=true', 'limit=1&limit=2'])(
    'does not understand %s',
    async (query) => {
      const { call } = stage();
      expect(await call('listRemediations', { query: `?${query}` })).toMatchObject({
        status: 400,
        body: { code: 'badQuery' },
      });
    },
  );

  it('is at its end where the last one told of is gone', async () => {
    const { night, call } = stage();
    await night.put(runRow());
    const { body } = await call('listRemediations', { query: '?after=night-20200101' });
    expect(body).toEqual({ runs: [], next: null });
  });
});

describe('GET /api/remediations/{id}', () => {
  it('tells how far a run is', async () => {
    const { world, night, call } = stage();
    world.at = nightBegin + 600_000;
    const ended = { ready: 30, fixed: 10, wouldFix: 0, skipped: 7, failed: 2, quarantined: 1 };
    const tally = { found: 100, ended, writes: 20, reads: 60, queries: 4 };
    await night.put(runRow({ tally, foundAt: nightBegin + 60_000 }));
    expect((await call('getRemediation', { id: 'night-20260101' })).body).toMatchObject({
      phase: 'running',
      askedBy: null,
      vms: { found: 100, isWhole: true, ended: 50, left: 50, ...ended },
      writes: 20,
      reads: 60,
      perMinute: 5,
      secondsLeft: 600,
    });
  });

  it.each(['', 'x', 'night-../x', 'asked-A', `night-${'1'.repeat(200)}`, 'night-20260102'])(
    'knows no run %j',
    async (id) => {
      const { call } = stage();
      expect(await call('getRemediation', { id })).toMatchObject({
        status: 404,
        body: { code: 'notFound', title: 'There is no such run.' },
      });
    },
  );
});

describe('POST /api/remediations/{id}/cancel', () => {
  const cancel = { id: 'night-20260101', body: {} };

  it('asks the remediator, and tells of the run as it is', async () => {
    const { night, call } = stage();
    await night.put(runRow());
    const answer = await call('cancelRemediation', cancel);
    expect(answer).toMatchObject({ status: 202, body: { phase: 'running' } });
    expect(night.asks).toEqual([
      { kind: 'cancel', schema: 1, id: 'night-20260101', askedBy: rhea },
    ]);
  });

  it('works without a body, and while nothing can be put on record', async () => {
    const { world, night, call } = stage();
    const append = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    Object.assign(world, { audit: { ...world.audit, append } });
    await night.put(runRow({ phase: 'asked' }));
    expect((await call('cancelRemediation', { id: 'night-20260101' })).status).toBe(202);
    expect(world.lines.map(({ event }) => event)).toContain('auditUnwritten');
  });

  it.each([
    ['cancelled', 200, undefined],
    ['done', 409, 'runOver'],
  ] as const)('of a run that is %s: %i', async (phase, status, code) => {
    const { night, call } = stage();
    await night.put(runRow({ phase, endedAt: nightBegin, tally: noTally }));
    const answer = await call('cancelRemediation', cancel);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(night.asks).toEqual([]);
  });

  it('says so where the message cannot be kept', async () => {
    const { night, call } = stage();
    await night.put(runRow());
    night.faults.push(faultOf('throttled', 7_000));
    const answer = await call('cancelRemediation', cancel);
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
  });
});

describe('what operators ask for', () => {
  it('is on record once, with their words and the policy that let them', async () => {
    const { world, night, call, ask } = stage();
    const store = createChainStoreMemory();
    Object.assign(world, { audit: createAudit(store, 'dev001', () => world.at) });
    const { body } = await ask();
    await ask();
    const [stored] = await night.ledger.remediations.list();
    await night.put({ ...stored!.row, phase: 'running' });
    const id = String(body['id']);
    for (let times = 0; times < 2; times += 1) {
      await call('cancelRemediation', { id, body: { reason: 'Wrong day' } });
    }
    const lines = await recordedIn(world, id);
    expect(lines).toEqual([
      ['remediationAsked', rhea, reason, 'v1'],
      ['remediationCancelled', rhea, 'Wrong day', 'v1'],
    ]);
  });
});

async function recordedIn({ audit, at }: IntakeWorld, windowId: string) {
  const told: (readonly string[])[] = [];
  for await (const { line } of audit.list({ from: at, to: at, windowId })) {
    const record = parseRecord(line);
    if (record === null) throw new Error(line);
    told.push([record.step, record.who.id, record.why, record.policyVersion]);
  }
  return told;
}
