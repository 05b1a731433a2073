import { findRules } from '../../../functions/sweep/findRules';
import { SweepMemory } from '../../../functions/sweep/memory';
import type { Call } from '../../support/fakeNetwork';
import {
  addNsg,
  createTestWorld,
  minute,
  nsgNic,
  nsgSubnet,
  said,
  type TestWorld,
} from '../../support/windowWorld';
import { plant } from './plant';

const second = nsgNic.replace(
  /^(\/subscriptions\/)[^/]+/,
  '$1bbbbbbbb-0000-4000-8000-000000000002',
);
const subscriptionOf = (id: string): string => id.split('/')[2] ?? '';
const ops = (world: TestWorld): string[] => world.network.calls.map(({ op }) => op);
const listed = (world: TestWorld): string[] =>
  world.network.calls.filter(({ op }) => op === 'list').map(({ id }) => id);
const failing = (world: TestWorld, test: (call: Call) => boolean): void => {
  world.network.trouble = (call) => (test(call) ? { before: 'throttled' } : undefined);
};
const why = { faultKind: 'throttled', azureCode: 'Test-throttled' };

/** Rules in two subscriptions, and what a process remembers that saw them. */
async function seen() {
  const world = createTestWorld();
  addNsg(world.network, second);
  const first = plant(world, nsgNic, world.time.now + 60 * minute);
  const other = plant(world, second, world.time.now + 60 * minute);
  const memory = new SweepMemory(minute);
  const { complete, by } = await findRules(world, memory);
  expect([complete, by]).toEqual([true, 'index']);
  world.network.calls.length = 0;
  return { world, memory, first, other };
}

describe('rules, when the index does not answer', () => {
  it('are looked for in the lists, once, and it is said why', async () => {
    const { world, memory } = await seen();
    failing(world, ({ op }) => op === 'query');
    expect(await findRules(world, memory)).toMatchObject({ complete: true, by: 'lists' });
    expect(ops(world)).toEqual(['query', 'subscriptions', 'list', 'list']);
    expect(said(world, 'sweep.queryFailed')).toEqual([why]);
    // The lists are not due for ten cycles from now: the index is asked again.
    world.network.calls.length = 0;
    world.time.moveTo(world.time.now + 9 * minute);
    await findRules(world, memory);
    expect(ops(world)[0]).toBe('query');
  });

  it('are those of the lists that answer, and for the others those that are remembered', async () => {
    const { world, memory, first, other } = await seen();
    failing(world, ({ op, id }) => op === 'query' || (op === 'list' && nsgNic.includes(id)));
    const more = plant(world, second, world.time.now + 60 * minute, { slot: 3 });
    const later = plant(world, nsgSubnet, world.time.now + 60 * minute, { slot: 4 });
    const rule = world.network.nsg(second).rules[0];
    if (rule === undefined) throw new Error('no rule');
    world.network.nsg(second).rules[0] = { ...rule, description: 'rewritten' };
    const found = await findRules(world, memory);
    expect(found).toMatchObject({ complete: false, by: 'memory' });
    const byName = (names: readonly { nsgId: string; ruleName: string; description: string }[]) =>
      new Map(names.map((one) => [`${one.nsgId}/${one.ruleName}`, one.description]));
    const sightings = byName(found.sightings);
    expect([...sightings.keys()].sort()).toEqual(
      [`${nsgNic}/${first}`, `${second}/${other}`, `${second}/${more}`].sort(),
    );
    expect(sightings.get(`${second}/${other}`)).toBe('rewritten');
    expect(sightings.has(`${nsgSubnet}/${later}`)).toBe(false);
    expect(ops(world).filter((op) => op === 'query')).toHaveLength(1);
    expect(said(world, 'sweep.listFailed')).toEqual([
      { subscriptionId: subscriptionOf(nsgNic), ...why },
    ]);
    // Nothing of it is forgotten where nothing answers the next time.
    failing(world, () => true);
    expect((await findRules(world, memory)).sightings).toHaveLength(3);
  });

  it('are told apart by NSG and name, whatever their casing', async () => {
    const { world, memory } = await seen();
    memory.sightings = memory.sightings.map((one) => ({ ...one, nsgId: one.nsgId.toUpperCase() }));
    world.network.trouble = ({ op }) =>
      op === 'query' ? { before: 'throttled' } : op === 'list' ? { dropped: true } : undefined;
    expect((await findRules(world, memory)).sightings).toHaveLength(2);
    expect(said(world, 'sweep.listCutOff')).toContainEqual({
      subscriptionId: subscriptionOf(second),
      rules: 1,
    });
  });
});

