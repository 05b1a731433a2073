import { estateOf, vmId } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { type NightApp, type NightAppOptions, startNightApp } from '../../support/nightApp';
import { bareVm, nightAzure, outcomesOf, untilOver, vmWrites } from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const minute = 60_000;
const night = 'night-20261130';
const optedOut = { 'postern-remediation': 'off' };
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

function begin(vm: object, options: NightAppOptions = {}): void {
  const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };
  azure = nightAzure(estateOf({ vms: [{ name: 'one', ...vm }], subnetWays }));
  app = startNightApp(azure, options);
}

/** Its owner has changed their mind. */
function optOut(): void {
  const { estate } = azure.resourceManager;
  const vm = estate.vms.get(vmId('one').toLowerCase());
  if (vm === undefined) throw new Error('It is gone.');
  estate.setVm({ ...vm, tags: optedOut });
}

describe('what was seen of a VM', () => {
  it('is forgotten over a pause between its identity and its extension', async () => {
    begin({});
    await app.startNight();
    while (vmWrites(azure)['one'] === undefined) await time.pass(250);
    await time.pass(6_000);
    app.kill();
    await time.pass(10 * minute);
    optOut();
    app.start();
    await untilOver(time, app.ledger, night);
    expect(vmWrites(azure)).toEqual({ one: ['PATCH'] });
    expect(await outcomesOf(app.ledger, night)).toEqual({ one: 'skipped optedOut' });
  });

  it('is as old as the question, not as its answer', async () => {
    let held = 0;
    begin(bareVm, {
      wrapWorld: (world) => ({
        ...world,
        machines: {
          ...world.machines,
          readMachine: async (id) => {
            const reading = await world.machines.readMachine(id);
            // The process stands still with the answer in its hand.
            held += 1;
            if (held === 1) {
              optOut();
              await new Promise((resolve) => setTimeout(resolve, 3 * minute));
            }
            return reading;
          },
        },
      }),
    });
    await app.startNight();
    await untilOver(time, app.ledger, night);
    expect(vmWrites(azure)).toEqual({});
    expect(await outcomesOf(app.ledger, night)).toEqual({ one: 'skipped optedOut' });
  });
});
