import { noticesDue } from '../../../functions/timers/noticesDue';
import { noticesPart } from '../../../functions/notices/noticesPart';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { Table } from '../../../shared/ports/ledger';
import { channelOf, type HeardChannel, kindsAt, noticesBy } from '../../support/noticeChannels';
import { faultOf } from '../../support/intakeWorld';
import {
  claimOrigin,
  createTestWorld,
  grantOf,
  grantWindow,
  live,
  minute,
  readRow,
  rowOf,
  type TestWorld,
  wishClosed,
} from '../../support/windowWorld';

describe('the timer of notices', () => {
  it('run twice, at once, tells each channel once', async () => {
    const { world, teams, slack } = await opened();
    await Promise.all([noticesDue(world), noticesDue(world), noticesDue(world)]);
    await noticesDue(world);
    expect([kindsAt(teams), kindsAt(slack)]).toEqual([['opened'], ['opened']]);
  });

  it('tells at its first look, although time goes on while it looks', async () => {
    const { world, teams } = await opened();
    const { time } = world;
    Object.assign(world.clock, {
      now: () => {
        time.moveTo(time.now + 1);
        return time.now;
      },
    });
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['opened']);
  });

  it('leaves alone what another one is sending, whatever comes due meanwhile', async () => {
    const { world, id, teams, slack } = await opened();
    const gate = gateOf();
    teams.trouble = gate.wait;
    const slow = noticesDue(world);
    await gate.reached;
    world.time.moveTo(world.time.now + 1_000);
    await wishClosed(world, id);
    await noticesDue(world);
    gate.open();
    await slow;
    teams.trouble = null;
    await live(world, id, world.time.now + 30 * minute);
    await noticesDue(world);
    expect([kindsAt(teams), kindsAt(slack)]).toEqual([
      ['opened', 'closed'],
      ['opened', 'closed'],
    ]);
  });

  it('is not held up by a claim that was made by a clock an hour ahead', async () => {
    const { world, teams } = await opened();
    teams.trouble = fails;
    await noticesDue(world);
    const { row, etag } = (await world.ledger.notices.list())[0] ?? never();
    const claimedUntil = world.time.now + 60 * minute;
    await world.ledger.notices.replace({ ...row, claimedUntil }, etag);
    teams.trouble = null;
    world.time.moveTo(world.time.now + 20_000);
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['opened']);
  });

  it('that dies between sending and noting it sends once more, under the same id', async () => {
    const { world, teams } = await opened();
    const { notices } = world.ledger;
    const { replace, insert } = notices;
    Object.assign(notices, { replace: fails });
    expect((await noticesDue(world)).failed).toBe(1);
    Object.assign(notices, { replace, insert });
    expect(kindsAt(teams)).toEqual(['opened']);
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['opened']);
    world.time.moveTo(world.time.now + 61_000);
    await noticesDue(world);
    await noticesDue(world);
    const ids = teams.heard.map(({ id }) => id);
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it('whose claim took effect although its answer was lost sends when the claim is over', async () => {
    const { world, teams } = await opened();
    const { notices } = world.ledger;
    const { insert } = notices;
    Object.assign(notices, {
      insert: async (...row: Parameters<typeof insert>) => {
        await insert(...row);
        throw faultOf('unavailable');
      },
    });
    await noticesDue(world);
    Object.assign(notices, { insert });
    expect(kindsAt(teams)).toEqual([]);
    world.time.moveTo(world.time.now + 61_000);
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['opened']);
  });

  it('reads none of ten thousand windows that are over', async () => {
    const { world, id, teams } = await opened();
    for (let number = 0; number < 10_000; number += 1) {
      const row = { ...rowOf(world.time, grantOf(world.time)), concludedAt: 1 };
      await world.ledger.windows.insert({ ...row, id: `over-${number}` });
    }
    const read: string[] = [];
    const { windows } = world.ledger;
    const { get } = windows;
    Object.assign(windows, {
      get: async (wanted: string) => {
        read.push(wanted);
        return get(wanted);
      },
      list: fails,
    } satisfies Partial<Table<WindowRow>>);
    await noticesDue(world);
    expect(read).toEqual([id]);
    expect(kindsAt(teams)).toEqual(['opened']);
  });

  it('tells after an outage what is still so, and notes the rest as overtaken', async () => {
    const { world, id, teams, slack } = await opened();
    slack.trouble = async () => {
      throw faultOf('unavailable');
    };
    await noticesDue(world);
    // The timer is down while closing comes near and the window closes.
    await live(world, id, world.time.now + 130 * minute);
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    slack.trouble = null;
    const { overtaken } = await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['opened', 'closed']);
    expect(kindsAt(slack)).toEqual(['closed']);
    // The opening for Slack, and two warnings for each.
    expect(overtaken).toBe(5);
  });

  it('forgets a window when it is over and everything is told, never before', async () => {
    const { world, id } = await opened();
    await noticesDue(world);
    await wishClosed(world, id);
    await live(world, id, world.time.now + 30 * minute);
    await noticesDue(world);
    const left = async () => (await world.ledger.notices.list()).map(({ row }) => row.id);
    expect(await left()).toEqual([]);
    const stored = await world.ledger.live.get(id);
    expect(stored).toBeNull();
  });

  it('costs one window what is wrong with one window', async () => {
    const { world, teams } = await opened();
    await world.ledger.live.insert({ ...(await anyLive(world)), id: 'aaaa' });
    const { get } = world.ledger.windows;
    Object.assign(world.ledger.windows, {
      get: async (id: string) => (id === 'aaaa' ? fails() : get(id)),
    });
    const { failed } = await noticesDue(world);
    expect(failed).toBe(1);
    expect(kindsAt(teams)).toEqual(['opened']);
  });

  it('takes one look at a channel that is slow, however many windows there are', async () => {
    const { world, teams, slack } = await opened();
    const { row } = (await world.ledger.windows.list())[0] ?? never();
    for (let number = 0; number < 100; number += 1) {
      const id = `w${number}`;
      await world.ledger.windows.insert({ ...row, id });
      await world.ledger.live.insert({ ...(await anyLive(world)), id });
    }
    teams.trouble = async () => {
      await Promise.resolve();
      throw faultOf('unavailable');
    };
    await noticesDue(world);
    expect(teams.attempts).toBeLessThanOrEqual(8);
    expect(slack.heard).toHaveLength(101);
  });

  it('comes round to every window, however slowly a channel takes what it is told', async () => {
    const { world, id: first, teams } = await opened();
    const row = await readRow(world, first);
    for (let number = 0; number < 60; number += 1) {
      const id = `w${number}`;
      await world.ledger.windows.insert({ ...row, id });
      await world.ledger.live.insert({ ...(await anyLive(world)), id });
    }
    teams.trouble = async () => {
      world.time.moveTo(world.time.now + 5_000);
    };
    const { postponed } = await noticesDue(world);
    expect(postponed).toBeGreaterThan(20);
    for (let run = 0; run < 20; run += 1) {
      world.time.moveTo(world.time.now + 15_000);
      await noticesDue(world);
    }
    const told = teams.heard.filter(({ kind }) => kind === 'opened').map(({ subject }) => subject);
    expect(new Set(told).size).toBe(61);
    expect(told).toHaveLength(61);
  });

  it('owes nothing to a channel that the settings do not name any more', async () => {
    const { world, teams, slack } = await opened();
    teams.trouble = fails;
    await noticesDue(world);
    Object.assign(world, { notices: noticesBy(slack) });
    await noticesDue(world);
    const [stored] = await world.ledger.notices.list();
    const states = stored?.row.deliveries.map(({ channel, state }) => `${channel} ${state}`);
    expect(states).toEqual(['teams overtaken', 'slack sent']);
  });

  it('throws nothing away when storage fails, and tells when it is back', async () => {
    const { world, teams } = await opened();
    const { list } = world.ledger.live;
    Object.assign(world.ledger.live, { list: fails });
    await expect(noticesDue(world)).rejects.toThrow('unavailable');
    Object.assign(world.ledger.live, { list });
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['opened']);
  });
});

