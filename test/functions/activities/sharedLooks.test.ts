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

  it('are not looked at by those that are open: these read by themselves', async () => {
    const { world, ids } = await opened(3);
    const before = reads(world).length;
    await Promise.all(ids.map((id) => advanceWindow(world, { id })));
    expect(reads(world).length - before).toBe(3);
  });
});
