import { advanceWindow } from '../../../functions/activities/advanceWindow';
import type { FaultKind } from '../../../shared/domain/fault';
import { assignmentKeyOf } from '../../../shared/domain/identity';
import { windowPhase } from '../../../shared/domain/window/phase';
import type { Call, Trouble } from '../../support/fakeNetwork';
import {
  assignment,
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  standing,
  type TestWorld,
  wishClosed,
} from '../../support/windowWorld';

/** Trouble for the first `times` calls of one kind. */
function first(op: Call['op'], times: number, trouble: Trouble) {
  return (call: Call): Trouble | undefined =>
    call.op === op && call.number <= times ? trouble : undefined;
}

describe('answers that are lost, late or wrong', () => {
  const kinds: FaultKind[] = ['throttled', 'busy', 'unavailable', 'changed'];

  it.each(kinds)(
    'opens although the first PUTs are answered %s before the effect',
    async (before) => {
      const world = createTestWorld();
      world.network.trouble = first('put', 3, { before });
      const { id, wantedUntil } = await grantWindow(world);
      await live(world, id, world.time.now + 3 * minute);
      expect(windowPhase(await readRow(world, id))).toBe('open');
      await live(world, id, wantedUntil);
      expect(standing(world, nsgNic)).toEqual([]);
    },
  );

  it('opens with one rule although the answers to the PUTs are lost', async () => {
    const world = createTestWorld();
    world.network.trouble = first('put', 2, { after: 'unavailable' });
    const { id } = await grantWindow(world);
    await live(world, id, world.time.now + minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    expect(world.network.history).toHaveLength(2);
  });

  it('puts again what was accepted and never came true', async () => {
    const world = createTestWorld();
    world.network.trouble = first('put', 2, { dropped: true });
    const { id } = await grantWindow(world);
    await live(world, id, world.time.now + minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
  });

  it('closes although the answers to the DELETEs are lost', async () => {
    const { world, id, until } = await openedWindow();
    world.network.trouble = first('delete', 2, { after: 'unavailable' });
    expect((await live(world, id, until)).done).toBe(true);
    expect(standing(world, nsgSubnet)).toEqual([]);
  });

  it('deletes again what was accepted and never came true', async () => {
    const { world, id, until } = await openedWindow();
    world.network.trouble = first('delete', 2, { dropped: true });
    expect((await live(world, id, until)).done).toBe(true);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it.each(['throttled', 'busy', 'unavailable', 'denied'] as FaultKind[])(
    'never gives up closing while every DELETE is answered %s, and closes when that ends',
    async (before) => {
      const { world, id, until } = await openedWindow();
      const endsAt = until + 60 * minute;
      world.network.trouble = (call) =>
        (call.op === 'delete' || call.op === 'put') && call.at < endsAt
          ? { before, retryAfterMs: 3_600_000 }
          : undefined;
      await live(world, id, endsAt);
      expect(standing(world, nsgNic)).toHaveLength(1);
      expect(world.alarms()).toContain('overrun');
      expect((await live(world, id, endsAt + 5 * minute)).done).toBe(true);
      const gone = world.network.history.filter(({ rule }) => rule === null);
      expect(gone).toHaveLength(2);
      for (const { at } of gone) expect(at).toBeLessThan(endsAt + 35_000);
    },
  );

  it('closes before the end while reads of the NSG fail, but does not call it closed', async () => {
    const { world, id, until } = await openedWindow();
    world.network.trouble = (call) =>
      call.op === 'readNsg' ? { before: 'unavailable' } : undefined;
    await live(world, id, until);
    expect(standing(world, nsgNic)).toEqual([]);
    expect((await readRow(world, id)).concludedAt).toBeNull();
    world.network.trouble = () => undefined;
    expect((await live(world, id, until + minute)).done).toBe(true);
  });

  it('proves nothing by an NSG that is still updating', async () => {
    const { world, id, until } = await openedWindow();
    for (const name of [nsgNic, nsgSubnet]) world.network.nsg(name).stuckState = 'Updating';
    await live(world, id, until);
    expect(standing(world, nsgNic)).toEqual([]);
    expect((await readRow(world, id)).concludedAt).toBeNull();
    for (const name of [nsgNic, nsgSubnet]) world.network.nsg(name).stuckState = '';
    expect((await live(world, id, until + minute)).done).toBe(true);
  });
});

describe('a late PUT', () => {
  it('is waited for: closed comes settle after the PUT, and nothing stands afterwards', async () => {
    const world = createTestWorld();
    world.network.trouble = first('put', 1, { lateMs: 80_000 });
    const { id } = await grantWindow(world);
    await advanceWindow(world, { id });
    const put = world.network.calls.find(({ op }) => op === 'put');
    await wishClosed(world, id);
    const end = await live(world, id, world.time.now + 10 * minute);
    expect(end.done).toBe(true);
    const row = await readRow(world, id);
    for (const { closedAt, lastPutAt } of row.placements) {
      expect(closedAt).toBeGreaterThanOrEqual((lastPutAt ?? 0) + 2 * minute);
    }
    expect(world.time.now).toBeLessThan((put?.at ?? 0) + 210_000);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
  });
});

describe('the activation behind it', () => {
  const puts = (world: TestWorld): number =>
    world.network.calls.filter(({ op }) => op === 'put').length;

  it('that is not listed lets no PUT out, and the window closes after two lacks half a minute apart', async () => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    world.instances.length = 0;
    const startedAt = world.time.now;
    const end = await live(world, id, world.time.now + 5 * minute);
    expect(end).toEqual({ done: true, outcome: 'confirmationLost' });
    expect(world.time.now - startedAt).toBeGreaterThanOrEqual(30_000);
    expect(puts(world)).toBe(0);
  });

  it('that an unjudged delete hint doubts lets no PUT out until the hint is judged unfounded', async () => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    const key = assignmentKeyOf(assignment);
    const hint = { id: key, eventAt: world.time.now, receivedAt: world.time.now };
    const open = await world.ledger.endHints.insert({ ...hint, state: 'open' });
    await live(world, id, world.time.now + 2 * minute);
    expect(puts(world)).toBe(0);
    if (open === 'exists') throw new Error('exists');
    await world.ledger.endHints.replace({ ...hint, state: 'unfounded' }, open.etag);
    await live(world, id, world.time.now + minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
  });

  it('that the row’s own delete hint doubts lets no PUT out until the hint is cleared', async () => {
    const world = createTestWorld();
    const row = await grantWindow(world);
    const mark = async (endHintAt: number | null): Promise<void> => {
      const stored = await world.ledger.windows.get(row.id);
      if (stored !== null) {
        await world.ledger.windows.replace({ ...stored.row, endHintAt }, stored.etag);
      }
    };
    await mark(world.time.now);
    await live(world, row.id, world.time.now + 2 * minute);
    expect(puts(world)).toBe(0);
    await mark(null);
    await live(world, row.id, world.time.now + minute);
    expect(windowPhase(await readRow(world, row.id))).toBe('open');
  });

  it.each([
    ['ends before the window', { endAt: Date.UTC(2026, 0, 1, 11) }],
    ['began at another time', { startAt: Date.UTC(2026, 0, 1, 9) }],
    ['has no end', { endAt: null }],
    ['is an eligible role', { assignmentType: 'Eligible' }],
    ['is another activation', { originRoleAssignmentId: `${assignment}x` }],
  ])('is not confirmed by an instance that %s', async (_, changes) => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    world.instances.splice(0, 1, ...world.instances.map((one) => ({ ...one, ...changes })));
    await live(world, id, world.time.now + 5 * minute);
    expect(puts(world)).toBe(0);
  });

  it.each([
    ['an answer that is 31 s old', 31_000, 0],
    ['no answer at all', 0, 1],
  ])('is not confirmed by %s', async (_, ageMs, failing) => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    const { listInstances } = world.directory;
    Object.assign(world.directory, {
      listInstances: async (scope: string, principalId: string) => {
        if (failing === 1) throw new Error('down');
        const list = await listInstances(scope, principalId);
        return { ...list, answeredAt: list.answeredAt - ageMs };
      },
    });
    await live(world, id, world.time.now + 10 * minute);
    expect(puts(world)).toBe(0);
    expect((await readRow(world, id)).wish).toBe('open');
  });
});

describe('the clock', () => {
  it('that is more than a minute off opens nothing and raises an alarm', async () => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    world.skewMs = 61_000;
    const end = await live(world, id, world.time.now + minute);
    expect(end).toEqual({ done: true, outcome: 'clockSkew' });
    expect(world.alarms()).toEqual(['skew']);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toEqual([]);
  });

  it('that goes more than a minute wrong closes what is open', async () => {
    const { world, id } = await openedWindow();
    world.skewMs = -61_000;
    const end = await live(world, id, world.time.now + 20 * minute);
    expect(end).toEqual({ done: true, outcome: 'clockSkew' });
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('whose error nobody has measured for ten minutes is measured by a read before anything is decided', async () => {
    const { world, id, until } = await openedWindow();
    let measuredAt: number | null = null;
    Object.assign(world.clock, {
      skew: () => ({ skewMs: measuredAt === null ? 0 : 45_000, measuredAt }),
    });
    const { readNsg } = world.network;
    world.network.readNsg = async (nsg) => {
      measuredAt = world.time.now;
      return readNsg(nsg);
    };
    world.time.moveTo(until - 3 * minute - 44_000);
    await advanceWindow(world, { id });
    expect((await readRow(world, id)).wish).toBe('closed');
  });

  it('that is behind Resource Manager closes earlier by as much', async () => {
    const { world, id, until } = await openedWindow();
    world.skewMs = 50_000;
    await live(world, id, until);
    const gone = world.network.history.filter(({ rule }) => rule === null);
    for (const { at } of gone) expect(at + 50_000).toBeLessThan(until - 2 * minute);
  });

  it('closes what is not open in time instead of sending a PUT too late', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world);
    world.network.trouble = (call) => (call.op === 'put' ? { before: 'throttled' } : undefined);
    await live(world, id, wantedUntil);
    const row = await readRow(world, id);
    expect(row).toMatchObject({ wish: 'closed', closeReason: 'neverOpened' });
    for (const { op, at } of world.network.calls) {
      if (op === 'put') expect(at).toBeLessThanOrEqual(wantedUntil - 5 * minute);
    }
  });
});
