import type { HttpHandler, HttpResponseInit, InvocationContext } from '@azure/functions';
import { HttpRequest } from '@azure/functions';
import { faultyHealth, faultyReady } from '../../../functions/http/faultyHealth';
import { health } from '../../../functions/http/health';
import { createHealthParts } from '../../../functions/http/healthParts';
import { ready } from '../../../functions/http/ready';
import type { SweepStatus } from '../../../functions/sweep/sweeps';
import { createIntakeWorld, faultOf, group } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { activated, look } from '../../support/intakeStories';

describe('GET /api/health', () => {
  const swept = (world: IntakeWorld): SweepStatus => ({ endedAt: world.at, complete: true });

  it('is green when everything is in order', async () => {
    const world = await granted();
    const { status, jsonBody } = await ask(health(partsOf(world, () => swept(world))), 'health');
    expect(status).toBe(200);
    expect(jsonBody).toEqual({
      status: 'green',
      closing: { ok: true },
      opening: { ok: true, policyVersion: 'v1' },
      azure: { ok: true },
      ledger: { ok: true, live: 1 },
      resourceManager: { ok: true },
      pim: { ok: true },
      sweep: { ok: true, complete: true, secondsAgo: 0, mode: 'close' },
      sweeper: { ok: true, watch: 'none' },
      api: { ok: true },
      notices: { ok: true, channels: 'off' },
      remediation: { ok: true, queue: 'off' },
      reviews: { ok: true, open: 0, windows: [], oldestSecondsAgo: null },
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
      'api',
      (world) => {
        world.api = { faults: ['API_TENANT_ID is missing'] };
        return swept(world);
      },
    ],
    [
      'remediation',
      (world) => {
        world.remediation = { faults: ['REMEDIATION_QUEUE is not valid'] };
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
    [
      'azure',
      (world) => {
        world.notAzure = ['ARM_ENDPOINT', 'AzureWebJobsStorage'];
        return swept(world);
      },
    ],
    [
      'pim',
      (world) => {
        world.faults = [faultOf('licence')];
        return swept(world);
      },
    ],
    [
      'pim',
      (world) => {
        world.faults = [faultOf('denied')];
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
    const parts = partsOf(world, () => status);
    const answer = await ask(health(parts), 'health');
    expect(await ask(ready(parts), 'ready')).toMatchObject({
      status: 503,
      jsonBody: { status: 'red' },
    });
    expect(answer.status).toBe(503);
    expect(answer.jsonBody).toMatchObject({ status: 'red', [part]: { ok: false } });
    expect(redParts(answer)).toEqual([part]);
  });

  it('names every fault when the app cannot even close', async () => {
    const answer = await ask(faultyHealth(['DEPLOYMENT is missing.']), 'health');
    expect(answer).toMatchObject({
      status: 503,
      jsonBody: { status: 'red', closing: { ok: false, faults: ['DEPLOYMENT is missing.'] } },
    });
    expect((await ask(faultyReady(), 'ready')).jsonBody).toEqual({ status: 'red' });
  });

  it('says that the licence for PIM is missing, and remembers it while nobody answers', async () => {
    const world = createIntakeWorld();
    const parts = partsOf(world, () => swept(world));
    const seen: unknown[] = [];
    for (const kind of ['unavailable', 'licence', 'unavailable', null, 'throttled'] as const) {
      world.at += 10_000;
      world.faults = kind === null ? [] : [faultOf(kind)];
      const { jsonBody } = await ask(health(parts), 'health');
      const { pim, resourceManager } = jsonBody as Record<string, { ok: boolean }>;
      seen.push([resourceManager?.ok, pim]);
    }
    const missing = { ok: false, azureCode: 'Planted', licence: 'missing' };
    expect(seen).toEqual([
      [false, { ok: false, licence: 'unknown' }],
      [true, missing],
      [false, missing],
      [true, { ok: true }],
      [false, { ok: true }],
    ]);
  });

  it('asks nothing of Resource Manager while closes may need the requests, and is red', async () => {
    const world = createIntakeWorld();
    Object.assign(world, { budget: { ...world.budget, pauseMs: () => 5_000 } });
    const answer = await ask(health(partsOf(world, () => swept(world))), 'health');
    expect(answer.jsonBody).toMatchObject({
      resourceManager: { ok: false, azureCode: 'RequestsReserved' },
    });
    expect(world.reads).toEqual([]);
  });

  it('asks where policy speaks of, and somewhere else where it speaks of no subscription', async () => {
    const world = createIntakeWorld();
    await ask(health(partsOf(world, () => swept(world))), 'health');
    world.opening = { faults: ['Policy, line 3'] };
    await ask(health(partsOf(world, () => swept(world))), 'health');
    expect(world.reads).toEqual([`active ${group.toLowerCase()}`, 'active /subscriptions/s-1']);
  });

  it('of ten thousand probes within ten seconds asks once, at once or one after another', async () => {
    const world = createIntakeWorld();
    let lists = 0;
    const { list } = world.ledger.live;
    Object.assign(world.ledger.live, {
      list: () => {
        lists += 1;
        return list();
      },
    });
    const parts = partsOf(world, () => swept(world));
    const probe = (): Promise<HttpResponseInit> => ask(ready(parts), 'ready');
    const answers = await Promise.all(Array.from({ length: 5_000 }, probe));
    world.at += 9_999;
    for (let probes = 0; probes < 5_000; probes += 1) answers.push(await probe());
    expect([world.reads.length, lists]).toEqual([1, 1]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    world.at += 1;
    await probe();
    expect([world.reads.length, lists]).toEqual([2, 2]);
    // A clock that is set back keeps no answer for longer.
    world.at -= 3_600_000;
    await probe();
    expect([world.reads.length, lists]).toEqual([3, 3]);
  });
});

describe('GET /api/ready', () => {
  it('says one word, and nothing else of the app', async () => {
    const world = await granted();
    const status: SweepStatus = { endedAt: world.at, complete: true };
    const green = await ask(ready(partsOf(world, () => status)), 'ready');
    expect([green.status, green.jsonBody]).toEqual([200, { status: 'green' }]);
    world.notAzure = ['ARM_ENDPOINT'];
    world.opening = { faults: ['Policy, line 3'] };
    const red = await ask(ready(partsOf(world, () => status)), 'ready');
    expect([red.status, red.jsonBody]).toEqual([503, { status: 'red' }]);
    expect(red.headers).toMatchObject({ 'cache-control': 'no-store' });
  });
});

// Helpers

/** The parts of a world whose identity sees two subscriptions. */
function partsOf(world: IntakeWorld, status: () => SweepStatus) {
  const network = { ...world.network, visibleSubscriptions: async () => ['s-1', 's-2'] };
  return createHealthParts(Object.assign(world, { network }), status);
}

function redParts({ jsonBody }: HttpResponseInit): string[] {
  return Object.entries(jsonBody as Record<string, { ok?: boolean }>)
    .filter(([, { ok }]) => ok === false)
    .map(([name]) => name);
}

async function granted(): Promise<IntakeWorld> {
  const world = await activated();
  await world.run(look);
  return world;
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
