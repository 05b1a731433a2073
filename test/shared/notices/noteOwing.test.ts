import { noticesDue } from '../../../functions/timers/noticesDue';
import { noteRefusedRequest } from '../../../shared/notices/noteOwing';
import { refusal } from '../../../shared/domain/refusal';
import { apiOf } from '../../support/callApi';
import { personOf } from '../../support/callers';
import { activated, look } from '../../support/intakeStories';
import { createIntakeWorld, faultOf, type IntakeWorld } from '../../support/intakeWorld';
import { channelOf, type HeardChannel, kindsAt, noticesBy } from '../../support/noticeChannels';

const body = { vms: ['vm-1'], duration: '1h', reason: 'Disk is full', ticket: 'INC1' };

describe('a request over HTTP that is refused', () => {
  it('is told of with who asked, the rule that refused and the next step', async () => {
    const { world, teams } = told();
    expect((await ask(world, 'mallory')).status).toBe(403);
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['refused']);
    const [message] = teams.heard;
    const lines = Object.fromEntries(message?.card.lines ?? []);
    expect(lines).toMatchObject({
      Person: 'mallory',
      Machines: 'vm-1',
      Refused: expect.stringContaining('noActiveRole') as unknown,
      'Next step': expect.stringContaining('PIM') as unknown,
      Reason: 'Disk is full',
    });
  });

  it('again and again, with other keys, is told of once an hour', async () => {
    const { world, teams } = told();
    for (let key = 0; key < 3; key += 1) {
      await ask(world, 'mallory', `key-${key}`);
      await noticesDue(world);
    }
    expect(kindsAt(teams)).toEqual(['refused']);
    world.at += 3_600_000;
    await noticesDue(world);
    expect(await world.ledger.notices.list()).toEqual([]);
    await ask(world, 'mallory', 'key-9');
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['refused', 'refused']);
  });

  it('a thousand times by a thousand people makes twenty cards, and tells how many more', async () => {
    const { world, teams } = told();
    for (let number = 0; number < 1_000; number += 1) await refuse(world, `person-${number}`);
    await noticesDue(world);
    expect(teams.heard).toHaveLength(20);
    expect(await world.ledger.notices.list()).toHaveLength(20);
    expect(world.lines.filter(({ event }) => event === 'notice.refusalsMuted')).toHaveLength(1);
    world.at += 600_000;
    await refuse(world, 'somebody else');
    await noticesDue(world);
    expect(teams.heard.at(-1)?.card.lines).toContainEqual([
      'Before it',
      '980 more refusals were not told here',
    ]);
  });

  it('a thousand times by one person leaves room for others', async () => {
    const { world, teams } = told();
    for (let number = 0; number < 1_000; number += 1) {
      world.at += 100;
      await refuse(world, 'loud');
    }
    await refuse(world, 'quiet');
    await noticesDue(world);
    const who = teams.heard.map(({ card }) => Object.fromEntries(card.lines)['Person']);
    expect(who).toContain('quiet');
    expect(who.filter((one) => one === 'loud')).toHaveLength(1);
  });

  it('is answered as ever where the notice cannot be noted', async () => {
    const { world, teams } = told();
    Object.assign(world.ledger.notices, { insert: fails });
    expect((await ask(world, 'mallory')).status).toBe(403);
    expect(teams.heard).toEqual([]);
    expect(world.lines.map(({ event }) => event)).toContain('notice.unnoted');
  });

  it('is noted nowhere where notices are off, or only asked for in play', async () => {
    const { world } = told();
    await ask(world, 'mallory', 'k', '?dryRun=true');
    world.notices = noticesBy();
    await ask(world, 'mallory');
    expect(await world.ledger.notices.list()).toEqual([]);
  });
});

describe('a window that is granted', () => {
  it('opens all the same where its notices cannot be noted', async () => {
    const world = await activated();
    world.notices = noticesBy(channelOf('teams'));
    Object.assign(world.ledger.notices, { insert: fails });
    expect(await world.run(look)).toBe('granted');
  });

  it('is on the list at once, so that its end is told however soon it comes', async () => {
    const world = await activated();
    const teams = channelOf('teams');
    world.notices = noticesBy(teams);
    await world.run(look);
    const { row, etag } = (await world.ledger.windows.list())[0] ?? never();
    const refused = { vmId: '', code: 'locked', rule: 'A lock.', next: 'Ask.' };
    const over = { closeReason: 'planFailed' as const, concludedAt: world.at };
    await world.ledger.windows.replace({ ...row, ...over, refusals: [refused] }, etag);
    const live = await world.ledger.live.get(row.id);
    await world.ledger.live.remove(row.id, live?.etag ?? '');
    await noticesDue(world);
    expect(kindsAt(teams)).toEqual(['refused']);
    expect(await world.ledger.notices.list()).toEqual([]);
  });
});

// Helpers

function told(): { world: IntakeWorld; teams: HeardChannel } {
  const world = createIntakeWorld();
  const teams = channelOf('teams');
  world.notices = noticesBy(teams);
  world.activate();
  return { world, teams };
}

async function ask(world: IntakeWorld, as: string, key = 'pager-4711', query = '') {
  const headers = { 'idempotency-key': key, 'x-forwarded-for': '203.0.113.10:1' };
  return apiOf(world, world.starter).call('requestWindow', { as, body, headers, query });
}

async function refuse(world: IntakeWorld, name: string): Promise<void> {
  const caller = { ...personOf('mallory'), objectId: name, name };
  const asked = { vms: ['vm-1'], ports: [], durationMs: 1, reason: 'x', ticket: '', source: [] };
  const said = { refusal: refusal('noActiveRole'), targets: [] };
  await noteRefusedRequest(world, caller, asked as never, said);
}

async function fails(): Promise<never> {
  throw faultOf('unavailable');
}

function never(): never {
  throw new Error('It is there.');
}
