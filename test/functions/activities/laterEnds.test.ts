import { askToExtend } from '../../../functions/wishes/askToExtend';
import type { Budget } from '../../../shared/ports/budget';
import { freeBudget } from '../../support/freeBudget';
import { Fault } from '../../../shared/domain/fault';
import { facts } from '../../support/fakeNetwork';
import {
  createTestWorld,
  live,
  minute,
  openedWindow,
  readRow,
  type TestWorld,
} from '../../support/windowWorld';

const ada = { by: '33333333-3333-4333-8333-333333333333', reason: 'not done yet' };

/** Open for an hour of an activation of two; extended by whoever asks. */
async function opened() {
  const first = createTestWorld().time.now + 60 * minute;
  const { world, id } = await openedWindow({ untilAt: first });
  return { world, id, first, later: first + 20 * minute };
}

const puts = (world: TestWorld): number =>
  world.network.calls.filter(({ op }) => op === 'put').length;

/** From now on the opener asks for a sweeper app with these keys, last heard of that long ago. */
async function hear(world: TestWorld, keyVersions: number[], agoMs: number): Promise<void> {
  if (!('policy' in world.opening)) throw new Error('Nothing opens here.');
  Object.assign(world, { opening: { ...world.opening, sweeper: 'required' } });
  const row = { id: 'sweeper' as const, at: world.time.now - agoMs, version: '1', keyVersions };
  const stored = await world.ledger.heartbeats.get('sweeper');
  if (stored === null) await world.ledger.heartbeats.insert(row);
  else await world.ledger.heartbeats.replace(row, stored.etag);
}

const extend = (world: TestWorld, id: string, until: number) =>
  askToExtend(world, id, { ...ada, until });

describe('a later deadline is signed only where the sweeper app can verify it', () => {
  it('so a wish is refused while that app is silent or lacks the key, and the window stays', async () => {
    const { world, id, first, later } = await opened();
    await hear(world, [1], 10 * minute);
    expect(await extend(world, id, later)).toMatchObject({ refusal: { code: 'sweeperSilent' } });
    await hear(world, [2], 0);
    expect(await extend(world, id, later)).toMatchObject({
      refusal: { code: 'keyUnknownToSweeper' },
    });
    expect(await readRow(world, id)).toMatchObject({ wantedUntil: first, generation: 0 });
    await hear(world, [1], 0);
    expect((await extend(world, id, later)).kind).toBe('accepted');
    await live(world, id, world.time.now + 5 * minute);
    expect((await readRow(world, id)).until).toBe(later);
  });

  it('so a wish that was accepted before waits, and is carried out when it is heard again', async () => {
    const { world, id, later } = await opened();
    const before = puts(world);
    await extend(world, id, later);
    await hear(world, [1], 10 * minute);
    await live(world, id, world.time.now + 5 * minute);
    expect(puts(world)).toBe(before);
    await hear(world, [1], 0);
    await live(world, id, world.time.now + minute);
    expect((await readRow(world, id)).until).toBe(later);
  });

  it.each(['silent', 'unreadable'])(
    'so with it %s to the end the old deadline holds',
    async (how) => {
      const { world, id, first, later } = await opened();
      const before = puts(world);
      await extend(world, id, later);
      await hear(world, [1], how === 'silent' ? 10 * minute : 0);
      if (how === 'unreadable') {
        Object.assign(world.ledger.heartbeats, {
          get: async () => {
            throw new Fault(facts('unavailable'), 'get');
          },
        });
      }
      expect(await live(world, id, later)).toEqual({ done: true, outcome: 'expired' });
      const gone = world.network.history.filter(({ rule }) => rule === null).map(({ at }) => at);
      expect(gone).toHaveLength(2);
      expect(Math.max(...gone)).toBeLessThan(first);
      expect(puts(world)).toBe(before);
      expect(world.lines.filter(({ event }) => event === 'window.notExtended')).toHaveLength(1);
    },
  );
});

describe('a later deadline costs no request that closes may need', () => {
  function shortOfRequests(world: TestWorld): { pauseMs: number; asked: string[] } {
    const state = { pauseMs: 20_000, asked: [] as string[] };
    const budget: Budget = {
      ...freeBudget,
      pauseMs: (subscriptionId) => {
        state.asked.push(subscriptionId);
        return state.pauseMs;
      },
    };
    Object.assign(world, { budget });
    return state;
  }

  it('so a wish waits while requests are short, and for no longer', async () => {
    const { world, id, later } = await opened();
    const before = world.network.calls.length;
    const short = shortOfRequests(world);
    await extend(world, id, later);
    await live(world, id, world.time.now + 5 * minute);
    expect(world.network.calls).toHaveLength(before);
    short.pauseMs = 0;
    await live(world, id, world.time.now + minute);
    expect((await readRow(world, id)).until).toBe(later);
  });

  it('so a later end of the activation is not even asked for', async () => {
    const { world, id, until } = await openedWindow();
    shortOfRequests(world);
    const [instance] = world.instances.splice(0);
    if (instance !== undefined) world.instances.push({ ...instance, endAt: until + 30 * minute });
    let asked = 0;
    const { listInstances } = world.directory;
    Object.assign(world.directory, {
      listInstances: async (scope: string, principalId: string) => {
        asked += 1;
        return listInstances(scope, principalId);
      },
    });
    await live(world, id, until + 30 * minute);
    expect(asked).toBe(0);
    const gone = world.network.history.filter(({ rule }) => rule === null).map(({ at }) => at);
    expect(gone).toHaveLength(2);
    expect(Math.max(...gone)).toBeLessThan(until);
  });

  it('so it is asked for as soon as requests are left, while a PUT may still be sent', async () => {
    const { world, id, until } = await openedWindow();
    const short = shortOfRequests(world);
    const [instance] = world.instances.splice(0);
    if (instance !== undefined) world.instances.push({ ...instance, endAt: until + 30 * minute });
    world.time.plan(until - 5 * minute - 25_000, () => {
      short.pauseMs = 0;
    });
    await live(world, id, until + minute);
    expect((await readRow(world, id)).until).toBe(until + 30 * minute);
    expect(short.asked.every((one) => one !== '')).toBe(true);
  });
});
