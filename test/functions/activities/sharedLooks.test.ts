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
  type TestWorld,
  wishClosed,
} from '../../support/windowWorld';
import { anotherActivation } from '../../support/anotherActivation';

const reads = ({ network }: TestWorld, nsg = nsgNic): number[] =>
  network.calls.filter(({ op, id }) => op === 'readNsg' && id === nsg).map(({ at }) => at);

/** So many windows stand open on both NSGs; the first closes are asked for ten minutes later. */
async function opened(count: number) {
  const world = createTestWorld();
  const ids: string[] = [];
  for (let number = 0; number < count; number++) {
    const { id } = await grantWindow(world, anotherActivation(world.time, number));
    await live(world, id, world.time.now + minute);
    ids.push(id);
  }
  world.time.moveTo(world.time.now + 10 * minute);
  return { world, ids };
}

describe('windows that close on one NSG', () => {
  it('are told by one read what became of all of them', async () => {
    const { world, ids } = await opened(5);
    for (const nsg of [nsgNic, nsgSubnet]) world.network.nsg(nsg).stuckState = 'Updating';
    for (const id of ids) await wishClosed(world, id);
    for (const id of ids) await live(world, id, world.time.now + minute);
    expect(standing(world, nsgNic)).toEqual([]);
    for (const nsg of [nsgNic, nsgSubnet]) world.network.nsg(nsg).stuckState = '';
    world.time.moveTo(world.time.now + minute);
    const before = reads(world).length;
    await Promise.all(ids.map((id) => advanceWindow(world, { id })));
    expect(reads(world).length - before).toBe(1);
    for (const id of ids) expect(windowPhase(await readRow(world, id))).toBe('closed');
  });

  it('each look for themselves after their own DELETE, whatever was read before it', async () => {
    const { world, ids } = await opened(2);
    const [first = '', second = ''] = ids;
    world.network.operationMs = 100;
    await wishClosed(world, first);
    await live(world, first, world.time.now + minute);
    await wishClosed(world, second);
    const looked = advanceWindow(world, { id: first });
    await advanceWindow(world, { id: second });
    await looked;
    await live(world, second, world.time.now + minute);
    expect(standing(world, nsgNic)).toEqual([]);
    expect(windowPhase(await readRow(world, second))).toBe('closed');
    const deletedAt = world.network.calls.findLast(
      ({ op, id }) => op === 'delete' && id === nsgNic,
    )?.at;
    expect(reads(world).some((at) => at > (deletedAt ?? Infinity))).toBe(true);
  });

  it('read anew what a read of another one could not prove yet', async () => {
    const world = createTestWorld();
    const [first, second] = [
      await grantWindow(world, anotherActivation(world.time, 1)),
      await grantWindow(world, anotherActivation(world.time, 2)),
    ];
    for (const { id } of [first, second]) await live(world, id, world.time.now + minute / 3);
    for (const { id } of [first, second]) await wishClosed(world, id);
    for (const { id } of [first, second]) await live(world, id, world.time.now + minute / 3);
    const row = await readRow(world, second.id);
    const lastPutAt = Math.max(...row.placements.map((one) => one.lastPutAt ?? 0));
    const settledAt = lastPutAt + row.grant.limits.settleMs;
    // The other one looks a second before no PUT of this one can land any more.
    world.time.moveTo(settledAt - 1_000);
    await advanceWindow(world, { id: first.id });
    expect(reads(world).at(-1)).toBe(settledAt - 1_000);
    world.time.moveTo(settledAt);
    await advanceWindow(world, { id: second.id });
    expect(windowPhase(await readRow(world, second.id))).toBe('closed');
    expect(reads(world).at(-1)).toBe(settledAt);
  });

  it('are not looked at by those that are open: these read by themselves', async () => {
    const { world, ids } = await opened(3);
    const before = reads(world).length;
    await Promise.all(ids.map((id) => advanceWindow(world, { id })));
    expect(reads(world).length - before).toBe(3);
  });
});
