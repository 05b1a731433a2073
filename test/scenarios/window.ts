import { simulate, type Simulation } from '../support/simulatedAzure';
import { installVirtualTime, type VirtualTime } from '../virtualTime';

const onNic = 'nsg-vm-app-01';
const onSubnet = 'nsg-snet-app';
const ada = 'ada@contoso.com';
const role = 'Virtual Machine Administrator Login';
const scope = '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-app';

describe('an access window', () => {
  let time: VirtualTime;
  let world: Simulation;

  beforeEach(() => {
    time = installVirtualTime();
  });

  afterEach(async () => {
    await world.close();
    time.uninstall();
  });

  it('opens on both NSGs of the path and closes before the activation ends', async () => {
    world = await simulate();
    activate({ seconds: 80 });
    await time.pass(20_000);
    expect(world.ourRules(onNic)).toHaveLength(1);
    expect(world.ourRules(onSubnet)).toHaveLength(1);

    await time.pass(60_000);
    expect(world.ourRules(onNic)).toEqual([]);
    expect(world.ourRules(onSubnet)).toEqual([]);
    expect(world.logged('window.closed')).toHaveLength(1);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('closes as soon as the role is deactivated', async () => {
    world = await simulate();
    activate({ seconds: 3600 });
    await time.pass(20_000);
    expect(world.ourRules(onNic)).toHaveLength(1);

    world.azure.pim.deactivate({ person: ada, role, scope });
    await time.pass(60_000);
    expect(world.ourRules(onNic)).toEqual([]);
    expect(world.ourRules(onSubnet)).toEqual([]);
    await time.pass(60_000);
    expect(world.logged('window.closed')).toHaveLength(1);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('is one window however often the event comes', async () => {
    world = await simulate({ eventGrid: { fault: 'duplicate-events' } });
    activate({ seconds: 80 });
    await time.pass(120_000);
    expect(world.logged('window.granted')).toHaveLength(1);
    expect(world.logged('rule.putAccepted')).toHaveLength(2);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('opens through the storage queue as it does through the trigger', async () => {
    world = await simulate({ door: 'queue', schema: 'CloudEventSchemaV1_0' });
    activate({ seconds: 80 });
    await time.pass(120_000);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('closes in time although Resource Manager throttles', async () => {
    world = await simulate();
    world.azure.resourceManager.faults.use('arm-429');
    activate({ seconds: 120 });
    await time.pass(180_000);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('closes in time although Resource Manager is down from the first delete on', async () => {
    world = await simulate();
    world.azure.resourceManager.faults.use('arm-down-30s');
    activate({ seconds: 80 });
    await time.pass(120_000);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('closes in time when the host is killed in mid-window and started again', async () => {
    world = await simulate();
    activate({ seconds: 80 });
    await time.pass(20_000);
    world.killHost();
    await time.pass(5_000);
    await world.startHost();
    await time.pass(60_000);
    expect(world.verdict().reasons).toEqual([]);
  });

  it('is named as still standing, with its overrun, when the host stays dead', async () => {
    world = await simulate();
    activate({ seconds: 80 });
    await time.pass(20_000);
    world.killHost();
    await time.pass(80_000);
    const { passed, standing } = world.verdict();
    expect(passed).toBe(false);
    expect(standing.map(({ nsgId }) => nsgId.split('/').at(-1)).toSorted()).toEqual([
      onSubnet,
      onNic,
    ]);
    expect(standing.every(({ overrunS }) => overrunS > 0)).toBe(true);
  });

  function activate({ seconds }: { seconds: number }): void {
    world.azure.pim.activate({ person: ada, role, scope, durationMs: seconds * 1000 });
  }
});