describe('what is loud', () => {
  it('is a window on a break-glass claim, before it is open', async () => {
    const { world, teams } = await granted();
    const { row, etag } = (await world.ledger.windows.list())[0] ?? never();
    const origin = claimOrigin('breakGlass');
    await world.ledger.windows.replace({ ...row, grant: { ...row.grant, origin } }, etag);
    await noticesDue(world);
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['breakGlass']);
    expect(teams.heard[0]?.card).toMatchObject({
      title: expect.stringContaining('BREAK-GLASS') as unknown,
      tone: 'bad',
    });
  });

  it('is a rule that stood too long, also where this is only found after the end', async () => {
    const { world, id, teams } = await opened();
    await wishClosed(world, id);
    await live(world, id, world.time.now + 30 * minute);
    // As reconcile leaves it: the window is over, and somebody still asks when its rule went.
    await world.ledger.live.insert({ ...(await anyLiveOf(id)), kind: 'ended' });
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['closed']);
    const { row, etag } = (await world.ledger.windows.get(id)) ?? never();
    const placements = row.placements.map((one) => ({ ...one, alarms: ['overrun' as const] }));
    await world.ledger.windows.replace({ ...row, placements }, etag);
    await noticesDue(world);
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['closed', 'overrun']);
    expect(teams.heard[1]?.card.tone).toBe('bad');
  });
});

