import { SweepMemory } from '../../../functions/sweep/memory';
import { sweep } from '../../../functions/sweep/sweep';
import type { SweepSettings } from '../../../shared/domain/sweep/sweepSettings';
import {
  createTestWorld,
  foreignRule,
  foreignSigner,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  standing,
  subscription,
  type TestWorld,
} from '../../support/windowWorld';
import { plant } from './plant';

const day = 24 * 60 * minute;
/** Sweeps this far apart play a day quickly; `memory.test.ts` has the pace to the minute. */
const periodMs = 10 * minute;
const said = (world: TestWorld, event: string) =>
  world.lines.filter((line) => line.event === event);
const acting = (world: TestWorld, sweeping: SweepSettings) => ({ ...world, sweep: sweeping });

describe('a sweep that only reports', () => {
  const mode = 'report';

  it('deletes nothing, says once what it would, and alarms when the deadline is past', async () => {
    const { world, until } = await openedWindow();
    const reporting = acting(world, { mode, scopes: [] });
    const memory = new SweepMemory(minute);
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(reporting, memory)).toMatchObject({ deleted: 0, withheld: 2 });
    expect(await sweep(reporting, memory)).toMatchObject({ deleted: 0, withheld: 2 });
    expect(said(world, 'sweep.withheld')).toHaveLength(2);
    expect(said(world, 'sweep.withheld')[0]?.fields).toMatchObject({
      would: 'delete',
      why: 'due',
      because: 'SWEEP_MODE',
    });
    expect(world.alarms()).toEqual([]);
    world.time.moveTo(until + 1_000);
    for (let cycle = 0; cycle < 3; cycle++) await sweep(reporting, memory);
    expect(world.alarms()).toEqual(['overrun', 'overrun']);
    expect(standing(world, nsgNic)).toHaveLength(1);
  });

  it('wishes no window closed', async () => {
    const { world, id } = await openedWindow();
    const nsg = world.network.nsg(nsgNic);
    nsg.rules = nsg.rules.map((rule) => ({ ...rule, sources: ['0.0.0.0/0'] }));
    const reporting = acting(world, { mode, scopes: [] });
    expect(await sweep(reporting)).toMatchObject({ closed: 0, withheld: 1 });
    expect((await readRow(world, id)).wish).toBe('open');
    expect(world.alarms()).toEqual(['changedByOthers']);
  });
});

describe('a sweep with scopes', () => {
  it.each([
    ['an NSG', [nsgNic.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions')], [nsgNic]],
    ['a resource group', [`${subscription}/resourceGroups/RG-APP`], [nsgNic, nsgSubnet]],
    ['a subscription', [subscription], [nsgNic, nsgSubnet]],
    ['another group whose name begins alike', [`${subscription}/resourceGroups/rg-ap`], []],
    ['several', [`${subscription}/resourceGroups/rg-x`, nsgSubnet], [nsgSubnet]],
  ])('deletes within %s, and reports what lies outside', async (_, scopes, inside) => {
    const { world, until } = await openedWindow();
    world.time.moveTo(until - 2 * minute);
    const limited = acting(world, { mode: 'close', scopes });
    const tally = { deleted: inside.length, withheld: 2 - inside.length };
    expect(await sweep(limited)).toMatchObject(tally);
    world.time.moveTo(until - minute);
    const gone = [nsgNic, nsgSubnet].filter((id) => standing(world, id).length === 0);
    expect(gone).toEqual(inside);
    expect(said(world, 'sweep.withheld')).toHaveLength(2 - inside.length);
  });
});

describe('what the sweep says of a rule', () => {
  it('is said once for each reason, and again after a day', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now + 30 * day, { by: foreignSigner });
    world.network
      .nsg(nsgSubnet)
      .rules.push(foreignRule({ name: 'copy', description: 'postern1|1|1|x' }));
    const memory = new SweepMemory(periodMs);
    const startedAt = world.time.now;
    for (let cycle = 0; cycle < 30; cycle++) {
      await sweep(world, memory);
      world.time.moveTo(world.time.now + periodMs);
    }
    expect(world.alarms().sort()).toEqual(['copiedRule', 'foreignRule']);
    while (world.time.now < startedAt + 2 * day - minute) {
      await sweep(world, memory);
      world.time.moveTo(world.time.now + 5 * periodMs);
    }
    expect(world.alarms()).toHaveLength(4);
  });

  it('is said again when it is back after a while', async () => {
    const world = createTestWorld();
    const memory = new SweepMemory(minute);
    const copy = foreignRule({ name: 'copy', description: 'postern1|1|1|x' });
    const nsg = world.network.nsg(nsgSubnet);
    nsg.rules.push(copy);
    await sweep(world, memory);
    nsg.rules = nsg.rules.filter((one) => one !== copy);
    for (let cycle = 0; cycle < 15; cycle++) {
      world.time.moveTo(world.time.now + minute);
      await sweep(world, memory);
    }
    nsg.rules.push(copy);
    await sweep(world, memory);
    expect(world.alarms()).toEqual(['copiedRule', 'copiedRule']);
  });

  it('does not grow with what it remembers', () => {
    const memory = new SweepMemory(minute);
    let news = 0;
    for (let n = 0; n < 45_000; n++) news += memory.isNews(n, 'x', String(n)) ? 1 : 0;
    expect(news).toBe(45_000);
    expect(memory.isNews(45_000, 'x', '44999')).toBe(false);
    expect(memory.isNews(45_000, 'x', '0')).toBe(true);
  });

  it('is, of rules of other deployments, one list a day', async () => {
    const world = createTestWorld();
    const ruleName = plant(world, nsgNic, world.time.now - minute, { deployment: 'zzz999' });
    const memory = new SweepMemory(periodMs);
    const startedAt = world.time.now;
    while (world.time.now < startedAt + 2 * day - minute) {
      await sweep(world, memory);
      world.time.moveTo(world.time.now + 5 * periodMs);
    }
    const lists = said(world, 'sweep.otherDeployments');
    expect(lists).toHaveLength(2);
    expect(lists[0]?.fields).toEqual({
      count: 1,
      rules: [`${nsgNic}/securityRules/${ruleName}`],
    });
    expect(world.network.nsg(nsgNic).rules).toHaveLength(1);
    expect(world.alarms()).toEqual([]);
  });
});
