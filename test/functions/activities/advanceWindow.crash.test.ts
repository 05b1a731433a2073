import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { windowPhase } from '../../../shared/domain/window/phase';
import type { World } from '../../../shared/ports/world';
import {
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

/** Thrown by everything a dead process tries to do. */
class Crash extends Error {}

type Hook = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The same world, with `hook` around every call to the outside. */
function hooked(world: TestWorld, hook: Hook): World {
  const wrap = <Part extends object>(part: Part, name: string): Part =>
    new Proxy(part, {
      get: (target, property): unknown => {
        const value: unknown = Reflect.get(target, property);
        const path = `${name}.${String(property)}`;
        if (typeof value === 'function') {
          return (...input: unknown[]) =>
            hook(path, async () => Reflect.apply(value, target, input) as unknown);
        }
        return typeof value === 'object' && value !== null ? wrap(value, path) : value;
      },
    });
  const { time } = world;
  return {
    ...world,
    ledger: {
      windows: wrap(world.ledger.windows, 'windows'),
      live: wrap(world.ledger.live, 'live'),
      hints: world.ledger.hints,
      addresses: world.ledger.addresses,
      endHints: wrap(world.ledger.endHints, 'endHints'),
      meta: world.ledger.meta,
      heartbeats: world.ledger.heartbeats,
      answers: world.ledger.answers,
      turns: world.ledger.turns,
      notices: world.ledger.notices,
      noticeChannels: world.ledger.noticeChannels,
      reviews: wrap(world.ledger.reviews, 'reviews'),
    },
    network: wrap(
      {
        visibleSubscriptions: world.network.visibleSubscriptions,
        listOurRulesIn: world.network.listOurRulesIn,
        readNsg: world.network.readNsg,
        readNic: world.network.readNic,
        listNics: world.network.listNics,
        readSubnetNsgId: world.network.readSubnetNsgId,
        readLocks: world.network.readLocks,
        describeWrite: world.network.describeWrite,
        putRule: world.network.putRule,
        deleteRule: world.network.deleteRule,
      },
      'network',
    ),
    directory: wrap(world.directory, 'directory'),
    clock: { ...world.clock, now: () => time.now },
  };
}

/** Dies at the `at`-th call, before it or after its effect; everything later fails as well. */
function dyingAt(world: TestWorld, at: number, when: 'before' | 'after') {
  const state = { calls: 0, dead: false };
  const dying = hooked(world, async (_name, call) => {
    if (state.dead) throw new Crash();
    state.calls += 1;
    const fatal = state.calls === at;
    if (fatal && when === 'before') {
      state.dead = true;
      throw new Crash();
    }
    const answer = await call();
    if (fatal) state.dead = true;
    if (state.dead) throw new Crash();
    return answer;
  });
  return { dying, state };
}

/** One whole life in which the `at`-th call to the outside is fatal; the next step is a new process. */
async function lifeWithCrash(at: number, when: 'before' | 'after') {
  const world = createTestWorld();
  const { id, wantedUntil } = await grantWindow(world, { untilAt: world.time.now + 15 * minute });
  const { dying, state } = dyingAt(world, at, when);
  const step = async (windowId: string) => {
    if (state.dead) return advanceWindow(world, { id: windowId });
    const look = await advanceWindow(dying, { id: windowId });
    // Its answer never reaches the engine; a process that is dead answers nothing.
    if (state.dead) throw new Crash();
    return look;
  };
  const opened = await live(world, id, world.time.now + 5 * minute, step);
  const phase = windowPhase(await readRow(world, id));
  const end = await live(world, id, wantedUntil, step);
  return { world, id, wantedUntil, opened, phase, end, crashed: state.dead };
}

describe('a crash at any call of a life', () => {
  it.each(['before', 'after'] as const)(
    '%s its effect ends as a life without a crash',
    async (when) => {
      let points = 0;
      for (let at = 1; ; at++) {
        const { world, id, wantedUntil, phase, end, crashed } = await lifeWithCrash(at, when);
        const point = `call ${at} ${when}`;
        expect({ point, phase, end }).toEqual({
          point,
          phase: 'open',
          end: { done: true, outcome: 'expired' },
        });
        expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
        const late = world.network.history.filter((one) => one.at > wantedUntil - 2 * minute);
        expect({ point, late }).toEqual({ point, late: [] });
        expect({ point, live: await world.ledger.live.get(id) }).toEqual({ point, live: null });
        if (!crashed) break;
        points = at;
      }
      expect(points).toBeGreaterThan(40);
    },
  );
});

describe('a crash at any call while opening, and the activation ends', () => {
  it.each(['before', 'after'] as const)('%s its effect: nothing is left standing', async (when) => {
    for (let at = 1; ; at++) {
      const world = createTestWorld();
      const { id } = await grantWindow(world);
      // The PUT arrives late: a row that knows nothing of it would be closed without it.
      world.network.operationMs = 20_000;
      const { dying, state } = dyingAt(world, at, when);
      await live(world, id, world.time.now + 1_000, (windowId) =>
        advanceWindow(state.dead ? world : dying, { id: windowId }),
      );
      await wishClosed(world, id);
      const end = await live(world, id, world.time.now + 10 * minute);
      world.time.moveTo(world.time.now + 10 * minute);
      const left = [...standing(world, nsgNic), ...standing(world, nsgSubnet)];
      expect({ at, when, left, done: end.done }).toEqual({ at, when, left: [], done: true });
      if (!state.dead) break;
    }
  });
});

describe('the same step twice', () => {
  it('at once, all life long: one rule per NSG, opened and closed once', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world);
    const both = async (windowId: string) => {
      const [one, other] = await Promise.all([
        advanceWindow(world, { id: windowId }),
        advanceWindow(world, { id: windowId }),
      ]);
      return one.done ? one : other;
    };
    await live(world, id, world.time.now + 2 * minute, both);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    expect((await live(world, id, wantedUntil, both)).done).toBe(true);
    const changes = world.network.history.map(
      ({ nsgId, rule }) => `${nsgId} ${rule?.access ?? '-'}`,
    );
    for (const event of ['window.planned', 'window.open', 'window.closing', 'window.closed']) {
      const told = world.lines.filter((line) => line.event === event);
      expect({ event, told: told.length }).toEqual({
        event,
        told: event === 'window.planned' ? 2 : 1,
      });
    }
    expect(changes.sort()).toEqual([
      `${nsgNic} -`,
      `${nsgNic} Allow`,
      `${nsgSubnet} -`,
      `${nsgSubnet} Allow`,
    ]);
    expect(world.alarms()).toEqual([]);
  });

  it('an hour later, after the window was closed: nothing is sent', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, wantedUntil);
    const sent = world.network.calls.length;
    world.time.moveTo(wantedUntil + 60 * minute);
    expect((await advanceWindow(world, { id })).done).toBe(true);
    expect(world.network.calls).toHaveLength(sent);
  });
});

