import { registerRemediator, type RemediatorHost } from '../../../functions/remediator/index';
import { startNight } from '../../../functions/remediator/startNight';
import { estateOf } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import type { RemediatorWorld } from '../../../shared/ports/remediatorWorld';
import { startNightApp } from '../../support/nightApp';
import { bareVm, manyVms, nightAzure, vmWrites } from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

let time: VirtualTime;
let azure: LocalAzure;
let world: RemediatorWorld;

beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
  const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };
  azure = nightAzure(estateOf({ vms: manyVms(3, bareVm), subnetWays }));
  world = startNightApp(azure, { wrapWorld: (made) => made }).world();
});
afterEach(() => {
  azure.close();
  time.uninstall();
});

/** What the app's timers do, by their names. */
function timersOf(of: RemediatorWorld): Map<string, () => Promise<void>> {
  const timers = new Map<string, () => Promise<void>>();
  const host = {
    timer: (name: string, { handler }: { handler: () => Promise<void> }) => {
      timers.set(name, handler);
    },
    storageQueue: () => undefined,
    http: () => undefined,
  };
  registerRemediator(host as unknown as RemediatorHost, of);
  return timers;
}

describe('the doors of the remediator', () => {
  it('begin a night as soon as its timer fires', async () => {
    void timersOf(world).get('remediationDue')?.();
    await time.pass(3_000);
    expect(Object.keys(vmWrites(azure))).toHaveLength(3);
  });

  it('work on a run that is there each time that the other timer fires', async () => {
    await startNight(world);
    void timersOf(world).get('remediationWork')?.();
    await time.pass(3_000);
    expect(Object.keys(vmWrites(azure))).toHaveLength(3);
  });
});
