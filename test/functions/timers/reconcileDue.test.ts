import { reconcileDue } from '../../../functions/timers/reconcileDue';
import { createReconcileMemory } from '../../../functions/reconcile/reconcileRun';
import { Fault } from '../../../shared/domain/fault';
import { windowPhase } from '../../../shared/domain/window/phase';
import type { Starter } from '../../../shared/ports/starter';
import { freeBudget } from '../../support/freeBudget';
import { facts } from '../../support/fakeNetwork';
import {
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  openedWindow,
  readRow,
  standing,
  wishClosed,
} from '../../support/windowWorld';

/** A starter that remembers what it started. */
function createTestStarter(): Starter & { started: string[] } {
  const started: string[] = [];
  return {
    started,
    start: async (name, instanceId) => {
      started.push(`${name} ${instanceId}`);
      return 'started';
    },
  };
}

describe('reconcile', () => {
  it('tells what a run came to although the ledger ended it, and says so to its caller', async () => {
    for (const table of ['live', 'windows'] as const) {
      const world = createTestWorld();
      await grantWindow(world);
      const memory = createReconcileMemory();
      memory.watched = new Set(['a-window-that-has-ended']);
      const silent = async () => {
        throw new Fault(facts('unavailable'), 'read');
      };
      Object.assign(world.ledger[table], { list: silent, get: silent });
      const done = () => world.lines.filter(({ event }) => event === 'reconcile.done');
      await expect(reconcileDue(world, createTestStarter(), memory)).rejects.toThrow(Fault);
      expect(done()).toHaveLength(1);
      expect(done()[0]?.fields['failed']).toBeGreaterThanOrEqual(1);
      if (table === 'live') expect(done()[0]?.fields).toMatchObject({ live: 0, failed: 1 });
    }
  });

  it('leaves a window alone whose sleeper keeps its looks', async () => {
    const { world } = await openedWindow();
    const starter = createTestStarter();
    expect(await reconcileDue(world, starter)).toMatchObject({ live: 1, overdue: 0, started: 0 });
    expect(starter.started).toEqual([]);
  });

  it('asks for no activation while closes may need the requests, and asks as soon as they do not', async () => {
    let pauseMs = 4_000;
    const budget = { ...freeBudget, pauseMs: () => pauseMs };
    const { world } = await openedWindow();
    world.instances.length = 0;
    const short = { ...world, budget };
    const starter = createTestStarter();
    const first = await reconcileDue(short, starter);
    expect(first).toMatchObject({ gone: 0 });
    expect(first.postponed).toBe(1);
    pauseMs = 0;
    const second = await reconcileDue(short, starter);
    expect(second).toMatchObject({ postponed: 0, gone: 1 });
    // The person, and the list that discovery did not begin with.
    expect(second.reads - first.reads).toBe(2);
  });

  it('opens a window whose start was lost, and starts its sleeper under the same id', async () => {
    const world = createTestWorld();
    const { id } = await grantWindow(world);
    world.time.moveTo(world.time.now + minute);
    const starter = createTestStarter();
    expect(await reconcileDue(world, starter)).toMatchObject({
      overdue: 1,
      stepped: 1,
      started: 1,
    });
    expect(starter.started).toEqual([`accessWindow ${id}`]);
    world.time.moveTo(world.time.now + 5_000);
    expect(standing(world, nsgNic)).toHaveLength(1);
  });

  it('alone closes a window before its end when every sleeper is dead', async () => {
    const { world, id, until } = await openedWindow();
    const starter = createTestStarter();
    for (let at = until - 10 * minute; at <= until; at += minute) {
      world.time.moveTo(at);
      await reconcileDue(world, starter);
    }
    expect(standing(world, nsgNic)).toEqual([]);
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    expect(await world.ledger.live.get(id)).toBeNull();
  });

  it('closes a window that was wished closed within its period when the start was lost', async () => {
    const { world, id } = await openedWindow();
    await wishClosed(world, id);
    world.time.moveTo(world.time.now + minute);
    await reconcileDue(world, createTestStarter());
    expect(windowPhase(await readRow(world, id))).toBe('closing');
    await live(world, id, world.time.now + 5 * minute);
    expect((await readRow(world, id)).closeReason).toBe('deactivated');
  });

  it('starts the sleeper even if its own step fails', async () => {
    const { world, until } = await openedWindow();
    world.time.moveTo(until);
    const starter = createTestStarter();
    Object.assign(world.ledger.windows, {
      replace: async () => {
        throw new Error('storage is down');
      },
    });
    expect(await reconcileDue(world, starter)).toMatchObject({ overdue: 1, failed: 1, started: 1 });
  });

  it('tidies live rows whose window is concluded, or was never written', async () => {
    const { world, id, until } = await openedWindow();
    await live(world, id, until);
    const blank = {
      assignmentKey: '',
      personId: '',
      nsgIds: [],
      until: 0,
      guardMs: 0,
      closeFrom: null,
      closes: [],
    };
    const createdAt = world.time.now;
    await world.ledger.live.insert({ id, kind: 'window', createdAt, ...blank });
    await world.ledger.live.insert({ id: 'orphan', kind: 'window', createdAt, ...blank });
    await world.ledger.live.insert({ id: 'hint', kind: 'intake', createdAt, ...blank });
    expect(await reconcileDue(world, createTestStarter())).toMatchObject({ live: 3, tidied: 1 });
    world.time.moveTo(world.time.now + 11 * minute);
    expect(await reconcileDue(world, createTestStarter())).toMatchObject({ live: 2, tidied: 2 });
  });
});