describe('the subscriptions whose lists are asked', () => {
  it('are those that were visible before, and those of rules, where none can be listed', async () => {
    const { world, memory } = await seen();
    failing(world, ({ op }) => op === 'query');
    await findRules(world, memory);
    world.network.nsg(second).rules = [];
    await findRules(world, memory);
    memory.sightings = [...memory.sightings, { nsgId: '/nowhere', ruleName: 'x', description: '' }];
    world.network.calls.length = 0;
    failing(world, ({ op }) => op === 'query' || op === 'subscriptions');
    expect(await findRules(world, memory)).toMatchObject({ complete: false });
    expect(listed(world).sort()).toEqual([nsgNic, second].map(subscriptionOf).sort());
    expect(said(world, 'sweep.subscriptionsFailed')).toEqual([why]);
  });

  it('are none in a process that never saw any', async () => {
    const world = createTestWorld();
    failing(world, ({ op }) => op === 'query' || op === 'subscriptions');
    expect(await findRules(world, new SweepMemory(minute))).toEqual({
      sightings: [],
      complete: false,
      by: 'memory',
    });
    expect(listed(world)).toEqual([]);
  });

  it('are those that the settings name, and then nobody asks which are visible', async () => {
    const { world, memory } = await seen();
    failing(world, ({ op }) => op === 'query');
    const limited = { ...world, sweep: { mode: 'close' as const, scopes: [second] } };
    expect(await findRules(limited, memory)).toMatchObject({ complete: true, by: 'lists' });
    expect(ops(world)).toEqual(['query', 'list']);
    expect(listed(world)).toEqual([subscriptionOf(second)]);
  });
});

describe('at the cycle of the lists', () => {
  async function atTheCycle() {
    const { world, memory } = await seen();
    memory.listed(world.time.now);
    world.time.moveTo(world.time.now + 10 * minute);
    return { world, memory };
  }

  it('the index is not asked, unless a list fails, and the lists are due again', async () => {
    const { world, memory } = await atTheCycle();
    expect(await findRules(world, memory)).toMatchObject({ complete: true, by: 'lists' });
    expect(ops(world)).not.toContain('query');
    world.time.moveTo(world.time.now + 10 * minute);
    failing(world, ({ op, id }) => op === 'list' && nsgNic.includes(id));
    world.network.calls.length = 0;
    const found = await findRules(world, memory);
    expect(found).toMatchObject({ complete: true, by: 'index' });
    expect(found.sightings).toHaveLength(2);
    expect(ops(world).filter((op) => op === 'query')).toHaveLength(1);
    // Lists that did not answer whole are asked again at the next cycle.
    world.network.calls.length = 0;
    world.time.moveTo(world.time.now + minute);
    await findRules(world, memory);
    expect(ops(world)[0]).toBe('subscriptions');
  });

  it('what is remembered is all there is when the index fails as well', async () => {
    const { world, memory } = await atTheCycle();
    failing(world, ({ op }) => op !== 'subscriptions');
    const found = await findRules(world, memory);
    expect(found).toMatchObject({ complete: false, by: 'memory' });
    expect(found.sightings).toHaveLength(2);
    expect(ops(world).filter((op) => op === 'query')).toHaveLength(1);
  });
});
