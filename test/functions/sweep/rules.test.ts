import { SweepMemory } from '../../../functions/sweep/memory';
import { sweep } from '../../../functions/sweep/sweep';
import { sweepRules } from '../../../functions/sweep/sweepRules';
import { Fault } from '../../../shared/domain/fault';
import type { Inventory } from '../../../shared/ports/inventory';
import { facts } from '../../support/fakeNetwork';
import {
  addNsg,
  createTestWorld,
  foreignRule,
  foreignSigner,
  minute,
  nsgId,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  said,
  standing,
  type TestWorld,
  wishClosed,
} from '../../support/windowWorld';
import { plant } from './plant';

const widen = (world: TestWorld, id: string): void => {
  const nsg = world.network.nsg(id);
  nsg.rules = nsg.rules.map((rule) => ({ ...rule, sources: ['0.0.0.0/0'] }));
};
const nothing = {
  complete: true,
  by: 'index',
  nsgs: 0,
  rules: 0,
  deleted: 0,
  adopted: 0,
  reported: 0,
  closed: 0,
  withheld: 0,
  otherDeployments: 0,
  failed: 0,
  left: 0,
};

describe('what a sweep says that it did', () => {
  it('is nothing where nothing of ours is', async () => {
    const world = createTestWorld();
    world.network.nsg(nsgNic).rules.push(foreignRule());
    expect(await sweep(world)).toEqual(nothing);
    expect(world.lines).toEqual([{ level: 'info', event: 'sweep.done', fields: nothing }]);
  });

  it('is each rule in its column', async () => {
    const { world } = await openedWindow();
    const at = world.time.now;
    plant(world, nsgNic, at + 60 * minute, { slot: 1 });
    plant(world, nsgNic, at - minute, { slot: 2 });
    plant(world, nsgNic, at - minute, { slot: 3, by: foreignSigner });
    plant(world, nsgNic, at - minute, { slot: 4, deployment: 'zzz999' });
    world.network
      .nsg(nsgSubnet)
      .rules.push(
        foreignRule({ name: 'copy', description: 'postern1|1|1|x' }),
        foreignRule({ name: 'web', priority: 301 }),
      );
    const summary = await sweep(world);
    expect(summary).toEqual({
      ...nothing,
      nsgs: 2,
      rules: 6,
      deleted: 1,
      adopted: 1,
      reported: 2,
      otherDeployments: 1,
    });
    expect(said(world, 'sweep.done')).toEqual([summary]);
  });

  it('is a rule without a row, until when it is looked after, once', async () => {
    const world = createTestWorld();
    const until = world.time.now + 60 * minute;
    const rule = plant(world, nsgNic, until);
    const memory = new SweepMemory(minute);
    await sweep(world, memory);
    await sweep(world, memory);
    expect(said(world, 'sweep.adopted')).toEqual([
      { nsgId: nsgNic, rule, until: new Date(until).toISOString() },
    ]);
  });

  it('is that it saw nothing, when it breaks, and why', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    const broken: Pick<Inventory, 'listOurRules'> = {
      listOurRules: async () => null as never,
    };
    const lists = { ...world.network, listOurRulesIn: async () => null as never };
    const summary = await sweepRules(
      { ...world, inventory: broken, network: lists, verifier: null as never },
      { memory: new SweepMemory(minute), closeWindow: null },
    );
    expect(summary.complete).toBe(false);
    const thrown = new Error('out of order');
    const failing = {
      ...world,
      verifier: {
        verify: () => {
          throw thrown;
        },
      },
    };
    const end = await sweep(failing);
    expect(end).toMatchObject({ complete: false, by: 'index', deleted: 0 });
    expect(said(world, 'sweep.failed')).toHaveLength(1);
    expect(Object.keys(said(world, 'sweep.failed')[0] ?? {})).toEqual(['faultKind', 'azureCode']);
    expect(said(world, 'sweep.done')).toHaveLength(2);
  });
});

describe('rules of other deployments', () => {
  it('are counted all, and listed up to a hundred', async () => {
    const world = createTestWorld();
    for (let n = 0; n < 101; n++) {
      const deployment = `z${String(n).padStart(5, '0')}`;
      plant(world, nsgNic, world.time.now, { deployment });
    }
    expect(await sweep(world)).toMatchObject({ otherDeployments: 101, rules: 0 });
    const [line] = said(world, 'sweep.otherDeployments');
    expect(line?.['count']).toBe(101);
    expect(line?.['rules']).toHaveLength(100);
  });

  it('are not spoken of where there are none', async () => {
    const { world } = await openedWindow();
    await sweep(world);
    expect(said(world, 'sweep.otherDeployments')).toEqual([]);
  });
});

