import { reconcileDue } from '../../../functions/timers/reconcileDue';
import { SweepMemory } from '../../../functions/sweep/memory';
import { sweepRules } from '../../../functions/sweep/sweepRules';
import type { World } from '../../../shared/ports/world';
import { live, minute, openedWindow, readRow, standing, nsgNic } from '../../support/windowWorld';
import type { Reply, Sent } from './stubArm';
import { factsOf, origin, stubArm, subscription } from './stubArm';

const subscriptionId = subscription.slice('/subscriptions/'.length);
const person = '33333333-3333-4333-8333-333333333333';
const expired: Reply = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  body: { error: { code: 'ExpiredAuthenticationToken', message: 'The access token expired.' } },
};

/** Every list has a first page that holds nothing and leads to a second; the token ends between them. */
function halfway({ url, body }: Sent): Reply {
  const token = (body as { options?: { $skipToken?: string } } | undefined)?.options?.$skipToken;
  if (url.searchParams.has('$skiptoken') || token !== undefined) return expired;
  if (url.pathname.endsWith('/resources')) {
    const counts = { totalRecords: 2_000, count: 1, resultTruncated: 'false', facets: [] };
    return { status: 200, body: { ...counts, data: [{}], $skipToken: 'half' } };
  }
  const next = `${origin}${url.pathname}${url.search}&$skiptoken=half`;
  return {
    status: 200,
    headers: { date: new Date().toUTCString() },
    body: { value: [], nextLink: next },
  };
}

const lists: readonly [string, (world: World) => Promise<unknown>][] = [
  ['the rules of a subscription', ({ network }) => network.listOurRulesIn(subscriptionId)],
  ['the subscriptions', ({ network }) => network.visibleSubscriptions()],
  ['a person’s activations', ({ directory }) => directory.listInstances(subscription, person)],
  [
    'all activations of a subscription',
    ({ directory }) => directory.listActive({ scope: subscription, of: 'below' }, 20),
  ],
  [
    'all activations of a person',
    ({ directory }) =>
      directory.listActive({ scope: subscription, of: { principalId: person } }, 5),
  ],
  ['the index of rules', ({ inventory }) => inventory.listOurRules()],
  ['the index of machines', ({ inventory }) => inventory.listTargets(subscription, 2_000)],
  ['the index of subscriptions', ({ inventory }) => inventory.listSubscriptions()],
];

describe('a token that ends between two pages', () => {
  it.each(lists)('makes a fault of %s, never half a list', async (_, list) => {
    const stub = stubArm(halfway);
    expect(await factsOf(list(stub.world))).toMatchObject({ kind: 'unauthenticated' });
    expect(stub.sent.length).toBeGreaterThanOrEqual(2);
  });

  it('leaves the sweep with what it knew, says so, and lets it close what is due', async () => {
    const { world, until } = await openedWindow();
    const memory = new SweepMemory(minute);
    const by = { memory, closeWindow: null };
    expect(await sweepRules(world, by)).toMatchObject({ complete: true, rules: 2 });
    const stub = stubArm(halfway);
    const { visibleSubscriptions, listOurRulesIn } = stub.world.network;
    const { listOurRules } = stub.world.inventory;
    const half = {
      ...world,
      network: { ...world.network, visibleSubscriptions, listOurRulesIn },
      inventory: { ...world.inventory, listOurRules },
    };
    world.time.moveTo(until - 2 * minute);
    const summary = await sweepRules(half, by);
    expect(summary).toMatchObject({ complete: false, by: 'memory', rules: 2, deleted: 2 });
    expect(memory.sightings).toHaveLength(2);
    expect(stub.sent.length).toBeGreaterThanOrEqual(4);
    world.time.moveTo(until - minute);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('closes no window whose activation only the lost page would have shown', async () => {
    const { world, id, until } = await openedWindow();
    const { listActive, listInstances } = stubArm(halfway).world.directory;
    const half = { ...world, directory: { ...world.directory, listActive, listInstances } };
    const starts: string[] = [];
    const starter = {
      start: async (_name: string, instanceId: string) => {
        starts.push(instanceId);
        return 'started' as const;
      },
    };
    for (let run = 0; run < 5; run++) {
      expect(await reconcileDue(half, starter)).toMatchObject({ gone: 0, discovered: 0 });
      world.time.moveTo(world.time.now + minute);
      await live(world, id, world.time.now);
    }
    expect(starts).toEqual([]);
    expect(world.lines.some(({ event }) => event === 'reconcile.askFailed')).toBe(true);
    expect(await readRow(world, id)).toMatchObject({ wish: 'open', until, endHintAt: null });
  });
});
