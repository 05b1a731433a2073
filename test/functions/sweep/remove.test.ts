import { SweepMemory } from '../../../functions/sweep/memory';
import { sweep } from '../../../functions/sweep/sweep';
import type { FaultKind } from '../../../shared/domain/fault';
import {
  createTestWorld,
  foreignRule,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  said,
  standing,
  type TestWorld,
} from '../../support/windowWorld';
import { plant } from './plant';

const second = 1_000;
const deletes = (world: TestWorld) => world.network.calls.filter(({ op }) => op === 'delete');
const refusing = (world: TestWorld, before: FaultKind, retryAfterMs?: number): void => {
  world.network.trouble = ({ op }) =>
    op === 'delete'
      ? { before, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
      : undefined;
};
/** A rule that is due now, with nothing to alarm about yet. */
const dueRule = (world: TestWorld, slot = 0): string =>
  plant(world, nsgNic, world.time.now + 2 * minute, { slot });

describe('a delete that is refused', () => {
  it.each<[FaultKind, number | undefined, number[]]>([
    ['throttled', undefined, [0, 2, 6]],
    ['throttled', 5 * second, [0, 5, 10]],
    ['throttled', 60 * second, [0, 15, 30]],
    ['unavailable', undefined, [0, 2, 6]],
    ['busy', undefined, [0, 2, 6, 14, 24]],
    ['unauthenticated', undefined, [0, 2]],
    ['denied', undefined, [0]],
    ['locked', undefined, [0]],
  ])('as %s, with Retry-After %s, is asked for again after so many seconds: %j', async (...row) => {
    const [before, retryAfterMs, seconds] = row;
    const world = createTestWorld();
    const rule = dueRule(world);
    refusing(world, before, retryAfterMs);
    const startedAt = world.time.now;
    expect(await sweep(world)).toMatchObject({ deleted: 0, failed: 1 });
    expect(deletes(world).map(({ at }) => (at - startedAt) / second)).toEqual(seconds);
    const refused = { faultKind: before, azureCode: `Test-${before}` };
    expect(said(world, 'sweep.deleteFailed')).toEqual([
      { nsgId: nsgNic, rule, why: 'due', ...refused },
    ]);
    const lasting = ['unauthenticated', 'denied', 'locked'].includes(before);
    expect(said(world, 'closeRefused')).toEqual(
      lasting ? [{ nsgId: nsgNic, rule, ...refused }] : [],
    );
    expect(world.alarms()).toHaveLength(lasting ? 1 : 0);
  });

  it('takes one more attempt when it was refused once, and says nothing of it', async () => {
    const world = createTestWorld();
    const rule = dueRule(world);
    world.network.trouble = ({ op, number }) =>
      op === 'delete' && number === 1 ? { before: 'throttled' } : undefined;
    expect(await sweep(world)).toMatchObject({ deleted: 1, failed: 0 });
    expect(said(world, 'sweep.deleted')).toEqual([
      { nsgId: nsgNic, rule, why: 'due', absent: false },
    ]);
    expect(said(world, 'sweep.deleteFailed')).toEqual([]);
  });

  it('because the NSG is gone counts as done', async () => {
    const world = createTestWorld();
    dueRule(world);
    refusing(world, 'missing');
    expect(await sweep(world)).toMatchObject({ deleted: 1, failed: 0 });
    expect(deletes(world)).toHaveLength(1);
    expect(said(world, 'sweep.deleteFailed')).toEqual([]);
  });

  it('alarms once for what a lock keeps, and by its lateness from the deadline on', async () => {
    const world = createTestWorld();
    dueRule(world);
    refusing(world, 'locked');
    const memory = new SweepMemory(minute);
    await sweep(world, memory);
    world.time.moveTo(world.time.now + minute);
    await sweep(world, memory);
    expect(world.alarms()).toEqual(['closeRefused']);
    world.time.moveTo(world.time.now + minute + 1);
    await sweep(world, memory);
    expect(world.alarms()).toEqual(['closeRefused', 'overrun']);
  });
});

describe('a rule that stands past its deadline', () => {
  it('alarms beyond it, not at it, again whenever it is twice as late, and says how late', async () => {
    const world = createTestWorld();
    const rule = dueRule(world);
    refusing(world, 'locked');
    const memory = new SweepMemory(minute);
    const deadline = world.time.now + 2 * minute;
    const late: unknown[] = [];
    for (const seconds of [0, 0.001, 29, 30, 31, 59, 60, 119, 120, 239, 240]) {
      world.time.moveTo(deadline + seconds * second);
      const before = said(world, 'overrun').length;
      await sweep(world, memory);
      if (said(world, 'overrun').length > before) late.push(seconds);
    }
    expect(late).toEqual([0.001, 60, 120, 240]);
    expect(said(world, 'overrun')[1]).toEqual({
      nsgId: nsgNic,
      rule,
      faultKind: 'locked',
      azureCode: 'Test-locked',
      lastSeenAt: new Date(deadline + 60 * second).toISOString(),
      overrunSeconds: 60,
    });
  });

  it('alarms when it is deleted, by the safe end of now, without a cause', async () => {
    const world = createTestWorld();
    const rule = dueRule(world);
    world.skewMs = 2 * minute + second;
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(said(world, 'overrun')).toEqual([
      {
        nsgId: nsgNic,
        rule,
        lastSeenAt: new Date(world.time.now).toISOString(),
        overrunSeconds: 1,
      },
    ]);
  });

  it.each([
    ['seen past it', 1, true],
    ['seen at it for the last time', 0, false],
  ])('was taken away by somebody else while the delete waited: %s', async (_, lateMs, isTold) => {
    const world = createTestWorld();
    const rule = plant(world, nsgNic, Math.floor(world.time.now / second) * second - lateMs);
    world.time.moveTo(Math.floor(world.time.now / second) * second);
    world.network.trouble = ({ op, number }) => {
      if (op !== 'delete' || number > 1) return undefined;
      world.network.nsg(nsgNic).rules = [];
      return { before: 'throttled' };
    };
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(said(world, 'sweep.deleted')).toMatchObject([{ rule, absent: true }]);
    expect(said(world, 'overrun')).toHaveLength(isTold ? 1 : 0);
  });

  it.each([
    ['it stands after its deadline', 1, 1],
    ['it was gone when its deadline came', 0, 0],
    ['the NSG cannot be read any more', 1, 0],
  ])('is looked at beside a delete that is refused: %s', async (what, standsFor, told) => {
    const world = createTestWorld();
    const start = Math.ceil(world.time.now / second) * second;
    world.time.moveTo(start);
    plant(world, nsgNic, start + second);
    world.network.trouble = ({ op, number, at }) => {
      // Somebody else's delete takes effect between two of ours.
      const isGone = op === 'delete' && number > 1 + standsFor;
      if (isGone) world.network.nsg(nsgNic).rules = [];
      const isUnreadable = what.includes('read') && op === 'readNsg' && at > start;
      if (isUnreadable) return { before: 'unavailable' };
      return op === 'delete' && number <= 1 + standsFor ? { before: 'busy' } : undefined;
    };
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(said(world, 'sweep.deleted')).toMatchObject([{ absent: true }]);
    expect(said(world, 'overrun')).toHaveLength(told);
  });

  it('was not seen by anybody where only the index showed it', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    await sweep(world);
    expect(said(world, 'overrun')).toMatchObject([{ lastSeenAt: null, overrunSeconds: 60 }]);
  });

  it('alarms nobody if it lets nobody in, or was not there any more', async () => {
    const world = createTestWorld();
    plant(world, nsgNic, world.time.now - minute);
    const nsg = world.network.nsg(nsgNic);
    nsg.rules = nsg.rules.map((rule) => ({ ...rule, access: 'Deny' }));
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    world.time.moveTo(world.time.now + minute);
    const rule = plant(world, nsgSubnet, world.time.now - minute);
    world.network.stale = await world.network.listOurRules();
    world.network.nsg(nsgSubnet).rules = [];
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(said(world, 'sweep.deleted')[1]).toEqual({
      nsgId: nsgSubnet,
      rule,
      why: 'due',
      absent: true,
    });
    expect(world.alarms()).toEqual([]);
  });
});

