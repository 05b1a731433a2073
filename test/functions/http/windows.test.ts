import { refusalCodes } from '../../../shared/domain/refusal';
import { statusOf } from '../../../shared/contract/problem';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { apiOf } from '../../support/callApi';
import { placementOf } from '../../support/placements';
import { createIntakeWorld, faultOf, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { activated, look, windows } from '../../support/intakeStories';

describe('GET /api/windows', () => {
  it('shows the windows that live: phase, person, source, VMs and times', async () => {
    const world = await granted();
    const [row] = await windows(world);
    const { status, headers, body } = await api(world).call('listWindows');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(body).toEqual({
      next: null,
      isWhole: true,
      windows: [
        expect.objectContaining({
          id: row?.id,
          phase: 'planned',
          outcome: null,
          person: expect.objectContaining({ name: 'Ada Example' }),
          ports: ['tcp/22', 'tcp/3389'],
          source: { prefixes: ['203.0.113.10/32'], wonBy: 'address of the activation request' },
          vms: [{ id: vmRow('vm-1').vmId, name: 'vm-1', power: 'PowerState/running' }],
          until: new Date(row?.wantedUntil ?? 0).toISOString(),
          closingBegins: new Date((row?.wantedUntil ?? 0) - 40_000).toISOString(),
          self: `/api/windows/${row?.id}`,
        }),
      ],
    });
  });

  it('shows rules with their proofs, and nothing of the engine', async () => {
    const world = await granted();
    await change(world, { until: world.at + 60_000, placements: [placementOf()] });
    const { body } = await api(world).call('listWindows');
    expect(body).toMatchObject({
      windows: [
        {
          phase: 'open',
          until: new Date(world.at + 60_000).toISOString(),
          rules: [
            {
              name: 'postern-dev001-x-0',
              priority: 200,
              phase: 'open',
              openedAt: '2026-01-01T10:00:10.000Z',
              closedAt: null,
            },
          ],
        },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/durabletask|webhooks|postern1\||signature/i);
  });

  it('shows what is past only when it is asked for', async () => {
    const world = await granted();
    await change(world, { wish: 'closed', closeReason: 'expired', concludedAt: world.at });
    expect((await api(world).call('listWindows')).body).toMatchObject({ windows: [] });
    const { body } = await api(world).call('listWindows', { query: '?all=true' });
    expect(body).toMatchObject({ windows: [{ closeReason: 'expired' }] });
  });

  it('answers a query that it does not understand with what it does', async () => {
    for (const query of [
      'all=yes',
      'state=ajar',
      'all=true&x=1',
      'all=true&all=true',
      'limit=0',
      'after=1',
    ]) {
      const world = createIntakeWorld();
      const { status, headers, body } = await api(world).call('listWindows', {
        query: `?${query}`,
      });
      expect(status).toBe(400);
      expect(headers).toMatchObject({ 'content-type': expect.stringContaining('problem+json') });
      expect(body).toMatchObject({ code: 'badQuery', status: 400 });
    }
  });

  it('says when the ledger cannot be reached', async () => {
    const world = createIntakeWorld();
    const list = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    const broken = { ...world, ledger: { ...world.ledger, live: { ...world.ledger.live, list } } };
    expect(await api(broken).call('listWindows')).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
  });

  it('cleans texts of rows that nobody cleaned', async () => {
    const world = await granted();
    const [stored] = await windows(world);
    if (stored === undefined) throw new Error('There is no window.');
    await change(world, { grant: { ...stored.grant, reason: 'a\u001b[2J\r\n\u202eb' } });
    const { body } = await api(world).call('listWindows');
    expect(body).toMatchObject({ windows: [{ reason: 'a [2J b' }] });
  });
});

describe('GET /api/windows/{id}', () => {
  it('shows one window', async () => {
    const world = await granted();
    const [row] = await windows(world);
    const { status, body } = await api(world).call('getWindow', { id: row?.id ?? '' });
    expect([status, body]).toEqual([200, expect.objectContaining({ id: row?.id })]);
  });

  it('shows a refusal with its rule and the next step', async () => {
    const world = await activated();
    world.vms = [];
    await world.run(look);
    const [row] = await windows(world);
    const { body } = await api(world).call('getWindow', { id: row?.id ?? '' });
    expect(body).toMatchObject({
      phase: 'refused',
      outcome: 'refused',
      refusals: [{ vm: '', code: 'noTargets', next: expect.stringContaining('tag') }],
    });
  });

  it.each(['', 'x', 'a'.repeat(20), '../../../etc', 'A'.repeat(20), "a'b", '%00'])(
    'knows no window %j',
    async (id) => {
      const world = await granted();
      expect(await api(world).call('getWindow', { id })).toMatchObject({
        status: 404,
        body: { code: 'notFound' },
      });
    },
  );
});

describe('the table of problems', () => {
  it('has a status for every refusal', () => {
    for (const code of refusalCodes) expect(statusOf[code]).toBeGreaterThanOrEqual(400);
  });
});

// Helpers

async function granted(): Promise<IntakeWorld> {
  const world = await activated();
  await world.run(look);
  return world;
}

async function change(world: IntakeWorld, changes: Partial<WindowRow>): Promise<void> {
  const [stored] = await world.ledger.windows.list();
  if (stored === undefined) throw new Error('There is no window.');
  await world.ledger.windows.replace({ ...stored.row, ...changes }, stored.etag);
}

function api(world: IntakeWorld) {
  return apiOf(world, world.starter);
}
