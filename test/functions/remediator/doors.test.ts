import { app } from '@azure/functions';
import { registerIdle, registerRemediator } from '../../../functions/remediator/index';
import {
  type CoreRegistry,
  createFunctionsHost,
  type FunctionsHost,
  MemoryStore,
} from '../../../local/functions/index';
import { estateOf } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { type NightApp, startNightApp } from '../../support/nightApp';
import { bareVm, nightAzure, outcomesOf, vmWrites } from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const core = require('@azure/functions-core') as { registry: CoreRegistry };
let time: VirtualTime;
let azure: LocalAzure;
let night: NightApp;
let host: FunctionsHost | undefined;

beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:29:30.000Z');
  const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };
  azure = nightAzure(estateOf({ vms: [{ name: 'bare', ...bareVm }], subnetWays }));
});
afterEach(() => {
  host?.kill();
  host = undefined;
  night.kill();
  azure.close();
  time.uninstall();
});

/** The app on a local Functions host: its own timers fire, its own queue is read. */
async function startHost(
  changes: Parameters<typeof startNightApp>[1] = {},
): Promise<FunctionsHost> {
  night = startNightApp(azure, { ...changes, timer: false });
  return hostOf(() => registerRemediator(app, night.world()));
}

async function hostOf(register: () => void): Promise<FunctionsHost> {
  core.registry.functions.clear();
  core.registry.hooks.clear();
  register();
  host = createFunctionsHost({
    registry: {
      functions: new Map(core.registry.functions),
      hooks: new Map(),
      model: () => core.registry.model(),
    },
    store: new MemoryStore(),
    settings: {
      values: { REMEDIATION_QUEUE: 'postern-remediation', AzureWebJobsStorage: 'unused' },
      origin: 'http://simulated-remediator.invalid',
    },
  });
  await host.start();
  return host;
}

const health = async (running: FunctionsHost) => {
  const { status, body } = await running.http({
    method: 'GET',
    url: 'http://simulated-remediator.invalid/api/health',
    headers: { 'x-functions-key': running.settings.keys.master },
  });
  return { ...(JSON.parse(String(body)) as Record<string, unknown>), status };
};

describe('the doors of the remediator app', () => {
  it('begin a night as soon as its timer fires, whether the other one does or not', async () => {
    time.uninstall();
    time = installVirtualTime('2026-11-30T02:30:00.000Z');
    night = startNightApp(azure, { timer: false });
    core.registry.functions.clear();
    registerRemediator(app, night.world());
    void core.registry.functions.get('remediationDue')?.callback();
    await time.pass(3_000);
    expect(vmWrites(azure)).toEqual({ bare: ['PUT'] });
  });

  it('begin a night by their timer, work it off by the other, and say so in health', async () => {
    const running = await startHost();
    await time.pass(10 * 60_000);
    expect(await outcomesOf(night.ledger, 'night-20261130')).toEqual({ bare: 'fixed' });
    expect(vmWrites(azure)).toEqual({ bare: ['PUT'] });
    expect(await health(running)).toMatchObject({
      status: 200,
      remediation: { ok: true, mode: 'on', trouble: '' },
    });
  });

  it('take what is asked for from their queue, twice to no effect', async () => {
    const running = await startHost();
    const text = JSON.stringify({
      kind: 'start',
      schema: 1,
      id: 'asked-abcdefghijklmnop',
      askedBy: '33333333-3333-4333-8333-333333333334',
      askedAt: time.now(),
      scopes: [],
      dryRun: true,
    });
    for (let times = 0; times < 2; times++) {
      expect(await running.queueMessage('remediationAsked', { text })).toMatchObject({
        outcome: 'done',
      });
    }
    expect(await running.queueMessage('remediationAsked', { text: 'nonsense' })).toMatchObject({
      outcome: 'done',
    });
    await time.pass(20_000);
    expect(await outcomesOf(night.ledger, 'asked-abcdefghijklmnop')).toEqual({ bare: 'wouldFix' });
  });

  it('are health alone while the app is off, and red where its settings are faulty', async () => {
    night = startNightApp(azure, { timer: false });
    const idle = await hostOf(() => registerIdle(app, []));
    expect(await health(idle)).toMatchObject({ status: 200, remediation: { mode: 'off' } });
    idle.kill();
    const faulty = await hostOf(() => registerIdle(app, ['REMEDIATION_QUEUE is missing.']));
    expect(await health(faulty)).toMatchObject({
      status: 503,
      remediation: { ok: false, faults: ['REMEDIATION_QUEUE is missing.'] },
    });
  });
});
