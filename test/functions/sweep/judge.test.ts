import { SweepMemory } from '../../../functions/sweep/memory';
import { judgeRules } from '../../../functions/sweep/judgeRules';
import { sweep } from '../../../functions/sweep/sweep';
import { Fault } from '../../../shared/domain/fault';
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
  type TestWorld,
} from '../../support/windowWorld';
import { plant, windowId } from './plant';

const reads = (world: TestWorld): string[] =>
  world.network.calls.filter(({ op }) => op === 'readNsg').map(({ id }) => id);
/** Counts the rows that are read from now on. */
function countingRows(world: TestWorld): { reads: number } {
  const count = { reads: 0 };
  const { windows } = world.ledger;
  const { get } = windows;
  Object.assign(windows, {
    get: async (id: string) => {
      count.reads += 1;
      return get(id);
    },
  });
  return count;
}

describe('the reads of a sweep', () => {
  it('begin with the NSG whose rule is due first, and end with those that name no time', async () => {
    const world = createTestWorld();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(nsgId) as [string, string, string, string];
    for (const id of [a, b, c, d]) addNsg(world.network, id);
    const at = world.time.now + 600 * minute;
    const unsigned = `postern-abc123-${windowId}-0`;
    world.network.nsg(a).rules.push(foreignRule({ name: unsigned, description: '' }));
    plant(world, b, at + 2 * minute);
    plant(world, c, at + 3 * minute, { slot: 1 });
    plant(world, c, at + minute, { slot: 2 });
    plant(world, d, at, { by: foreignSigner });
    await sweep(world);
    expect(reads(world)).toEqual([d, c, b, a]);
  });

  it('are one for each NSG, whatever its casing, and for an NSG with a copy of a marker', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now + 600 * minute, { slot: 1 });
    plant(world, nsgNic, world.time.now + 600 * minute, { slot: 2 });
    world.network
      .nsg(nsgSubnet)
      .rules.push(foreignRule({ name: 'copy', description: 'postern1|1|1|x' }));
    const [one, two, copy] = await world.network.listOurRules();
    if (one === undefined || two === undefined || copy === undefined) throw new Error('missing');
    world.network.stale = [one, { ...two, nsgId: two.nsgId.toUpperCase() }, copy];
    expect(await sweep(world)).toMatchObject({ nsgs: 2, rules: 3 });
    expect(reads(world)).toHaveLength(2);
  });

  it('are begun for twenty seconds, to the millisecond', async () => {
    const world = createTestWorld();
    for (let at = 0; at < 20; at++) {
      addNsg(world.network, nsgId(`nsg-${at}`));
      plant(world, nsgId(`nsg-${at}`), world.time.now + 600 * minute);
    }
    world.network.trouble = ({ op }) => {
      if (op === 'readNsg') world.time.moveTo(world.time.now + 2_000);
      return undefined;
    };
    expect(await sweep(world)).toMatchObject({ nsgs: 20, failed: 10, rules: 20, adopted: 20 });
    expect(reads(world)).toHaveLength(10);
    expect(said(world, 'sweep.nsgUnreadable')).toHaveLength(10);
    expect(said(world, 'sweep.nsgUnreadable')[0]).toMatchObject({
      faultKind: 'unavailable',
      azureCode: 'NoTime',
    });
  });

  it('say which NSG could not be read, and why', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now + 600 * minute);
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'denied' } : undefined);
    expect(await sweep(world)).toMatchObject({ nsgs: 1, failed: 1, rules: 1 });
    expect(said(world, 'sweep.nsgUnreadable')).toEqual([
      { nsgId: nsgNic, faultKind: 'denied', azureCode: 'Test-denied' },
    ]);
  });

  it('find nothing in an NSG that is gone, and of a rule that the index shows too late', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    plant(world, nsgSubnet, world.time.now - minute);
    world.network.stale = await world.network.listOurRules();
    world.network.nsgs.delete(nsgNic.toLowerCase());
    world.network.nsg(nsgSubnet).rules = [];
    expect(await sweep(world)).toMatchObject({ nsgs: 2, rules: 0, deleted: 0, failed: 0 });
    expect(world.network.calls.filter(({ op }) => op === 'delete')).toEqual([]);
  });

  it('find more than the index shows', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute, { slot: 1 });
    world.network.stale = await world.network.listOurRules();
    plant(world, nsgNic, world.time.now - minute, { slot: 2 });
    expect(await sweep(world)).toMatchObject({ rules: 2, deleted: 2 });
  });
});

