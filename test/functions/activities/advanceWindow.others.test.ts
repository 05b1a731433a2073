import { windowPhase } from '../../../shared/domain/window/phase';
import {
  createTestWorld,
  foreignRule,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  standing,
} from '../../support/windowWorld';

describe('a lock at the time of closing', () => {
  it('turns the rule into a Deny, raises an alarm, and deletes it when the lock goes', async () => {
    const { world, id, until } = await openedWindow();
    world.network.locks.set(nsgNic.toLowerCase(), [{ id: 'keep', level: 'CanNotDelete' }]);
    await live(world, id, until);
    expect(standing(world, nsgNic)).toMatchObject([{ access: 'Deny' }]);
    expect(standing(world, nsgSubnet)).toEqual([]);
    expect(world.alarms()).toEqual(['closeRefused', 'disarmed']);
    expect(windowPhase(await readRow(world, id))).toBe('closed');
    const ends = (): number => world.lines.filter(({ event }) => event === 'window.closed').length;
    expect(ends()).toBe(0);
    await live(world, id, until + 60 * minute);
    expect(world.alarms()).toEqual(['closeRefused', 'disarmed']);
    world.network.locks.clear();
    expect((await live(world, id, until + 65 * minute)).done).toBe(true);
    expect(standing(world, nsgNic)).toEqual([]);
    expect(ends()).toBe(1);
  });

  it('keeps trying under a lock that forbids the Deny as well', async () => {
    const { world, id, until } = await openedWindow();
    world.network.locks.set(nsgNic.toLowerCase(), [{ id: 'keep', level: 'ReadOnly' }]);
    await live(world, id, until + 20 * minute);
    expect(standing(world, nsgNic)).toMatchObject([{ access: 'Allow' }]);
    expect(world.alarms()).toEqual(['closeRefused', 'overrun']);
    world.network.locks.clear();
    expect((await live(world, id, until + 25 * minute)).done).toBe(true);
  });
});

describe('an NSG that is gone', () => {
  it('is believed only after ten minutes in which the rule was found nowhere', async () => {
    const { world, id, until } = await openedWindow();
    const wentAt = until - 4 * minute;
    world.time.plan(wentAt, () => {
      world.network.nsgs.delete(nsgNic.toLowerCase());
    });
    await live(world, id, until + 5 * minute);
    expect((await readRow(world, id)).concludedAt).toBeNull();
    const end = await live(world, id, until + 20 * minute);
    expect(end).toEqual({ done: true, outcome: 'nsgGone' });
    const { placements } = await readRow(world, id);
    expect(placements.map(({ phase }) => phase)).toEqual(['closed', 'closed']);
  });

  it('begins to be missing anew once it has been read in between', async () => {
    const { world, id, until } = await openedWindow();
    const key = nsgNic.toLowerCase();
    const nsg = world.network.nsg(nsgNic);
    world.time.plan(until - 4 * minute, () => {
      world.network.nsgs.delete(key);
    });
    // Back for a while, under a lock that keeps the rule.
    world.time.plan(until - minute, () => {
      world.network.nsgs.set(key, nsg);
      world.network.locks.set(key, [{ id: 'keep', level: 'ReadOnly' }]);
    });
    world.time.plan(until + 8 * minute, () => {
      world.network.nsgs.delete(key);
    });
    await live(world, id, until + 16 * minute);
    expect((await readRow(world, id)).concludedAt).toBeNull();
    const end = await live(world, id, until + 25 * minute);
    expect(end).toEqual({ done: true, outcome: 'nsgGone' });
  });

  it('is believed gone while the rule in the other NSG of the path stands under the same name', async () => {
    const { world, id, until } = await openedWindow();
    world.network.locks.set(nsgSubnet.toLowerCase(), [{ id: 'keep', level: 'ReadOnly' }]);
    world.network.nsgs.delete(nsgNic.toLowerCase());
    await live(world, id, until + 20 * minute);
    const { placements } = await readRow(world, id);
    expect(placements.map(({ phase, closedKind }) => [phase, closedKind])).toEqual([
      ['closed', 'nsgGone'],
      ['closing', null],
    ]);
  });

  it('is followed to where it was moved, and the rule is deleted there', async () => {
    const { world, id, until } = await openedWindow();
    const moved = nsgNic.replace('rg-app', 'rg-moved');
    world.time.plan(until - 30 * minute, () => {
      const nsg = world.network.nsg(nsgNic);
      world.network.nsgs.delete(nsgNic.toLowerCase());
      nsg.id = moved;
      world.network.nsgs.set(moved.toLowerCase(), nsg);
    });
    expect((await live(world, id, until)).done).toBe(true);
    expect(standing(world, moved)).toEqual([]);
    expect((await readRow(world, id)).placements.map((one) => one.nsgId)).toContain(moved);
  });

  it('does not follow a rule of the same name that somebody else made', async () => {
    const { world, id, until } = await openedWindow();
    const other = nsgNic.replace('rg-app', 'rg-evil');
    world.time.plan(until - 30 * minute, () => {
      world.network.nsgs.delete(nsgNic.toLowerCase());
      world.network.nsgs.set(other.toLowerCase(), {
        id: other,
        rules: [foreignRule({ name: `postern-abc123-${id}-0` })],
        nicIds: [],
        subnetIds: [],
        stuckState: '',
        operations: [],
      });
    });
    await live(world, id, until + 30 * minute);
    expect(standing(world, other)).toHaveLength(1);
  });
});

