import { estateOf } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { Fault } from '../../../shared/domain/fault';
import { createNightMemory } from '../../../shared/ledgerMemory';
import type { Table } from '../../../shared/ports/ledger';
import type { RemediatorWorld } from '../../../shared/ports/remediatorWorld';
import { type NightApp, startNightApp } from '../../support/nightApp';
import {
  bareVm,
  entriesOf,
  manyVms,
  nightAzure,
  untilOver,
  vmWrites,
} from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const minute = 60_000;
const night = 'night-20261130';
const vms = [
  ...manyVms(90, bareVm),
  { name: 'ill', guest: { login: 'discovery' }, ...bareVm } as const,
];
let time: VirtualTime;
let azure: LocalAzure;
let app: NightApp;

beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
});
afterEach(() => {
  app.kill();
  azure.close();
  time.uninstall();
});

describe('a ledger that fails now and then', () => {
  const fault = new Fault(
    { kind: 'unavailable', code: 'ETIMEDOUT', status: 0, retryAfterMs: null },
    'using the ledger',
  );

  /** Each `every`-th call of it fails: before it did anything, or after it did everything. */
  function failing<Row extends { readonly id: string }>(
    table: Table<Row>,
    every: number,
    isAfter: boolean,
  ): Table<Row> {
    let calls = 0;
    const wrap =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        calls += 1;
        const fails = calls % every === 0;
        if (fails && !isAfter) throw fault;
        const result = await call(...args);
        if (fails) throw fault;
        return result;
      };
    return {
      insert: wrap((row) => table.insert(row)),
      get: wrap((id) => table.get(id)),
      replace: wrap((row, etag) => table.replace(row, etag)),
      remove: wrap((id, etag) => table.remove(id, etag)),
      list: wrap(() => table.list()),
    };
  }

  it.each([
    [3, true],
    [3, false],
    [5, true],
    [7, false],
  ])(
    'each %s. call (after the effect: %s): each VM once, nothing twice',
    async (every, isAfter) => {
      const ledger = createNightMemory();
      const wrapWorld = (world: RemediatorWorld): RemediatorWorld => ({
        ...world,
        ledger: {
          remediations: failing(world.ledger.remediations, every, isAfter),
          remediationsLive: failing(world.ledger.remediationsLive, every, isAfter),
          remediationBatches: failing(world.ledger.remediationBatches, every, isAfter),
          standings: failing(world.ledger.standings, every, isAfter),
          remediationScopes: failing(world.ledger.remediationScopes, every, isAfter),
        },
      });
      const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };
      azure = nightAzure(estateOf({ vms, subnetWays }));
      app = startNightApp(azure, { ledger, wrapWorld });
      await app
        .startNight()
        .catch(() => app.startNight())
        .catch(() => app.startNight());
      const row = await untilOver(time, ledger, night, 6 * 60 * minute);
      expect(row.tally.ended).toMatchObject({ fixed: 90, failed: 1 });
      expect(await entriesOf(ledger, night)).toHaveLength(91);
      const { ill = [], ...others } = vmWrites(azure);
      expect(new Set(Object.values(others).map(String))).toEqual(new Set(['PUT']));
      expect(ill.length).toBeLessThanOrEqual(3);
      expect((await ledger.standings.list()).map(({ row: { failures } }) => failures)).toEqual([1]);
    },
  );
});
