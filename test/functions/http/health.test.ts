import type { HttpHandler, HttpResponseInit, InvocationContext } from '@azure/functions';
import { HttpRequest } from '@azure/functions';
import { faultyHealth } from '../../../functions/http/faultyHealth';
import { health } from '../../../functions/http/health';
import type { SweepStatus } from '../../../functions/sweep/sweeps';
import { createIntakeWorld, faultOf } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { activated, look } from '../../support/intakeStories';

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
      api: { ok: true },
      notices: { ok: true, channels: 'off' },
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

// Helpers

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