describe('a window whose rule others changed', () => {
  it('is wished closed once, by the sweep that may write', async () => {
    const { world, id } = await openedWindow();
    widen(world, nsgNic);
    widen(world, nsgSubnet);
    const memory = new SweepMemory(minute);
    expect(await sweep(world, memory)).toMatchObject({ closed: 1, deleted: 0, failed: 0 });
    expect((await readRow(world, id)).closeReason).toBe('changedByOthers');
    const rule = standing(world, nsgNic)[0]?.name;
    expect(said(world, 'changedByOthers')).toContainEqual({
      nsgId: nsgNic,
      rule,
      found: 'changed',
    });
  });

  it('is told of, and left to its deadline, by an app that may write no row', async () => {
    const { world, id, until } = await openedWindow();
    widen(world, nsgNic);
    const by = { memory: new SweepMemory(minute), closeWindow: null };
    expect(await sweepRules(world, by)).toMatchObject({ closed: 0, withheld: 0, deleted: 0 });
    expect(world.alarms()).toEqual(['changedByOthers']);
    expect((await readRow(world, id)).wish).toBe('open');
    world.time.moveTo(until - 2 * minute);
    expect(await sweepRules(world, by)).toMatchObject({ deleted: 2 });
  });

  it('is not counted as closed when somebody else’s save was faster', async () => {
    const { world, id } = await openedWindow();
    widen(world, nsgNic);
    const { windows } = world.ledger;
    const { replace } = windows;
    Object.assign(windows, {
      replace: async (...args: Parameters<typeof replace>) => {
        Object.assign(windows, { replace });
        await wishClosed(world, id);
        return replace(...args);
      },
    });
    expect(await sweep(world)).toMatchObject({ closed: 0 });
    expect((await readRow(world, id)).closeReason).toBe('deactivated');
  });

  it('is left to the next sweep when the ledger fails, and the others go on', async () => {
    const { world, id } = await openedWindow();
    widen(world, nsgNic);
    plant(world, nsgNic, world.time.now - minute, { slot: 9 });
    Object.assign(world.ledger.windows, {
      replace: async () => {
        throw new Fault(facts('unavailable'), 'replace');
      },
    });
    expect(await sweep(world)).toMatchObject({ closed: 0, deleted: 1, complete: true });
    expect(said(world, 'sweep.closeFailed')).toEqual([
      { windowId: id, faultKind: 'unavailable', azureCode: 'Test-unavailable' },
    ]);
  });

  it('is left to the next sweep when the time of this one is over', async () => {
    for (const [tookMs, closed] of [
      [49_999, 1],
      [50_000, 0],
    ] as const) {
      const { world } = await openedWindow();
      widen(world, nsgNic);
      const { verify } = world.verifier;
      const startedAt = world.time.now;
      // The time runs out while the last rule is judged.
      const slow = {
        ...world,
        verifier: {
          verify: (...args: Parameters<typeof verify>) => {
            world.time.moveTo(startedAt + tookMs);
            return world.verifier.verify(...args);
          },
        },
      };
      expect(await sweep(slow)).toMatchObject({ closed, left: 1 - closed });
    }
  });
});

describe('what a sweep may not do', () => {
  it('is said once for each verdict and rule, with the setting that forbids it', async () => {
    const { world, until } = await openedWindow();
    widen(world, nsgNic);
    const rule = standing(world, nsgNic)[0]?.name;
    const memory = new SweepMemory(minute);
    const outside = { ...world, sweep: { mode: 'report' as const, scopes: [nsgId('other')] } };
    await sweep(outside, memory);
    await sweep(outside, memory);
    const because = 'SWEEP_SCOPES';
    const changed = { nsgId: nsgNic, rule, would: 'close', why: 'changed', because };
    expect(said(world, 'sweep.withheld')).toEqual([changed]);
    world.time.moveTo(until - 2 * minute);
    const inside = { ...world, sweep: { mode: 'report' as const, scopes: [] } };
    await sweep(inside, memory);
    expect(said(world, 'sweep.withheld')).toHaveLength(3);
    expect(said(world, 'sweep.withheld')).toContainEqual({
      nsgId: nsgNic,
      rule,
      would: 'delete',
      why: 'due',
      because: 'SWEEP_MODE',
    });
  });

  it('is nothing where nothing has to be done', async () => {
    const { world } = await openedWindow();
    plant(world, nsgNic, world.time.now - minute, { by: foreignSigner });
    addNsg(world.network, nsgId('other'));
    const reporting = { ...world, sweep: { mode: 'report' as const, scopes: [nsgId('other')] } };
    expect(await sweep(reporting)).toMatchObject({ withheld: 0, reported: 1 });
    expect(said(world, 'sweep.withheld')).toEqual([]);
  });
});