describe('a copy of the rule, its marker included', () => {
  /** Somebody copies the rule into an NSG of another name; its own NSG goes away, or not. */
  async function copied(goes: boolean) {
    const { world, id, until } = await openedWindow();
    const elsewhere = other(nsgNic);
    world.time.plan(until - 30 * minute, () => {
      const { rules } = world.network.nsg(nsgNic);
      const attachments = { nicIds: [], subnetIds: [], stuckState: '', operations: [] };
      const nsg = { id: elsewhere, rules: [...rules], ...attachments };
      world.network.nsgs.set(elsewhere.toLowerCase(), nsg);
      if (goes) world.network.nsgs.delete(nsgNic.toLowerCase());
    });
    const end = await live(world, id, until + 30 * minute);
    return { end, left: standing(world, elsewhere), own: goes ? [] : standing(world, nsgNic) };
  }

  it('in another NSG is nobody’s to delete, also where the NSG of the window is gone', async () => {
    expect(other(nsgNic)).not.toBe(nsgNic);
    const { end, left } = await copied(true);
    expect(end).toEqual({ done: true, outcome: 'nsgGone' });
    expect(left).toHaveLength(1);
  });

  it('leaves the window as it is', async () => {
    const { end, left, own } = await copied(false);
    expect(end).toEqual({ done: true, outcome: 'expired' });
    expect(left).toHaveLength(1);
    expect(own).toEqual([]);
  });

  function other(nsgId: string): string {
    return nsgId.replace('nsg-', 'spare-');
  }
});

describe('an editor', () => {
  it('who deletes the rule: the window closes as removedByOthers, with an alarm', async () => {
    const { world, id } = await openedWindow();
    world.network.nsg(nsgNic).rules = [];
    const end = await live(world, id, world.time.now + 20 * minute);
    expect(end).toEqual({ done: true, outcome: 'removedByOthers' });
    expect(world.alarms()).toEqual(['removedByOthers']);
    expect(standing(world, nsgSubnet)).toEqual([]);
  });

  it('who widens the rule: the window closes as changedByOthers, with an alarm', async () => {
    const { world, id } = await openedWindow();
    const nsg = world.network.nsg(nsgNic);
    nsg.rules = nsg.rules.map((rule) => ({ ...rule, sources: ['*'] }));
    const end = await live(world, id, world.time.now + 20 * minute);
    expect(end).toEqual({ done: true, outcome: 'changedByOthers' });
    expect(world.alarms()).toEqual(['changedByOthers']);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('who removes the marker: an alarm, and the rule goes at the row’s time', async () => {
    const { world, id, until } = await openedWindow();
    const nsg = world.network.nsg(nsgNic);
    nsg.rules = nsg.rules.map((rule) => ({ ...rule, description: 'mine' }));
    await live(world, id, world.time.now + 60 * minute);
    expect(world.alarms()).toEqual(['changedByOthers']);
    expect(standing(world, nsgNic)).toHaveLength(1);
    expect((await live(world, id, until)).done).toBe(true);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('who takes the priority between plan and PUT: planned again, opened, closed', async () => {
    const world = createTestWorld();
    const takes = foreignRule({ name: 'taker', priority: 200 });
    world.network.trouble = (call) => {
      if (call.op === 'put' && call.number === 1) world.network.nsg(nsgNic).rules.push(takes);
      return undefined;
    };
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, world.time.now + 5 * minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    expect(standing(world, nsgNic)[0]?.priority).not.toBe(200);
    await live(world, id, wantedUntil);
    expect(world.network.nsg(nsgNic).rules).toEqual([takes]);
  });

  it('who takes the priority while the PUT is under way: the new rule waits until the old is settled', async () => {
    const world = createTestWorld();
    const takes = foreignRule({ name: 'taker', priority: 200 });
    world.network.trouble = (call) => {
      if (call.op !== 'put' || call.id !== nsgNic || call.rule?.priority !== 200) return undefined;
      world.time.plan(call.at + 1_000, () => {
        world.network.nsg(nsgNic).rules.push(takes);
      });
      return { dropped: true };
    };
    const { id } = await grantWindow(world);
    await live(world, id, world.time.now + 6 * minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    const puts = world.network.calls.filter(({ op, id: at }) => op === 'put' && at === nsgNic);
    expect(puts).toHaveLength(2);
    expect((puts[1]?.at ?? 0) - (puts[0]?.at ?? 0)).toBeGreaterThanOrEqual(2 * minute);
  });

  it('who takes every priority: refused after five plans, by name', async () => {
    const world = createTestWorld();
    world.network.trouble = (call) => (call.op === 'put' ? { before: 'conflict' } : undefined);
    const { id } = await grantWindow(world);
    const end = await live(world, id, world.time.now + 10 * minute);
    expect(end).toEqual({ done: true, outcome: 'refused' });
    expect((await readRow(world, id)).refusals.map(({ code }) => code)).toEqual(['planFailed']);
    expect(world.network.calls.filter(({ op }) => op === 'put').length).toBeLessThanOrEqual(12);
  });

  it('who puts a deny above the open rule’s PUT: refused as shadowed, naming the rule', async () => {
    const world = createTestWorld();
    world.network.trouble = (call) => {
      if (call.op === 'put' && call.number === 1) {
        world.network.nsg(nsgSubnet).rules.push(
          foreignRule({
            name: 'lockdown',
            priority: 150,
            access: 'Deny',
            destinationPorts: ['*'],
            sources: ['*'],
          }),
        );
      }
      return undefined;
    };
    const { id } = await grantWindow(world);
    const end = await live(world, id, world.time.now + 10 * minute);
    expect(end).toEqual({ done: true, outcome: 'refused' });
    const row = await readRow(world, id);
    expect(row.closeReason).toBe('shadowed');
    expect(row.refusals).toMatchObject([
      { code: 'shadowed', rule: expect.stringContaining('lockdown') },
    ]);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
  });
});
