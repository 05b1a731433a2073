import type { Received, SinkFault, SinkName } from '../../local/azure/notices/types';
import { windowPhase } from '../../shared/domain/window/phase';
import { noticeSettings, sinkSecrets, takenBy, titlesAt } from '../support/noticeStories';
import { deployedTimers } from '../support/deployedTimers';
import { simulate } from '../support/simulatedAzure';
import {
  ada,
  administratorLogin,
  appGroup,
  ben,
  onNic,
  stories,
  type Story,
  workPolicy,
} from '../support/stories';
import { installVirtualTime } from '../virtualTime';
import { lastWindow, wisher } from '../support/wishes';

const minute = 60_000;
/** The timer runs each quarter of a minute; what it finds is sent at once. */
const period = 15_000;
const everybody: readonly SinkName[] = ['teams', 'slack', 'webhook', 'topic'];

describe('people are told', () => {
  const { begin } = stories();

  it('of a window that opens, is about to close, and is proved closed: once, in time', async () => {
    const story = await begin({ settings: noticeSettings() });
    story.activate({ minutes: 30 });
    await story.minutes(29);
    const row = await lastWindow(story);
    const closing = (row.until ?? 0) - row.grant.limits.guardMs;
    const [opened, ten, two, closed] = takenBy(story, 'teams').map(({ at }) => at);
    expect(titlesAt(story)).toEqual([
      'Window is open',
      'Window begins to close in 10 minutes',
      'Window begins to close in 2 minutes',
      'Window is closed, and proved to be',
    ]);
    for (const sink of everybody) expect(takenBy(story, sink)).toHaveLength(4);
    const openedAt = Math.max(...row.placements.map((one) => one.openedAt ?? 0));
    expect(within(opened, openedAt)).toBe(true);
    expect(within(ten, closing - 10 * minute)).toBe(true);
    expect(within(two, closing - 2 * minute)).toBe(true);
    expect(within(closed, row.concludedAt ?? 0)).toBe(true);
    await story.minutes(10);
    expect(takenBy(story, 'teams')).toHaveLength(4);
    expect(await story.ledger().notices.list()).toEqual([]);
  });

  it('by each channel under the same id, with the whole window and a link to it', async () => {
    const story = await begin({ settings: noticeSettings() });
    story.activate({ minutes: 30 });
    await story.minutes(1);
    const { id } = await lastWindow(story);
    const [hook] = takenBy(story, 'webhook').map(bodyOf);
    const [[event] = []] = takenBy(story, 'topic').map((one) => listOf(one));
    expect(hook).toMatchObject({
      type: 'opened',
      subject: `windows/${id}`,
      link: `http://localhost:7071/api/windows/${id}`,
      data: { window: { id, phase: 'open', policyRule: 'operators' } },
    });
    expect(event).toMatchObject({
      specversion: '1.0',
      id: hook?.['id'],
      type: 'Postern.Window.Opened',
      source: '/postern/local1',
      subject: `windows/${id}`,
    });
    const card = takenBy(story, 'teams')[0]?.body ?? '';
    expect(card).toContain(`http://localhost:7071/api/windows/${id}`);
    for (const words of ['Ada Example', 'vm-app-01', 'rule operators of policy', 'tcp/22']) {
      expect(card).toContain(words);
    }
    await story.minutes(30);
  });

  it('of an extend, and of the end of the new deadline anew', async () => {
    const who = wisher();
    const policy = workPolicy.replace('longest: 3h', 'longest: 20m');
    const settings = noticeSettings(['teams']);
    const story = await begin({ wrapWorld: who.wrapWorld, policy, settings });
    story.activate({ minutes: 60 });
    await story.seconds(30);
    story.killHost();
    await story.startHost({ policy: workPolicy });
    await story.minutes(8);
    const first = (await lastWindow(story)).until ?? 0;
    expect((await who.extend(story, first + 20 * minute)).kind).toBe('accepted');
    await story.minutes(40);
    expect(titlesAt(story).map((title) => title.replace(/\d{4}.*Z/, 'TIME'))).toEqual([
      'Window is open',
      'Window begins to close in 10 minutes',
      'Window was extended to TIME',
      'Window begins to close in 10 minutes',
      'Window begins to close in 2 minutes',
      'Window is closed, and proved to be',
    ]);
    await story.minutes(20);
  });

  it('of no end that was never near: closed early, a window has nothing to warn of', async () => {
    const who = wisher();
    const settings = noticeSettings(['slack']);
    const story = await begin({ wrapWorld: who.wrapWorld, settings });
    story.activate({ minutes: 60 });
    await story.minutes(5);
    await who.close(story);
    await story.minutes(60);
    const titles = titlesAt(story, 'slack');
    expect(titles).toEqual(['🟢 Window is open', '⚪ Window is closed, and proved to be']);
  });

  it('of no ten minutes where there are only nine', async () => {
    const story = await begin({ settings: noticeSettings(['teams']) });
    story.activate({ minutes: 12 });
    await story.minutes(20);
    expect(titlesAt(story)).toEqual([
      'Window is open',
      'Window begins to close in 2 minutes',
      'Window is closed, and proved to be',
    ]);
  });

  it('of an activation that is refused, by the rule that refused and the next step', async () => {
    const story = await begin({ settings: noticeSettings() });
    story.activate({ minutes: 3 });
    await story.minutes(5);
    expect(titlesAt(story)).toEqual(['Window was refused']);
    const [code] = await story.refusals();
    for (const sink of everybody) expect(takenBy(story, sink)[0]?.body).toContain(code);
  });

  it('of nothing where notices are off, and no request is made', async () => {
    const story = await begin();
    story.activate({ minutes: 20 });
    await story.minutes(30);
    expect(story.azure.notices.received).toEqual([]);
    expect(await story.ledger().notices.list()).toEqual([]);
  });
});

