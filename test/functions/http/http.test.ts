import type { HttpHandler, HttpResponseInit, InvocationContext } from '@azure/functions';
import { HttpRequest } from '@azure/functions';
import { getWindow } from '../../../functions/http/getWindow';
import { faultyHealth } from '../../../functions/http/faultyHealth';
import { health } from '../../../functions/http/health';
import type { SweepStatus } from '../../../functions/sweep/sweeps';
import { listWindows } from '../../../functions/http/listWindows';
import { refusalCodes } from '../../../shared/domain/refusal';
import { statusOf } from '../../../shared/contract/problem';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import { createIntakeWorld, faultOf, group, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { activated, look, windows } from '../../support/intakeStories';

describe('GET /api/windows', () => {
  it('shows the windows that live: phase, person, source, VMs and times', async () => {
    const world = await granted();
    const [row] = await windows(world);
    const { status, headers, jsonBody } = await ask(listWindows(world), 'windows');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(jsonBody).toEqual({
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
    await change(world, { until: world.at + 60_000, placements: [placement] });
    const { jsonBody } = await ask(listWindows(world), 'windows');
    expect(jsonBody).toMatchObject({
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
    expect(JSON.stringify(jsonBody)).not.toMatch(/durabletask|webhooks|postern1\||signature/i);
  });

  it('shows what is past only when it is asked for', async () => {
    const world = await granted();
    await change(world, { wish: 'closed', closeReason: 'expired', concludedAt: world.at });
    expect((await ask(listWindows(world), 'windows')).jsonBody).toEqual({ windows: [] });
    const { jsonBody } = await ask(listWindows(world), 'windows?all=true');
    expect(jsonBody).toMatchObject({ windows: [{ closeReason: 'expired' }] });
  });

  it('answers a query that it does not understand with what it does', async () => {
    for (const query of ['all=yes', 'state=open', 'all=true&x=1']) {
      const world = createIntakeWorld();
      const { status, headers, jsonBody } = await ask(listWindows(world), `windows?${query}`);
      expect(status).toBe(400);
      expect(headers).toMatchObject({ 'content-type': expect.stringContaining('problem+json') });
      expect(jsonBody).toMatchObject({ code: 'badQuery', status: 400 });
    }
  });

  it('says when the ledger cannot be reached', async () => {
    const world = createIntakeWorld();
    const list = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    const broken = { ...world, ledger: { ...world.ledger, live: { ...world.ledger.live, list } } };
    expect(await ask(listWindows(broken), 'windows')).toMatchObject({
      status: 503,
      jsonBody: { code: 'ledgerUnavailable' },
    });
  });

  it('cleans texts of rows that nobody cleaned', async () => {
    const world = await granted();
    const [stored] = await windows(world);
    if (stored === undefined) throw new Error('There is no window.');
    await change(world, { grant: { ...stored.grant, reason: 'a\u001b[2J\r\n\u202eb' } });
    const { jsonBody } = await ask(listWindows(world), 'windows');
    expect(jsonBody).toMatchObject({ windows: [{ reason: 'a [2J b' }] });
  });
});

describe('GET /api/windows/{id}', () => {
  it('shows one window', async () => {
    const world = await granted();
    const [row] = await windows(world);
    const { status, jsonBody } = await ask(getWindow(world), 'windows/x', { id: row?.id ?? '' });
    expect([status, jsonBody]).toEqual([200, expect.objectContaining({ id: row?.id })]);
  });

  it('shows a refusal with its rule and the next step', async () => {
    const world = await activated();
    world.vms = [];
    await world.run(look);
    const [row] = await windows(world);
    const { jsonBody } = await ask(getWindow(world), 'windows/x', { id: row?.id ?? '' });
    expect(jsonBody).toMatchObject({
      phase: 'refused',
      outcome: 'refused',
      refusals: [{ vm: '', code: 'noTargets', next: expect.stringContaining('tag') }],
    });
  });

  it.each(['', 'x', 'a'.repeat(20), '../../../etc', 'A'.repeat(20), "a'b", '%00'])(
    'knows no window %j',
    async (id) => {
      const world = await granted();
      expect(await ask(getWindow(world), 'windows/x', { id })).toMatchObject({
        status: 404,
        jsonBody: { code: 'notFound' },
      });
    },
  );
});

describe('GET /api/health', () => {
  const swept = (world: IntakeWorld): SweepStatus => ({ endedAt: world.at, complete: true });

  it('is green when everything is in order', async () => {
    const world = await granted();
    const { status, jsonBody } = await ask(
      health(world, () => swept(world)),
      'health',
    );
    expect(status).toBe(200);
    expect(jsonBody).toEqual({
      status: 'green',
      closing: { ok: true },
      opening: { ok: true, policyVersion: 'v1' },
      ledger: { ok: true, live: 1 },
      sweep: { ok: true, complete: true, secondsAgo: 0, mode: 'close' },
      sweeper: { ok: true, watch: 'none' },
      clock: { ok: true, skewSeconds: 0, measuredSecondsAgo: 0 },
    });
  });

  const troubles: readonly (readonly [string, (world: IntakeWorld) => SweepStatus])[] = [
    [
      'opening',
      (world) => {
        world.opening = { faults: ['Policy, line 3'] };
        return swept(world);
      },
    ],
    [
      'ledger',
      (world) => {
        const list = async (): Promise<never> => {
          throw faultOf('unavailable');
        };
        Object.assign(world.ledger.live, { list });
        return swept(world);
      },
    ],
    ['sweep', () => null],
    ['sweep', (world) => ({ endedAt: world.at - 76_000, complete: true })],
    ['sweep', (world) => ({ endedAt: world.at, complete: false })],
    [
      'clock',
      (world) => {
        Object.assign(world.clock, { skew: () => ({ skewMs: -60_001, measuredAt: null }) });
        return swept(world);
      },
    ],
  ];

  it.each(troubles)('is red when the %s is not', async (part, trouble) => {
    const world = createIntakeWorld();
    const status = trouble(world);
    const answer = await ask(
      health(world, () => status),
      'health',
    );
    expect(answer.status).toBe(503);
    expect(answer.jsonBody).toMatchObject({ status: 'red', [part]: { ok: false } });
    const red = Object.values(answer.jsonBody as object).filter((one) => one.ok === false);
    expect(red.length).toBe(1);
  });

  it('names every fault when the app cannot even close', async () => {
    const answer = await ask(faultyHealth(['DEPLOYMENT is missing.']), 'health');
    expect(answer).toMatchObject({
      status: 503,
      jsonBody: { status: 'red', closing: { ok: false, faults: ['DEPLOYMENT is missing.'] } },
    });
  });
});

describe('the table of problems', () => {
  it('has a status for every refusal', () => {
    for (const code of refusalCodes) expect(statusOf[code]).toBeGreaterThanOrEqual(400);
  });
});

// Helpers

const placement: Placement = {
  nsgId: `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-1`,
  slot: 0,
  rule: {
    name: 'postern-dev001-x-0',
    priority: 200,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: [],
    sourceAsgIds: [],
    sourcePorts: ['*'],
    destinations: [],
    destinationAsgIds: [],
    destinationPorts: ['22'],
    description: 'postern1|1|1|x',
  },
  nextRule: null,
  targets: [],
  phase: 'open',
  lastPutAt: 1,
  lastDeleteAt: null,
  disarmAt: null,
  putCount: 1,
  deleteCount: 0,
  putAcceptedAt: 1,
  openedAt: Date.parse('2026-01-01T10:00:10Z'),
  deleteAcceptedAt: null,
  goneAt: null,
  closedAt: null,
  closedKind: null,
  nsgMissingSince: null,
  admittedAnyway: false,
  fault: null,
  faults: 0,
  notBefore: null,
  confirmedAt: null,
  unconfirmedSince: null,
  alarms: [],
};

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

async function ask(
  handler: HttpHandler,
  path: string,
  params: Record<string, string> = {},
): Promise<HttpResponseInit> {
  const url = `https://app.example/api/${path}`;
  return handler(new HttpRequest({ url, method: 'GET', params }), context);
}

const context = {} as InvocationContext;