describe('a worker that is frozen', () => {
  /** Freezes the n-th call of `name` until `thaw` is called. */
  function freezing(world: TestWorld, name: string, number: number, when: 'before' | 'after') {
    let calls = 0;
    let thaw: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const hook: Hook = async (path, call) => {
      const hit = path === name && ++calls === number;
      if (hit && when === 'before') await frozen;
      const answer = await call();
      if (hit && when === 'after') await frozen;
      return answer;
    };
    return { slow: hooked(world, hook), thaw };
  }

  // The saves of a first run: the plan, then the word ahead of the PUTs, then what came of them.
  it.each([
    ['windows.replace', 1, 'after'],
    ['windows.replace', 2, 'before'],
    ['windows.replace', 2, 'after'],
    ['windows.replace', 3, 'before'],
    ['directory.listInstances', 1, 'after'],
    ['network.readNsg', 1, 'after'],
  ] as const)(
    'at %s %d (%s), for longer than the window lives: no rule',
    async (name, number, when) => {
      const world = createTestWorld();
      const { id, wantedUntil } = await grantWindow(world);
      const { slow, thaw } = freezing(world, name, number, when);
      const stale = advanceWindow(slow, { id });
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      // Reconcile takes over; the window lives its life.
      world.time.moveTo(world.time.now + 2 * minute);
      expect((await live(world, id, wantedUntil)).done).toBe(true);
      world.time.moveTo(wantedUntil + 60 * minute);
      const before = world.network.history.length;
      thaw();
      await stale;
      world.time.moveTo(world.time.now + 10 * minute);
      expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
      expect(world.network.history.slice(before)).toEqual([]);
    },
  );

  it('after the end was saved: whoever comes a moment early to tell it waits that moment out', async () => {
    const { world, id, until } = await openedWindow();
    const [stored] = await world.ledger.live.list();
    if (stored === undefined) throw new Error('The window has no live row.');
    await live(world, id, until);
    await world.ledger.live.insert(stored.row);
    const { concludedAt } = await readRow(world, id);
    world.time.moveTo((concludedAt ?? 0) + 4_200);
    const look = advanceWindow(world, { id });
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    world.time.moveTo(world.time.now + 1_000);
    expect(await look).toEqual({ done: true, outcome: 'expired' });
    expect(await world.ledger.live.list()).toEqual([]);
  });

  it('inside the PUT itself, past every assumption: the rule is taken back at once, with an alarm', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world, { untilAt: world.time.now + 10 * minute });
    const { slow, thaw } = freezing(world, 'network.putRule', 1, 'before');
    const stale = advanceWindow(slow, { id });
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    world.time.moveTo(world.time.now + minute);
    await live(world, id, wantedUntil);
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    world.network.operationMs = 0;
    thaw();
    await stale;
    world.time.moveTo(world.time.now + minute);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
    expect(world.alarms()).toContain('ruleAfterClose');
  });
});