describe('a channel that is in trouble', () => {
  const { begin } = stories();

  async function played(fault: SinkFault, minutes: number): Promise<Story> {
    const story = await begin({ settings: noticeSettings() });
    story.azure.notices.use('teams', fault);
    story.activate({ minutes: 30 });
    await story.minutes(minutes);
    return story;
  }

  it.each(['down', 'slow', 'throttled', 'error', 'redirect', 'refused'] as const)(
    '%s holds up no other channel, and no close',
    async (fault) => {
      const story = await played(fault, 29);
      story.expects({ alarms: ['noticeUndelivered'] });
      expect(titlesAt(story)).toEqual([]);
      for (const sink of ['slack', 'webhook', 'topic'] as const) {
        expect(takenBy(story, sink)).toHaveLength(4);
      }
      const row = await lastWindow(story);
      expect(windowPhase(row)).toBe('closed');
      const closing = (row.until ?? 0) - row.grant.limits.guardMs;
      expect(Math.max(...story.goneAfterSeconds())).toBeLessThan(30 * 60 - 150);
      expect(row.closingAt).toBeLessThan(closing + 3_000);
      story.azure.notices.use('teams', null);
      await story.minutes(20);
      // What is not so any more is not told; that it is closed is.
      expect(titlesAt(story)).toEqual(['Window is closed, and proved to be']);
    },
  );

  it('is tried again with growing pauses, as long as it says, and not by each window', async () => {
    const story = await played('throttled', 20);
    story.expects({ alarms: ['noticeUndelivered'] });
    const at = story.azure.notices.received
      .filter(({ sink }) => sink === 'teams')
      .map((one) => one.at);
    const pauses = at.slice(1).map((one, index) => one - (at[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(30_000);
    expect(at.length).toBeLessThan(10);
    expect(pauses.at(-1)).toBeGreaterThan(4 * minute);
    await story.minutes(30);
  });

  it('is given up after a day, and an alarm says so', async () => {
    const story = await played('refused', 31);
    story.expects({ alarms: ['noticeUndelivered'] });
    await story.minutes(24 * 60 + 30);
    const given = story.logged('noticeUndelivered').filter(({ notice }) => notice !== undefined);
    expect(given.map(({ notice }) => notice)).toEqual(['closed']);
    expect(await story.ledger().notices.list()).toEqual([]);
  });

  it('is followed nowhere, and its address stands in no line and no row', async () => {
    const hosts = new Set<string>();
    const settings = noticeSettings();
    const store: unknown[] = [];
    const story = await begin({
      settings,
      onAnswer: ({ url }) => hosts.add(new URL(url).host),
    });
    for (const [sink, fault] of [
      ['teams', 'redirect'],
      ['slack', 'error'],
      ['webhook', 'down'],
      ['topic', 'throttled'],
    ] as const) {
      story.azure.notices.use(sink, fault);
    }
    story.expects({ alarms: ['noticeUndelivered'] });
    story.activate({ minutes: 20 });
    await story.minutes(12);
    const { notices, noticeChannels } = story.ledger();
    store.push(story.logs, await notices.list(), await noticeChannels.list());
    store.push((await health(story)).body);
    const kept = JSON.stringify(store);
    expect(kept).toContain('noticeUndelivered');
    expect(sinkSecrets.every((secret) => secret.length > 10)).toBe(true);
    expect(sinkSecrets.filter((secret) => kept.includes(secret))).toEqual([]);
    expect(kept).not.toContain('/notices/');
    expect([...hosts]).toEqual(['localhost:10143']);
    await story.minutes(20);
  });
});

describe('settings of notices that are faulty', () => {
  const { begin } = stories();

  it('let nothing open in silence, and close what is open as ever', async () => {
    const story = await begin({ settings: noticeSettings() });
    story.activate({ minutes: 30 });
    await story.minutes(2);
    expect(Object.keys(story.standing())).toHaveLength(2);
    story.killHost();
    const faulty = { ...noticeSettings(), NOTICES_SLACK_URL: 'http://hooks.slack.com/canary-4711' };
    await story.startHost({ settings: faulty, policyRefused: true });
    story.expects({ alarms: ['openingsDisabled'] });
    story.activate({ person: ben, minutes: 20 });
    await story.minutes(2);
    expect(story.standing()).toMatchObject({ [onNic]: [expect.any(String)] });
    const { status, body } = await health(story);
    expect(status).toBe(503);
    expect(body).toMatchObject({
      opening: { ok: false },
      notices: { ok: false, faults: [expect.stringContaining('NOTICES_SLACK_URL')] },
      closing: { ok: true },
    });
    await story.minutes(26);
    expect(story.standing()).toEqual({});
    expect(Math.max(...story.goneAfterSeconds().filter((one) => one > 0))).toBeLessThan(28 * 60);
    // Nobody is told by a half of the settings that is in order: none of them is read.
    expect(titlesAt(story)).toEqual(['Window is open']);
    expect(JSON.stringify(story.logs)).not.toContain('canary-4711');
    await story.startHost({ settings: noticeSettings(), policyRefused: false });
    await story.minutes(2);
    expect(titlesAt(story)).toContain('Window is closed, and proved to be');
  });
});

describe('the network', () => {
  /** Every write of a window's whole life, and when it was in force. */
  async function writesOf(settings: Record<string, string>, fault: SinkFault | null) {
    const time = installVirtualTime();
    const story = await simulate({ policy: workPolicy, settings });
    try {
      for (const sink of everybody) story.azure.notices.use(sink, fault);
      story.azure.pim.activate({
        person: ada,
        role: administratorLogin,
        scope: appGroup,
        durationMs: 60 * minute,
      });
      await time.pass(70 * minute);
      expect(story.logged('window.closed')).toHaveLength(1);
      return story.azure.resourceManager.writeLog.records
        .filter(({ caller }) => caller.kind === 'app')
        .map(({ method, path, status, effectiveAt }) => [method, path, status, effectiveAt]);
    } finally {
      await story.close();
      time.uninstall();
    }
  }

  it.each([null, 'down', 'slow', 'error'] as const)(
    'is written to at the same moments, to the last one, whether or not people are told (%s)',
    async (fault) => {
      const silent = await writesOf(deployedTimers, null);
      const told = await writesOf(noticeSettings(), fault);
      expect(silent.map(([method]) => method)).toEqual(['PUT', 'PUT', 'DELETE', 'DELETE']);
      expect(told).toEqual(silent);
    },
  );
});

// Helpers

async function health(story: Story): Promise<{ status: number; body: unknown }> {
  const { status, body } = await story.host().http({
    method: 'GET',
    url: 'http://simulated-host.invalid/api/health?code=HOSTKEY',
    headers: {},
  });
  return { status, body: JSON.parse(String(body)) as unknown };
}

/** Not before it was owed, and not later than one period of the timer and its sends. */
function within(at: number | undefined, dueAt: number): boolean {
  return at !== undefined && at >= dueAt && at <= dueAt + period + 1_000;
}

function bodyOf({ body }: Received): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}

function listOf({ body }: Received): unknown[] {
  return JSON.parse(body) as unknown[];
}
