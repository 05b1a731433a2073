import { sweep } from '../../../functions/sweep/sweep';
import {
  addNsg,
  createTestWorld,
  foreignRule,
  foreignSigner,
  live,
  minute,
  nsgId,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  standing,
} from '../../support/windowWorld';
import { Fault } from '../../../shared/domain/fault';
import { facts } from '../../support/fakeNetwork';
import { plant } from './plant';

describe('the sweep', () => {
  it('leaves an open window alone and closes it at the lead when nobody else does', async () => {
    const { world, id, until } = await openedWindow();
    expect(await sweep(world)).toMatchObject({ complete: true, nsgs: 2, rules: 2, deleted: 0 });
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 2, failed: 0 });
    world.time.moveTo(until - minute);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
    expect((await live(world, id, until + minute)).done).toBe(true);
    expect(world.alarms()).toEqual([]);
  });

  it('closes by the marker alone when the ledger is lost', async () => {
    const { world, until } = await openedWindow();
    const [stored] = await world.ledger.windows.list();
    if (stored !== undefined) await world.ledger.windows.remove(stored.row.id, stored.etag);
    expect(await sweep(world)).toMatchObject({ deleted: 0, adopted: 2 });
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
  });

  it('closes by the marker alone when the ledger does not answer', async () => {
    const { world, until } = await openedWindow();
    Object.assign(world.ledger.windows, {
      get: async () => {
        throw new Fault(facts('unavailable'), 'get');
      },
    });
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
  });

  it('never deletes what is not signed and what no row names', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute, { by: foreignSigner });
    world.network
      .nsg(nsgSubnet)
      .rules.push(
        foreignRule({ name: 'copy', description: 'postern1|1|1|x' }),
        foreignRule({ name: 'web', priority: 301 }),
      );
    expect(await sweep(world)).toMatchObject({ deleted: 0, reported: 2 });
    expect(world.alarms().sort()).toEqual(['copiedRule', 'foreignRule']);
    expect(world.network.calls.filter(({ op }) => op === 'delete')).toEqual([]);
  });

  it('leaves rules of other deployments alone, without a read of their NSG', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute, { deployment: 'zzz999' });
    expect(await sweep(world)).toMatchObject({ nsgs: 0, deleted: 0, otherDeployments: 1 });
    expect(world.network.nsg(nsgNic).rules).toHaveLength(1);
  });

  it('deletes in the order of the deadlines within one NSG', async () => {
    const world = createTestWorld();
    world.network.operationMs = 0;
    const later = plant(world, nsgNic, world.time.now - minute, { slot: 1 });
    const sooner = plant(world, nsgNic, world.time.now - 2 * minute, { slot: 2 });
    await sweep(world);
    const deleted = world.network.calls.filter(({ op }) => op === 'delete');
    expect(deleted.map(({ ruleName }) => ruleName)).toEqual([sooner, later]);
  });

  it('goes on with other NSGs when one cannot be read, and deletes there what the index showed', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    plant(world, nsgSubnet, world.time.now - minute);
    world.network.trouble = ({ op, id }) =>
      op === 'readNsg' && id === nsgNic ? { before: 'unavailable' } : undefined;
    expect(await sweep(world)).toMatchObject({ deleted: 2, failed: 1 });
  });

  it('gives up for now on an NSG that stays busy, and goes on with the others', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    plant(world, nsgSubnet, world.time.now - minute);
    world.network.trouble = ({ op, id }) =>
      op === 'delete' && id === nsgNic ? { before: 'busy' } : undefined;
    expect(await sweep(world)).toMatchObject({ deleted: 1, failed: 1 });
    // Both stood past their deadline: one was gone late, one stands still.
    expect(world.alarms()).toEqual(['overrun', 'overrun']);
    world.network.trouble = () => undefined;
    expect(await sweep(world)).toMatchObject({ deleted: 1, failed: 0 });
  });

  it('outlasts an NSG that is busy with the delete before for eleven seconds', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    const freeAt = world.time.now + 11_000;
    world.network.trouble = ({ op }) =>
      op === 'delete' && world.time.now < freeAt ? { before: 'busy' } : undefined;
    expect(await sweep(world)).toMatchObject({ deleted: 1, failed: 0 });
  });

  it('deletes a rule that a stale worker put back after the window was closed, with an alarm', async () => {
    const { world, id, until } = await openedWindow();
    const before = [...standing(world, nsgNic)];
    await live(world, id, until);
    world.network.nsg(nsgNic).rules.push(...before);
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(world.alarms()).toEqual(['ruleAfterClose']);
  });

  it('wishes a window closed whose rule was widened, and its sleeper closes it', async () => {
    const { world, id } = await openedWindow();
    const nsg = world.network.nsg(nsgNic);
    nsg.rules = nsg.rules.map((rule) => ({ ...rule, sources: ['0.0.0.0/0'] }));
    expect(await sweep(world)).toMatchObject({ closed: 1, deleted: 0 });
    expect(await readRow(world, id)).toMatchObject({
      wish: 'closed',
      closeReason: 'changedByOthers',
      nextLook: world.time.now,
    });
    const end = await live(world, id, world.time.now + 10 * minute);
    expect(end).toEqual({ done: true, outcome: 'changedByOthers' });
  });

  it('says so when neither index nor lists answer, and throws nothing', async () => {
    const world = createTestWorld();
    const silent = ['query', 'subscriptions', 'list'];
    world.network.trouble = ({ op }) => (silent.includes(op) ? { before: 'throttled' } : undefined);
    expect(await sweep(world)).toMatchObject({ complete: false, by: 'memory', deleted: 0 });
  });

  it('asks for one query and one read per NSG that holds rules of ours', async () => {
    const { world } = await openedWindow();
    for (let n = 0; n < 20; n++) addNsg(world.network, nsgId(`nsg-${n}`), [foreignRule()]);
    const before = world.network.calls.length;
    await sweep(world);
    const ops = world.network.calls.slice(before).map(({ op }) => op);
    expect(ops.sort()).toEqual(['query', 'readNsg', 'readNsg']);
  });
});
