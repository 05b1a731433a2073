import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { sweep } from '../../../functions/sweep/sweep';
import { askToExtend } from '../../../functions/wishes/askToExtend';
import { Fault } from '../../../shared/domain/fault';
import { facts } from '../../support/fakeNetwork';
import {
  createTestWorld,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  standing,
  type TestWorld,
} from '../../support/windowWorld';

/** Open for an hour of an activation of two, and quiet for ten minutes. */
async function opened() {
  const first = createTestWorld().time.now + 60 * minute;
  const { world, id } = await openedWindow({ untilAt: first });
  const later = first + 20 * minute;
  await live(world, id, world.time.now + 10 * minute);
  const extend = async (): Promise<void> => {
    await askToExtend(world, id, { by: id, reason: 'not done yet', until: later });
  };
  const extendAndProve = async (): Promise<void> => {
    await extend();
    await live(world, id, world.time.now + 2 * minute);
    expect((await readRow(world, id)).until).toBe(later);
  };
  return { world, id, first, later, extend, extendAndProve };
}

/** `meanwhile` happens once, before or after the read of this NSG that the next sweep begins. */
function around(
  world: TestWorld,
  nsg: string,
  when: 'before' | 'after',
  meanwhile: () => Promise<void>,
): void {
  const { readNsg } = world.network;
  let begun = false;
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  Object.assign(world.network, {
    readNsg: async (id: string) => {
      // Rows are read after NSGs: where every read is old, the row is the newer of the two.
      if (!begun && id !== nsg && when === 'after') {
        const reading = await readNsg(id);
        await over;
        return reading;
      }
      if (begun || id !== nsg) return readNsg(id);
      begun = true;
      // The other NSG, and the row with it, are read in the meantime.
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      if (when === 'before') await meanwhile();
      const reading = await readNsg(id);
      if (when === 'after') await meanwhile();
      end();
      return reading;
    },
  });
}

const unharmed = async (world: TestWorld, id: string): Promise<void> => {
  expect((await readRow(world, id)).wish).toBe('open');
  expect(world.network.calls.filter(({ op }) => op === 'delete')).toEqual([]);
  expect(world.alarms()).toEqual([]);
};

describe('a sweep while a window is extended', () => {
  it.each(['before', 'after'] as const)(
    'closes nothing when the extend is proved %s one of its reads ends',
    async (when) => {
      for (const nsg of [nsgNic, nsgSubnet]) {
        const { world, id, later, extendAndProve } = await opened();
        around(world, nsg, when, extendAndProve);
        expect(await sweep(world)).toMatchObject({ rules: 2, closed: 0, deleted: 0 });
        await unharmed(world, id);
        expect(await sweep(world)).toMatchObject({ rules: 2, closed: 0, deleted: 0 });
        await live(world, id, later);
        expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
      }
    },
  );

  it('in the same moment closes nothing, whoever is a little faster', async () => {
    for (let head = 0; head < 12; head++) {
      const { world, id, extend } = await opened();
      const go = async (): Promise<void> => {
        for (let turn = 0; turn < head * 4; turn++) await Promise.resolve();
        await extend();
        await advanceWindow(world, { id });
      };
      const [summary] = await Promise.all([sweep(world), go()]);
      expect(summary).toMatchObject({ closed: 0, deleted: 0 });
      await unharmed(world, id);
    }
  });

  it('deletes nothing at the old lead by a read that hung over the extend', async () => {
    const { world, id, first, extendAndProve } = await opened();
    await live(world, id, first - 8 * minute);
    around(world, nsgNic, 'after', async () => {
      await extendAndProve();
      await live(world, id, first - 2 * minute);
    });
    expect(await sweep(world)).toMatchObject({ deleted: 0, closed: 0 });
    await unharmed(world, id);
  });

  it('deletes nothing at the old lead by what a late index shows, and all at the new one', async () => {
    const { world, id, first, later, extendAndProve } = await opened();
    world.network.stale = await world.network.listOurRules();
    await extendAndProve();
    world.time.moveTo(first - 2 * minute);
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    expect(await sweep(world)).toMatchObject({ deleted: 0, closed: 0 });
    await unharmed(world, id);
    world.time.moveTo(later - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
  });

  it('deletes a rule whose old marker others have put back when that is due', async () => {
    const { world, first, extendAndProve } = await opened();
    const [old] = standing(world, nsgNic);
    await extendAndProve();
    const nsg = world.network.nsg(nsgNic);
    nsg.rules = old === undefined ? [] : [old];
    world.time.moveTo(first - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(world.network.calls.filter(({ op }) => op === 'delete')).toMatchObject([{ id: nsgNic }]);
  });

  it('leaves the later marker of an extend that was dropped on one of two NSGs', async () => {
    const { world, id, first, extend } = await opened();
    await live(world, id, first - 20 * minute);
    world.network.trouble = ({ op, id: nsg }) =>
      op === 'put' && nsg === nsgNic ? { before: 'denied' } : undefined;
    await extend();
    for (const before of [19, 15, 10, 6, 5, 4]) {
      await live(world, id, first - before * minute);
      expect(await sweep(world)).toMatchObject({ closed: 0, deleted: 0 });
      await unharmed(world, id);
    }
    expect(await readRow(world, id)).toMatchObject({ until: first, wantedUntil: first });
    world.time.moveTo(first - 2 * minute);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
  });

  it.each(['silent', 'gone'])('deletes what is due although the row is %s by then', async (how) => {
    const { world, id, first } = await opened();
    world.time.moveTo(first - 2 * minute);
    const { windows } = world.ledger;
    const { get } = windows;
    let reads = 0;
    Object.assign(windows, {
      get: async (one: string) => {
        reads += 1;
        if (reads === 1) return get(one);
        if (how === 'gone') return null;
        throw new Fault(facts('unavailable'), 'get');
      },
    });
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
    Object.assign(windows, { get });
    expect((await readRow(world, id)).wish).toBe('open');
  });
});