describe('the rows that a sweep reads', () => {
  it('are one for each window, and none for rules of others', async () => {
    const { world } = await openedWindow();
    plant(world, nsgNic, world.time.now - minute, { deployment: 'zzz999' });
    const count = countingRows(world);
    expect(await sweep(world)).toMatchObject({ rules: 2, otherDeployments: 1 });
    expect(count.reads).toBe(1);
  });

  it('are asked for once where the ledger does not answer, and it is said once', async () => {
    const { world, id, until } = await openedWindow();
    let asked = 0;
    Object.assign(world.ledger.windows, {
      get: async () => {
        asked += 1;
        throw new Fault(facts('unavailable'), 'get');
      },
    });
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
    expect(asked).toBe(1);
    expect(said(world, 'sweep.rowUnreadable')).toEqual([
      { windowId: id, faultKind: 'unavailable', azureCode: 'Test-unavailable' },
    ]);
  });

  it('count for nothing when a newer version wrote them: their rules go by marker', async () => {
    const { world, id, until } = await openedWindow();
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('no row');
    const newer = { ...stored.row, schema: 3, wish: 'closed' as const };
    await world.ledger.windows.replace(newer as typeof stored.row, stored.etag);
    const memory = new SweepMemory(minute);
    expect(await sweep(world, memory)).toMatchObject({ adopted: 2, deleted: 0 });
    world.time.moveTo(until - 2 * minute);
    expect(await sweep(world, memory)).toMatchObject({ deleted: 2 });
    expect(await readRow(world, id)).toEqual(newer);
  });
});

describe('the rules that a sweep judges', () => {
  /** Everything in these NSGs that the index shows, judged; by NSG and name. */
  async function judgedIn(world: TestWorld) {
    const readings = { nsgs: 0, failed: 0 };
    const sightings = await world.network.listOurRules();
    const judged = await judgeRules(world, sightings, readings, world.time.now + minute);
    return { judged, readings, names: judged.map(({ sighted }) => sighted.ruleName).sort() };
  }

  it('of other deployments alone are judged by the index: their NSG is not read', async () => {
    const world = createTestWorld();
    const name = plant(world, nsgNic, world.time.now - minute, { deployment: 'zzz999' });
    const { judged, readings } = await judgedIn(world);
    expect(reads(world)).toEqual([]);
    expect(readings).toEqual({ nsgs: 0, failed: 0 });
    expect(judged).toMatchObject([
      {
        sighted: { ruleName: name, rule: null, readAt: null, row: null },
        verdict: { do: 'leave' },
      },
    ]);
  });

  it('of others beside ours are read with them, once', async () => {
    const world = createTestWorld();
    const theirs = plant(world, nsgNic, world.time.now - minute, { deployment: 'zzz999' });
    const ours = plant(world, nsgNic, world.time.now - minute, { slot: 1 });
    const { judged, names } = await judgedIn(world);
    expect(reads(world)).toHaveLength(1);
    expect(names).toEqual([ours, theirs].sort());
    expect(judged.every(({ sighted }) => sighted.readAt !== null)).toBe(true);
  });

  it('are ours by name or marker: what else stands in the NSG is not judged', async () => {
    const world = createTestWorld();
    const ours = plant(world, nsgNic, world.time.now + minute);
    world.network.nsg(nsgNic).rules.push(foreignRule({ name: 'allow-backup', description: '' }));
    expect((await judgedIn(world)).names).toEqual([ours]);
  });

  it('in an NSG that is gone are none', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now + minute);
    world.network.stale = await world.network.listOurRules();
    world.network.nsgs.delete(nsgNic.toLowerCase());
    expect((await judgedIn(world)).judged).toEqual([]);
  });

  it('come with the row of their window as it is, or with none where there is none', async () => {
    const { world, id } = await openedWindow();
    const orphan = plant(world, nsgNic, world.time.now + minute);
    const { judged } = await judgedIn(world);
    const rowOf = (name: string) =>
      judged.find(({ sighted }) => sighted.ruleName === name)?.sighted.row;
    expect(rowOf(orphan)).toBeNull();
    const own = judged.find(({ sighted }) => sighted.ruleName !== orphan);
    expect(own?.sighted.row).toEqual(await readRow(world, id));
  });
});
