import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { windowPhase } from '../../../shared/domain/window/phase';
import {
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  readRow,
  standing,
} from '../../support/windowWorld';

describe('the life of a window', () => {
  it('opens both NSGs with the same rule, proves it, and closes both before the end', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, world.time.now + minute);
    const open = await readRow(world, id);
    expect(windowPhase(open)).toBe('open');
    expect(standing(world, nsgSubnet)).toHaveLength(1);
    expect(standing(world, nsgNic)).toMatchObject([
      {
        name: `postern-abc123-${id}-0`,
        priority: 200,
        direction: 'Inbound',
        access: 'Allow',
        sources: ['203.0.113.10/32'],
        destinations: ['10.0.0.4'],
        destinationPorts: ['22', '3389'],
      },
    ]);
    const end = await live(world, id, wantedUntil + 60 * minute);
    expect(end).toEqual({ done: true, outcome: 'expired' });
    expect(standing(world, nsgSubnet)).toEqual([]);
    const gone = world.network.history.filter(({ rule }) => rule === null);
    expect(gone).toHaveLength(2);
    for (const { at } of gone) expect(at).toBeLessThan(wantedUntil - 2 * minute);
    expect(await world.ledger.live.get(id)).toBeNull();
    expect(world.alarms()).toEqual([]);
  });

  it('asks Resource Manager for little', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, wantedUntil);
    const count = (op: string): number =>
      world.network.calls.filter((call) => call.op === op).length;
    expect({ put: count('put'), delete: count('delete') }).toEqual({ put: 2, delete: 2 });
    expect({
      nic: count('readNic'),
      subnet: count('readSubnet'),
      locks: count('readLocks'),
    }).toEqual({
      nic: 1,
      subnet: 1,
      locks: 1,
    });
    // Plan, proof of open, proof of closed, and a look every ten minutes in between, per NSG.
    expect(count('readNsg')).toBeLessThanOrEqual(2 * (3 + 12));
    await advanceWindow(world, { id });
  });
});
