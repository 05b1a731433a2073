import { forgetRuns } from '../../../functions/remediator/forgetRuns';
import { estateOf } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { Fault } from '../../../shared/domain/fault';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import { createNightMemory } from '../../../shared/ledgerMemory';
import type { NightLedger } from '../../../shared/ports/nightLedger';
import { type NightApp, startNightApp } from '../../support/nightApp';
import { bareVm, nightAzure, untilOver } from '../../support/nightStage';
import { batchOf, endedEntry, runRow } from '../../support/nightWorld';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const day = 24 * 3_600_000;
let time: VirtualTime;
let azure: LocalAzure;
let app: NightApp;
let ledger: NightLedger;

beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
  ledger = createNightMemory();
  azure = nightAzure(estateOf({ vms: [{ name: 'bare', ...bareVm }] }));
});
afterEach(() => {
  app.kill();
  azure.close();
  time.uninstall();
});

/** A run that ended so many days ago, with its VMs. */
async function put(id: string, days: number, changes: Partial<RemediationRow> = {}): Promise<void> {
  const endedAt = time.now() - days * day;
  await ledger.remediations.insert(
    runRow({ id, phase: 'done', endedAt, batches: 2, open: [], ...changes }),
  );
  for (const number of [0, 1]) {
    await ledger.remediationBatches.insert(batchOf(id, number, [endedEntry('fixed')]));
  }
}

/** Runs and batches that are there, and nothing else. */
async function kept(): Promise<string[]> {
  const runs = await ledger.remediations.list();
  const batches = await ledger.remediationBatches.list();
  return [...runs, ...batches].map(({ row }) => row.id).sort();
}

const rowsOf = (id: string): string[] => [id, `${id}-b00000`, `${id}-b00001`];

describe('runs that are over', () => {
  it('are kept for as long as the rules say, and taken away when a run ends after that', async () => {
    await put('night-20260830', 91);
    await put('night-20260905', 86);
    await put('asked-old', 200, { phase: 'cancelled' });
    app = startNightApp(azure, { ledger, rules: { keepRunsDays: 90 } });
    await app.startNight();
    await untilOver(time, ledger, 'night-20261130');
    await time.pass(20_000);
    expect(await kept()).toEqual(
      [...rowsOf('night-20260905'), 'night-20261130', 'night-20261130-b00000'].sort(),
    );
    expect(await ledger.remediationsLive.list()).toEqual([]);
    const told = app.logs.filter(({ event }) => event === 'remediation.forgotten');
    expect(told.map(({ run }) => run)).toEqual(['asked-old', 'night-20260830']);
  });

  it('are not taken away while they go on, however old they are', async () => {
    await put('asked-stuck', 400, { phase: 'running', endedAt: null });
    app = startNightApp(azure, { ledger, timer: false });
    await forgetRuns(app.world(), Infinity);
    expect(await kept()).toEqual(rowsOf('asked-stuck').sort());
  });

  it('go on being taken away where a crash had left off, and leave no batch behind', async () => {
    await put('night-20260830', 91);
    app = startNightApp(azure, { ledger, timer: false });
    const world = app.world();
    const { remediationBatches } = world.ledger;
    let removed = 0;
    const remove: typeof remediationBatches.remove = async (...args) => {
      if (removed === 1) {
        const facts = {
          kind: 'unavailable',
          code: 'down',
          status: 503,
          retryAfterMs: null,
        } as const;
        throw new Fault(facts, 'removing');
      }
      removed += 1;
      return remediationBatches.remove(...args);
    };
    const dying = { ...world.ledger, remediationBatches: { ...remediationBatches, remove } };
    await expect(forgetRuns({ ...world, ledger: dying }, Infinity)).rejects.toThrow('removing');
    expect(await kept()).toEqual(['night-20260830', 'night-20260830-b00001']);
    await forgetRuns(world, Infinity);
    expect(await kept()).toEqual([]);
  });

  it('wait for the next time when there is no time left', async () => {
    await put('night-20260830', 91);
    app = startNightApp(azure, { ledger, timer: false });
    await forgetRuns(app.world(), time.now());
    expect(await kept()).toEqual(rowsOf('night-20260830').sort());
  });
});
