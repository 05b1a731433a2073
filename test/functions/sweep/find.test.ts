import { SweepMemory } from '../../../functions/sweep/memory';
import { sweep } from '../../../functions/sweep/sweep';
import type { Call } from '../../support/fakeNetwork';
import {
  addNsg,
  createTestWorld,
  foreignRule,
  minute,
  nsgId,
  nsgNic,
  nsgSubnet,
  openedWindow,
  standing,
  type TestWorld,
} from '../../support/windowWorld';
import { plant } from './plant';

const other = 'b'.repeat(20);

/** What was asked for in the sweep that `run` does. */
async function asked(world: TestWorld, run: () => Promise<unknown>): Promise<string[]> {
  const before = world.network.calls.length;
  await run();
  return world.network.calls
    .slice(before)
    .map(({ op }) => op)
    .filter((op) => op === 'query' || op === 'list' || op === 'subscriptions');
}

const failing =
  (...ops: Call['op'][]) =>
  ({ op }: Call) =>
    ops.includes(op) ? ({ before: 'throttled' } as const) : undefined;

describe('where the sweep looks for rules', () => {
  it('is the index, and at every tenth cycle the lists', async () => {
    const { world } = await openedWindow();
    const memory = new SweepMemory(minute);
    world.time.moveTo(Math.ceil(world.time.now / (10 * minute)) * 10 * minute);
    // Nine cycles from the beginning of the clock's ten, and every tenth from then on.
    const cycles: string[] = [];
    for (let cycle = 0; cycle < 25; cycle++) {
      cycles.push((await asked(world, () => sweep(world, memory))).join('+'));
      world.time.moveTo(world.time.now + minute);
    }
    const listing = cycles.flatMap((one, at) => (one === 'query' ? [] : [at]));
    expect(listing).toEqual([9, 19]);
    expect(cycles[9]).toBe('subscriptions+list');
  });

  it('comes to the lists, too, in processes that never live for ten cycles', async () => {
    const { world } = await openedWindow();
    let lists = 0;
    for (let cycle = 0; cycle < 40; cycle++) {
      const memory = new SweepMemory(minute);
      const ops = await asked(world, () => sweep(world, memory));
      if (ops.includes('list')) lists += 1;
      world.time.moveTo(world.time.now + minute);
    }
    expect(lists).toBe(4);
  });

  it.each(['throttled', 'unavailable', 'denied', 'invalid'] as const)(
    'is the lists when the index is %s',
    async (before) => {
      const { world, until } = await openedWindow();
      world.network.trouble = ({ op }) => (op === 'query' ? { before } : undefined);
      world.time.moveTo(until - 2 * minute);
      expect(await sweep(world)).toMatchObject({ complete: true, by: 'lists', deleted: 2 });
    },
  );

  it('is the lists for what the index never came to show', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    world.network.stale = [];
    const memory = new SweepMemory(minute);
    let minutes = 0;
    while (standing(world, nsgNic).length > 0 && minutes < 20) {
      await sweep(world, memory);
      minutes += 1;
      world.time.moveTo(world.time.now + minute);
    }
    expect(minutes).toBeLessThanOrEqual(11);
  });

  it('is a stale index without harm: what it still shows is gone when the NSG is read', async () => {
    const world = createTestWorld();
    const ruleName = plant(world, nsgNic, world.time.now - minute);
    const [rule] = standing(world, nsgNic);
    world.network.stale = [{ nsgId: nsgNic, ruleName, description: rule?.description ?? '' }];
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    world.time.moveTo(world.time.now + minute);
    expect(await sweep(world)).toMatchObject({ deleted: 0, rules: 0 });
  });

  it('is what was seen before, when neither index nor lists answer', async () => {
    const { world, until } = await openedWindow();
    const memory = new SweepMemory(minute);
    await sweep(world, memory);
    world.network.trouble = failing('query', 'subscriptions', 'list');
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world, memory)).toMatchObject({ complete: false, by: 'memory', deleted: 2 });
    world.time.moveTo(until - minute);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
  });

  it('is the lists of subscriptions where rules were seen, if those cannot be listed', async () => {
    const { world, until } = await openedWindow();
    const memory = new SweepMemory(minute);
    await sweep(world, memory);
    plant(world, nsgNic, until, { windowId: other });
    world.network.trouble = failing('query', 'subscriptions');
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world, memory)).toMatchObject({ complete: false, deleted: 3 });
  });

  it('is index and list together when one list at its cycle is cut off, and it says so', async () => {
    const { world } = await openedWindow();
    world.time.moveTo(Math.ceil(world.time.now / (10 * minute)) * 10 * minute + 9.9 * minute);
    world.network.trouble = ({ op }) => (op === 'list' ? { dropped: true } : undefined);
    const ops = await asked(world, async () =>
      expect(await sweep(world)).toMatchObject({ complete: true, by: 'index', rules: 2 }),
    );
    expect(ops).toEqual(['subscriptions', 'list', 'query']);
    expect(world.lines.some(({ event }) => event === 'sweep.listCutOff')).toBe(true);
  });

  it('is the subscriptions of its scopes, where the settings name some', async () => {
    const { world } = await openedWindow();
    const scopes = [nsgNic];
    const limited = { ...world, sweep: { mode: 'close' as const, scopes } };
    world.network.trouble = failing('query');
    const ops = await asked(world, () => sweep(limited));
    expect(ops).toEqual(['query', 'list']);
  });
});

