import { apiOf, type Call } from '../../support/callApi';
import { createIntakeWorld, faultOf } from '../../support/intakeWorld';
import { openPage } from '../../support/fakePage';
import { batchOf, endedEntry, entryOf, offerNight, runRow, vmIdAt } from '../../support/nightWorld';

const runId = runRow().id;

/** Three batches: ten ready VMs; five that do not run; one that failed, and one not at its end. */
async function stage(changes: Parameters<typeof runRow>[0] = {}) {
  const world = createIntakeWorld();
  const night = offerNight(world);
  const vms = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({ vmId: vmIdAt(from + at) }));
  const batches = [
    vms(0, 10).map((one) => endedEntry('ready', {}, one)),
    vms(10, 5).map((one) => endedEntry('skipped', { reason: 'notRunning' }, one)),
    [
      endedEntry('failed', { reason: 'refused' }, { vmId: vmIdAt(20) }),
      entryOf({ vmId: vmIdAt(21) }),
    ],
  ];
  for (const [number, entries] of batches.entries()) {
    await night.ledger.remediationBatches.insert(batchOf(runId, number, entries));
  }
  await night.put(runRow({ batches: 3, phase: 'done', endedAt: world.at, ...changes }));
  const api = apiOf(world, world.starter);
  const report = (query = '', call: Call = {}) =>
    api.call('readReport', { as: 'rhea', id: runId, query, ...call });
  return { world, night, report };
}

const namesIn = (body: Record<string, unknown>): string[] =>
  (body['vms'] as { name: string }[]).map(({ name }) => name);

describe('GET /api/remediations/{id}/report', () => {
  it('tells of every VM of every batch, in their order', async () => {
    const { report } = await stage();
    const { body } = await report();
    expect(namesIn(body)).toHaveLength(17);
    expect(body).toMatchObject({ listed: 17, isWhole: true, run: { id: runId } });
  });

  it.each([
    ['?outcome=skipped', 5],
    ['?reason=notRunning', 5],
    ['?outcome=pending', 1],
    ['?outcome=failed&reason=refused', 1],
    ['?outcome=failed&reason=notRunning', 0],
  ])('narrows to %s: %i VMs, in each form', async (query, count) => {
    const { report } = await stage();
    expect(namesIn((await report(query)).body)).toHaveLength(count);
    const csv = (await report(`${query}&format=csv`)).text.split('\r\n');
    expect(csv).toHaveLength(count + 2);
    expect(openPage((await report(`${query}&format=html`)).text).lines()).toHaveLength(count);
  });

  it('says that it is not whole while the run goes on, or a batch is missing', async () => {
    const running = await stage({ phase: 'running', endedAt: null });
    expect((await running.report()).body).toMatchObject({ listed: 17, isWhole: false });
    const missing = await stage({ batches: 4 });
    expect((await missing.report()).body).toMatchObject({ listed: 17, isWhole: false });
    expect((await missing.report('?format=html')).text).toContain('Not the whole run');
  });

  it('serves a page that reaches nothing of this app', async () => {
    const { report } = await stage();
    const { headers } = await report('?format=html');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-disposition': `inline; filename="${runId}.html"`,
    });
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'.*sandbox allow-scripts$/,
    );
  });

  it('is a fault, and never a part that looks like the whole, where storage fails in the middle', async () => {
    const { night, report } = await stage();
    const { get } = night.ledger.remediationBatches;
    Object.assign(night.ledger.remediationBatches, {
      get: async (id: string) => {
        if (id.endsWith('2')) throw faultOf('unavailable');
        return get(id);
      },
    });
    for (const format of ['json', 'csv', 'html']) {
      const { status, text, body } = await report(`?format=${format}`);
      expect([status, body['code'], text]).toEqual([503, 'unavailable', '']);
    }
  });

  it('holds a few batches at a time, however many there are', async () => {
    const { night, report } = await stage({ batches: 1_250 });
    let reading = 0;
    let most = 0;
    Object.assign(night.ledger.remediationBatches, {
      get: async (id: string) => {
        most = Math.max(most, (reading += 1));
        await new Promise(setImmediate);
        reading -= 1;
        return { row: batchOf(runId, Number(id.slice(-5)), [endedEntry('ready')]), etag: '"1"' };
      },
    });
    expect((await report('?format=csv')).text.split('\r\n')).toHaveLength(1_252);
    expect(most).toBeLessThanOrEqual(16);
  });

  it.each([
    'format=xml',
    'outcome=gone',
    'reason=__proto__',
    'reason=',
    'x=1',
    'format=csv&format=csv',
  ])('does not understand %s', async (query) => {
    const { report } = await stage();
    expect(await report(`?${query}`)).toMatchObject({ status: 400, body: { code: 'badQuery' } });
  });

  it('knows no run of another id', async () => {
    const { report } = await stage();
    expect(await report('', { id: 'night-20260102' })).toMatchObject({ status: 404 });
  });
});
