import { beat, readHeartbeat, watchSweeper } from '../../../functions/sweep/heartbeat';
import { SweepMemory } from '../../../functions/sweep/memory';
import { Fault } from '../../../shared/domain/fault';
import type { SweeperWorld } from '../../../shared/ports/world';
import { facts } from '../../support/fakeNetwork';
import { createTestWorld, minute, policy, signer, type TestWorld } from '../../support/windowWorld';

const sweeperOf = (world: TestWorld, version = '1.0.0'): SweeperWorld => ({
  ...world,
  version,
  keyVersions: [1, 2],
  settingFaults: [],
});
const watched = (sweeper: 'required' | 'watched' | 'none'): TestWorld =>
  createTestWorld({ opening: { policy, signer, sweeper } });
const silence = (world: TestWorld, op: 'get' | 'insert' | 'replace'): void => {
  Object.assign(world.ledger.heartbeats, {
    [op]: async () => {
      throw new Fault(facts('unavailable'), op);
    },
  });
};

describe('the heartbeat of the sweeper app', () => {
  it('says when it was, of which version, and with which keys, and again each time', async () => {
    const world = createTestWorld();
    expect(await readHeartbeat(world)).toBeNull();
    await beat(sweeperOf(world));
    const first = { id: 'sweeper', at: world.time.now, version: '1.0.0', keyVersions: [1, 2] };
    expect(await readHeartbeat(world)).toEqual(first);
    world.time.moveTo(world.time.now + minute);
    await beat(sweeperOf(world, '1.0.1'));
    expect(await readHeartbeat(world)).toEqual({
      ...first,
      at: world.time.now,
      version: '1.0.1',
    });
    expect(world.lines).toEqual([]);
  });

  it.each(['get', 'insert'] as const)('only warns when %s fails', async (op) => {
    const world = createTestWorld();
    silence(world, op);
    await beat(sweeperOf(world));
    expect(world.lines).toEqual([
      {
        level: 'warn',
        event: 'sweeper.heartbeatFailed',
        fields: { faultKind: 'unavailable', azureCode: 'Test-unavailable' },
      },
    ]);
  });
});

describe('a watch over the sweeper app', () => {
  it.each(['required', 'watched'] as const)(
    'that is %s raises the alarm after five minutes of silence, and not before',
    async (sweeper) => {
      const world = watched(sweeper);
      const memory = new SweepMemory(minute);
      await beat(sweeperOf(world));
      const at = world.time.now;
      world.time.moveTo(at + 5 * minute);
      await watchSweeper(world, memory);
      expect(world.alarms()).toEqual([]);
      world.time.moveTo(at + 5 * minute + 1);
      await watchSweeper(world, memory);
      await watchSweeper(world, memory);
      expect(world.lines).toEqual([
        {
          level: 'alarm',
          event: 'sweeperSilent',
          fields: { lastHeartbeat: new Date(at).toISOString(), sweeper },
        },
      ]);
    },
  );

  it('raises the alarm when the app was never heard of', async () => {
    const world = watched('watched');
    await watchSweeper(world, new SweepMemory(minute));
    expect(world.lines).toMatchObject([
      { event: 'sweeperSilent', fields: { lastHeartbeat: null } },
    ]);
  });

  it('says nothing where no such app is deployed, or where opening is not in order', async () => {
    const none = watched('none');
    await watchSweeper(none, new SweepMemory(minute));
    const faulty = createTestWorld({ opening: { faults: ['no policy'] } });
    await watchSweeper(faulty, new SweepMemory(minute));
    expect([...none.lines, ...faulty.lines]).toEqual([]);
  });

  it('only warns when the ledger does not answer', async () => {
    const world = watched('required');
    silence(world, 'get');
    await watchSweeper(world, new SweepMemory(minute));
    expect(world.lines).toEqual([
      {
        level: 'warn',
        event: 'sweeper.heartbeatUnreadable',
        fields: { faultKind: 'unavailable', azureCode: 'Test-unavailable' },
      },
    ]);
  });
});
