import { reconcileDue } from '../../../functions/timers/reconcileDue';
import { Fault } from '../../../shared/domain/fault';
import type { ActivityEvent } from '../../../shared/ports/activityLog';
import { facts } from '../../support/fakeNetwork';
import {
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

const operation = 'Microsoft.Network/networkSecurityGroups/securityRules/delete';
const starter = { start: async () => 'running' as const };
const deleted = (at: number, changes: Partial<ActivityEvent> = {}): ActivityEvent => ({
  at,
  operation,
  status: 'Succeeded',
  caller: 'somebody',
  ...changes,
});

/** Open, then gone behind the app's back; the app is back two minutes after the deadline. */
async function goneMeanwhile(): Promise<{ world: TestWorld; id: string; until: number }> {
  const opened = await openedWindow();
  const { world, id, until } = opened;
  world.time.moveTo(until - minute);
  for (const nsg of [nsgNic, nsgSubnet]) world.network.nsg(nsg).rules.length = 0;
  world.time.moveTo(until + 2 * minute);
  await live(world, id, until + 3 * minute);
  expect(standing(world, nsgNic)).toEqual([]);
  return opened;
}

/** Reconcile once a minute until so long after the deadline, with this in the log. */
async function ask(
  { world, until }: { world: TestWorld; until: number },
  events: (at: number) => readonly ActivityEvent[],
  minutes = 17,
): Promise<number> {
  let asked = 0;
  Object.assign(world.activityLog, {
    listOn: async () => {
      asked += 1;
      return events(world.time.now);
    },
  });
  while (world.time.now < until + minutes * minute) {
    await reconcileDue(world, starter);
    world.time.moveTo(world.time.now + minute);
  }
  return asked;
}

describe('a rule that was found gone after its deadline', () => {
  it('closes its window at once, and keeps a live row that takes no place', async () => {
    const { world, id } = await goneMeanwhile();
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    expect(said(world, 'window.closed')).toHaveLength(1);
    const [kept] = await world.ledger.live.list();
    expect(kept?.row).toMatchObject({ id, kind: 'ended', closes: [], closeFrom: null });
  });

  it.each<[string, (until: number) => ActivityEvent[]]>([
    ['one delete', (until) => [deleted(until - minute)]],
    ['the last moment', (until) => [deleted(until)]],
    ['deletes that found nothing later', (until) => [deleted(until + 9), deleted(until - minute)]],
    [
      'refused deletes, writes that failed, and other operations',
      (until) => [
        deleted(until + minute, { status: 'Failed' }),
        deleted(until + minute, { status: 'Accepted' }),
        deleted(until + 1, { operation: 'Microsoft.Network/networkSecurityGroups/write' }),
        deleted(until - minute),
      ],
    ],
  ])('went in time by %s: who is in the row, and no alarm', async (_, events) => {
    const gone = await goneMeanwhile();
    await ask(gone, () => events(gone.until));
    expect(gone.world.alarms()).toEqual([]);
    expect(said(gone.world, 'rule.goneInTime')).toHaveLength(2);
    const { placements } = await readRow(gone.world, gone.id);
    expect(placements.map(({ goneBy }) => goneBy?.caller)).toEqual(['somebody', 'somebody']);
    expect(await gone.world.ledger.live.list()).toEqual([]);
    expect(said(gone.world, 'window.closed')).toHaveLength(1);
  });

  it('went late by the log: to the second, with who', async () => {
    const gone = await goneMeanwhile();
    await ask(gone, () => [deleted(gone.until + 61_001)]);
    expect(said(gone.world, 'overrun')).toEqual([
      expect.objectContaining({ overrunSeconds: 62, caller: 'somebody', provedLate: false }),
      expect.objectContaining({ overrunSeconds: 62, caller: 'somebody', provedLate: false }),
    ]);
    expect(said(gone.world, 'rule.goneInTime')).toEqual([]);
  });

  it.each<[string, (until: number) => ActivityEvent[]]>([
    ['nothing', () => []],
    ['a delete from before it was open', (until) => [deleted(until - 180 * minute)]],
    ['a delete in the future', (until) => [deleted(until + 600 * minute)]],
    ['a delete at no time', () => [deleted(0), deleted(Number.NaN), deleted(Infinity)]],
    [
      'a write after the delete',
      (until) => [
        deleted(until - minute),
        deleted(until - 30_000, { operation: operation.replace('delete', 'write') }),
      ],
    ],
  ])(
    'is not explained by %s, and that is an alarm after a quarter of an hour',
    async (_, events) => {
      const gone = await goneMeanwhile();
      await ask(gone, () => events(gone.until), 14);
      expect(gone.world.alarms()).toEqual([]);
      await ask(gone, () => events(gone.until));
      expect(said(gone.world, 'overrun')).toEqual([
        expect.objectContaining({ provedLate: true, overrunSeconds: 120 }),
        expect.objectContaining({ provedLate: true, overrunSeconds: 120 }),
      ]);
      expect(await gone.world.ledger.live.list()).toEqual([]);
    },
  );

  it('is asked about until the log knows, and no longer', async () => {
    const gone = await goneMeanwhile();
    const tells = gone.until + 8 * minute;
    const asked = await ask(gone, (at) => (at < tells ? [] : [deleted(gone.until - minute)]));
    expect(gone.world.alarms()).toEqual([]);
    expect(asked).toBeLessThanOrEqual(2 * 7);
  });

  it('is an alarm at once where the log may not be read', async () => {
    const gone = await goneMeanwhile();
    const asked = await ask(gone, () => {
      throw new Fault(facts('denied'), 'reading the activity log');
    });
    expect(gone.world.alarms()).toEqual(['overrun', 'overrun']);
    expect(asked).toBe(2);
  });

  it('is asked about again after answers that were faults', async () => {
    const gone = await goneMeanwhile();
    const calm = gone.until + 9 * minute;
    await ask(gone, (at) => {
      if (at < calm) throw new Fault(facts('throttled'), 'reading the activity log');
      return [deleted(gone.until - minute)];
    });
    expect(gone.world.alarms()).toEqual([]);
    expect(said(gone.world, 'rule.goneInTime')).toHaveLength(2);
  });

  it('waits while closes may need the requests that are left', async () => {
    const gone = await goneMeanwhile();
    Object.assign(gone.world, { budget: { ...gone.world.budget, pauseMs: () => 20_000 } });
    expect(await ask(gone, () => [deleted(gone.until - minute)], 14)).toBe(0);
    await ask(gone, () => []);
    expect(gone.world.alarms()).toEqual(['overrun', 'overrun']);
  });

  it('is told once by two reconciles at once', async () => {
    const { world, until } = await goneMeanwhile();
    Object.assign(world.activityLog, { listOn: async () => [deleted(until - minute)] });
    await Promise.all([reconcileDue(world, starter), reconcileDue(world, starter)]);
    await reconcileDue(world, starter);
    expect(said(world, 'rule.goneInTime')).toHaveLength(2);
    expect(await world.ledger.live.list()).toEqual([]);
  });

  it('is not lost where the app died before it marked the live row', async () => {
    const { world, id, until } = await goneMeanwhile();
    const [kept] = await world.ledger.live.list();
    if (kept === undefined) throw new Error('no live row');
    await world.ledger.live.replace({ ...kept.row, kind: 'window' }, kept.etag);
    await ask({ world, until }, () => [deleted(until - minute)]);
    expect(said(world, 'rule.goneInTime')).toHaveLength(2);
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    expect(await world.ledger.live.list()).toEqual([]);
  });
});
