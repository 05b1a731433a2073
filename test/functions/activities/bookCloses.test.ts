import type { LiveRow } from '../../../shared/domain/live';
import {
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  readLive,
  standing,
} from '../../support/windowWorld';

describe('a plan that finds other NSGs than admission did', () => {
  it('writes them on the live row before any rule stands', async () => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    await live(world, id, world.time.now + minute);
    const { nsgIds, closes } = await readLive(world, id);
    expect(nsgIds).toEqual([nsgNic, nsgSubnet].map((nsgId) => nsgId.toLowerCase()));
    expect(closes).toHaveLength(2);
    expect([nsgNic, nsgSubnet].flatMap((nsg) => standing(world, nsg))).toHaveLength(2);
  });

  it('does so as well when somebody else writes the live row in the same moment', async () => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    const { replace } = world.ledger.live;
    let races = 2;
    Object.assign(world.ledger.live, {
      replace: async (row: LiveRow, etag: string) => {
        if (races > 0) {
          races -= 1;
          await replace(await readLive(world, id), etag);
        }
        return replace(row, etag);
      },
    });
    await live(world, id, world.time.now + minute);
    expect(races).toBe(0);
    const { nsgIds, closes } = await readLive(world, id);
    expect(nsgIds).toEqual([nsgNic, nsgSubnet].map((nsgId) => nsgId.toLowerCase()));
    expect(closes).toHaveLength(2);
    expect([nsgNic, nsgSubnet].flatMap((nsg) => standing(world, nsg))).toHaveLength(2);
  });
});