describe('a rule of a closed window that only the index shows', () => {
  async function closed() {
    const { world, id, until } = await openedWindow();
    const index = await world.network.listOurRules();
    const [rule] = standing(world, nsgNic);
    await live(world, id, until);
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    world.network.stale = index.filter(({ nsgId }) => nsgId === nsgNic);
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    return { world, rule: rule ?? foreignRule() };
  }

  it('alarms nobody when the delete found nothing', async () => {
    const { world } = await closed();
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(world.alarms()).toEqual([]);
  });

  it('alarms when the delete found it, and says of what', async () => {
    const { world, rule } = await closed();
    world.network.nsg(nsgNic).rules.push(rule);
    const memory = new SweepMemory(minute);
    expect(await sweep(world, memory)).toMatchObject({ deleted: 1 });
    expect(world.lines.filter(({ level }) => level === 'alarm')).toEqual([
      {
        level: 'alarm',
        event: 'ruleAfterClose',
        fields: { nsgId: nsgNic, rule: rule.name, found: 'afterClose' },
      },
    ]);
  });
});

describe('deletes side by side', () => {
  it('wait for the NSG that is worked on, whatever its casing, and use the time elsewhere', async () => {
    const world = createTestWorld();
    for (const slot of [0, 1, 2]) plant(world, nsgNic, world.time.now - minute, { slot });
    plant(world, nsgSubnet, world.time.now - second, { slot: 7 });
    const rules = await world.network.listOurRules();
    world.network.stale = rules.map((one, at) => ({
      ...one,
      nsgId: at % 2 === 0 ? one.nsgId : one.nsgId.toUpperCase(),
    }));
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    const { deleteRule } = world.network;
    const busy = new Set<string>();
    let most = 0;
    Object.assign(world.network, {
      operationMs: 0,
      deleteRule: async (id: string, name: string) => {
        const nsg = id.toLowerCase();
        expect(busy.has(nsg)).toBe(false);
        busy.add(nsg);
        most = Math.max(most, busy.size);
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        busy.delete(nsg);
        return deleteRule(id, name);
      },
    });
    expect(await sweep(world)).toMatchObject({ deleted: 4, left: 0 });
    expect(most).toBe(2);
  });

  it('are begun until their time is over, to the millisecond', async () => {
    for (const [waitMs, deleted] of [
      [49_999, 2],
      [50_000, 1],
    ] as const) {
      const world = createTestWorld();
      dueRule(world, 0);
      dueRule(world, 1);
      world.network.operationMs = 0;
      world.network.trouble = ({ op, number }) => {
        if (op === 'delete' && number === 1) world.time.moveTo(world.time.now + waitMs);
        return undefined;
      };
      expect(await sweep(world)).toMatchObject({ deleted, left: 2 - deleted, failed: 0 });
    }
  });
});
