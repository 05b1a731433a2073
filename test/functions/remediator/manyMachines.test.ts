import { estateOf, location, subscriptionId } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { createNightMemory } from '../../../shared/ledgerMemory';
import { type NightApp, startNightApp } from '../../support/nightApp';
import { bareVm, manyVms, nightAzure, untilOver, vmWrites } from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const minute = 60_000;
const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };
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

describe('a night over several subscriptions', () => {
  it('begins in all of them at once, however many VMs stand before those of the last', async () => {
    const count = 1_005;
    const plan = estateOf({ vms: manyVms(count, bareVm), subnetWays });
    // Five VMs of another subscription, whose ids come after a whole page of the first one's.
    const other = '99999999-9999-4999-8999-999999999999';
    const moved = JSON.stringify(plan).replaceAll(
      new RegExp(`/subscriptions/${subscriptionId}([^"]*/(?:vm|nic-vm)-100[0-4])"`, 'g'),
      `/subscriptions/${other}$1"`,
    );
    const estate = JSON.parse(moved) as typeof plan;
    estate.subscriptions.push({ subscriptionId: other, displayName: 'other' });
    estate.resourceGroups.push({ subscriptionId: other, name: 'rg-app', location });
    azure = nightAzure(estate, { latency: { query: 10_000 } });
    const scopes = [subscriptionId, other].map((id) => `/subscriptions/${id}`);
    app = startNightApp(azure, { rules: { scopes } });
    await app.startNight();
    const wrote = (id: string): boolean =>
      azure.resourceManager.writeLog.records.some(({ path }) => path.includes(id));
    await time.passUntil(() => wrote(subscriptionId), minute);
    await time.pass(1_000);
    expect(wrote(other)).toBe(true);
  });
});

describe('a night with thousands of installs under way', () => {
  it('holds none of them but in their rows: each is read again when something is over', async () => {
    const ledger = createNightMemory();
    const { remediationBatches } = ledger;
    let reads = 0;
    const counted = {
      ...remediationBatches,
      get: (id: string) => {
        reads += 1;
        return remediationBatches.get(id);
      },
    };
    azure = nightAzure(estateOf({ vms: manyVms(120, bareVm), subnetWays }));
    app = startNightApp(azure, { ledger: { ...ledger, remediationBatches: counted } });
    await app.startNight();
    await time.passUntil(() => Object.keys(vmWrites(azure)).length === 120, minute);
    await time.pass(10_000);
    const before = reads;
    const row = await untilOver(time, app.ledger, 'night-20261130');
    expect(row.tally.ended.fixed).toBe(120);
    // Three batches of forty.
    expect(reads - before).toBeGreaterThanOrEqual(3);
  });
});