describe('the order of the deletes', () => {
  it('is that of the deadlines over all NSGs, one after the other on each', async () => {
    const world = createTestWorld();
    world.network.operationMs = 0;
    const nsgs = Array.from({ length: 30 }, (_item, at) => nsgId(`nsg-${at}`));
    const wanted: string[] = [];
    for (const [at, id] of nsgs.entries()) {
      addNsg(world.network, id, [foreignRule()]);
      // Every NSG holds an early and a late one; all the early ones go first.
      plant(world, id, world.time.now - 600 * minute + at * minute, { slot: 1 });
      plant(world, id, world.time.now - minute, { slot: 2 });
      wanted.push(id);
    }
    await sweep(world);
    const deletes = world.network.calls.filter(({ op }) => op === 'delete');
    expect(deletes).toHaveLength(60);
    expect(deletes.slice(0, 30).map(({ id }) => id)).toEqual(wanted);
  });

  it('begins no delete when its time is over, and the next sweep goes on', async () => {
    const world = createTestWorld();
    for (let slot = 0; slot < 12; slot++) {
      plant(world, nsgNic, world.time.now - (12 - slot) * minute, { slot });
    }
    world.network.operationMs = 9_000;
    const memory = new SweepMemory(minute);
    const startedAt = world.time.now;
    const first = await sweep(world, memory);
    expect(world.time.now - startedAt).toBeLessThanOrEqual(65_000);
    expect(first.deleted).toBeGreaterThan(3);
    expect(first.left).toBeGreaterThan(0);
    expect(first.deleted + first.left + first.failed).toBe(12);
    for (let cycle = 0; cycle < 4; cycle++) {
      world.time.moveTo(world.time.now + minute);
      await sweep(world, memory);
    }
    world.time.moveTo(world.time.now + minute);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('does not wait for reads that hang: what the index shows is enough to close', async () => {
    const world = createTestWorld();
    for (let at = 0; at < 60; at++) {
      addNsg(world.network, nsgId(`nsg-${at}`));
      plant(world, nsgId(`nsg-${at}`), world.time.now - minute);
    }
    world.network.trouble = ({ op }) => {
      if (op !== 'readNsg') return undefined;
      world.time.moveTo(world.time.now + 2_000);
      return { before: 'unavailable' };
    };
    expect(await sweep(world)).toMatchObject({ nsgs: 60, failed: 60, deleted: 60 });
    expect(world.network.calls.filter(({ op }) => op === 'readNsg').length).toBeLessThan(30);
  });
});
