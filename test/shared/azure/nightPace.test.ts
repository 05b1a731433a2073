import { estateOf } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { createBuckets } from '../../../shared/azure/buckets';
import { createNightPace } from '../../../shared/azure/nightPace';
import { createLog } from '../../../shared/log';
import { type NightApp, startNightApp } from '../../support/nightApp';
import { bareVm, manyVms, nightAzure } from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
});
afterEach(() => time.uninstall());

const subscription = '11111111-1111-4111-8111-111111111111';

function pace() {
  return createNightPace(createBuckets(createLog(() => undefined)));
}

/** 1,500 updates and 500 a minute; 200 writes and 10 a second, of which 50 are left to closes. */
describe('the pace of a night', () => {
  it('counts writes by what is published before any answer has told of them', () => {
    const own = pace();
    expect(own.writeRoom(subscription, 'westeurope')).toBe(150);
    for (let at = 0; at < 150; at++) own.tookWrite(subscription.toUpperCase(), 'westeurope');
    expect(own.writeRoom(subscription, 'westeurope')).toBe(0);
    // Resource Manager counts by subscription, whatever the region.
    expect(own.writeRoom(subscription, 'northeurope')).toBe(0);
    expect(own.writeRoom('22222222-2222-4222-8222-222222222222', 'westeurope')).toBe(150);
  });

  it('has no room while Compute has said that there is none', async () => {
    const own = pace();
    own.refusedWrite(subscription, 'westeurope', 30_000);
    await time.pass(29_000);
    expect(own.writeRoom(subscription, 'westeurope')).toBe(0);
    expect(own.writeRoom(subscription, 'northeurope')).toBe(150);
    await time.pass(2_000);
    expect(own.writeRoom(subscription, 'westeurope')).toBeGreaterThan(0);
  });

  it('goes on after a restart with what was left of Compute’s count', () => {
    const first = pace();
    for (let at = 0; at < 1_490; at++) first.tookWrite(subscription, 'westeurope');
    const second = pace();
    second.restore(first.saved());
    expect(second.writeRoom(subscription, 'westeurope')).toBe(10);
  });
});

describe('a night that begins', () => {
  let azure: LocalAzure;
  let app: NightApp;
  afterEach(() => {
    app.kill();
    azure.close();
  });

  it('is refused nothing for its number, however late the first answer comes', async () => {
    const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };
    const latency = { read: 100, write: 2_000, query: 400 };
    azure = nightAzure(estateOf({ vms: manyVms(400, bareVm), subnetWays }), { latency });
    app = startNightApp(azure);
    await app.startNight();
    await time.pass(20_000);
    const statuses = azure.resourceManager.writeLog.records.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toEqual([]);
    expect(statuses.length).toBeGreaterThan(200);
  });
});