describe('health', () => {
  it('tells who is not told, since when and how much, and nothing of where', async () => {
    const { world, teams } = await opened();
    teams.trouble = async () => {
      throw faultOf('denied');
    };
    await noticesDue(world);
    const early = await noticesPart(world);
    world.time.moveTo(world.time.now + 6 * minute);
    await noticesDue(world);
    const late = await noticesPart(world);
    expect([early.ok, late.ok]).toEqual([true, false]);
    expect(late['channels']).toMatchObject([
      { ok: false, name: 'teams', waiting: 1, undelivered: 0 },
      { ok: true, name: 'slack', waiting: 0, failingSince: null },
    ]);
    expect(world.alarms()).toEqual(['noticeUndelivered']);
    teams.trouble = null;
    world.time.moveTo(world.time.now + 6 * minute);
    await noticesDue(world);
    expect((await noticesPart(world)).ok).toBe(true);
  });

  it('is red, with their faults, where the settings of notices are not in order', async () => {
    const { world, teams } = await opened();
    Object.assign(world, { notices: { faults: ['NOTICES_LINK is missing.'] } });
    await noticesDue(world);
    expect(await noticesPart(world)).toEqual({ ok: false, faults: ['NOTICES_LINK is missing.'] });
    expect(teams.heard).toEqual([]);
  });
});

// Helpers

type Told = { world: TestWorld; id: string; teams: HeardChannel; slack: HeardChannel };

/** A window that is granted, and two channels. */
async function granted(): Promise<Told> {
  const [teams, slack] = [channelOf('teams'), channelOf('slack')];
  const world = createTestWorld({ notices: noticesBy(teams, slack) });
  const { id } = await grantWindow(world);
  return { world, id, teams, slack };
}

async function opened(): Promise<Told> {
  const told = await granted();
  await live(told.world, told.id, told.world.time.now + minute);
  return told;
}

async function anyLive({ ledger }: TestWorld) {
  const [stored] = await ledger.live.list();
  return stored?.row ?? never();
}

async function anyLiveOf(id: string) {
  const world = createTestWorld();
  await grantWindow(world);
  return { ...(await anyLive(world)), id };
}

/** A channel that answers when it is let. */
function gateOf() {
  let open: () => void = () => undefined;
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const opens = new Promise<void>((resolve) => {
    open = resolve;
  });
  const wait = async (): Promise<void> => {
    reach();
    await opens;
  };
  return { reached, wait, open: () => open() };
}

async function fails(): Promise<never> {
  throw faultOf('unavailable');
}

function never(): never {
  throw new Error('It is there.');
}
