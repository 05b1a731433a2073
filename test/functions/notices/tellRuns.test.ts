import { noticesDue } from '../../../functions/timers/noticesDue';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import { batchOf, endedEntry, offerNight, runRow } from '../../support/nightWorld';
import { channelOf, kindsAt, noticesBy } from '../../support/noticeChannels';
import { faultOf } from '../../support/intakeWorld';
import { createTestWorld, minute } from '../../support/windowWorld';

const ended = { ready: 30_000, fixed: 12, wouldFix: 0, skipped: 4, failed: 1, quarantined: 0 };
const tally = { found: 30_017, ended, writes: 24, reads: 60, queries: 31 };

/** A night that is over since a minute, and two channels. */
async function stage(changes: Partial<RemediationRow> = {}) {
  const [teams, slack] = [channelOf('teams'), channelOf('slack')];
  const world = createTestWorld({ notices: noticesBy(teams, slack) });
  const night = offerNight(world);
  const { now } = world.time;
  const row = runRow({ phase: 'done', endedAt: now - minute, tally, batches: 2, ...changes });
  await night.put(row);
  const reasons = [
    'notRunning',
    'notRunning',
    'optedOut',
    'serverCore',
    'aksNode',
    'aksNode',
    'aksNode',
  ];
  await night.ledger.remediationBatches.insert(
    batchOf(
      row.id,
      0,
      reasons.map((reason) => endedEntry('skipped', { reason: reason as 'aksNode' })),
    ),
  );
  await night.ledger.remediationBatches.insert(
    batchOf(row.id, 1, [endedEntry('failed', { reason: 'extensionFailed' }), endedEntry('ready')]),
  );
  const rowNow = async () => (await night.ledger.remediations.get(row.id))?.row;
  const later = async (ms: number) => {
    world.time.moveTo(world.time.now + ms);
    return noticesDue(world);
  };
  return { world, night, teams, slack, rowNow, later };
}

const refuses = async (): Promise<never> => {
  throw faultOf('unavailable');
};

describe('a night that is over', () => {
  it('is told in five lines, with its three most frequent reasons and a link to its report', async () => {
    const { world, teams } = await stage();
    await noticesDue(world);
    const [message] = teams.heard;
    expect(message?.card).toEqual({
      title: 'Night 20260101: 12 fixed, 1 failed',
      tone: 'warning',
      lines: [
        ['Ready', '30,000'],
        ['Fixed', '12'],
        [
          'Left alone',
          '4: It is a node of an AKS cluster, on which the extension is not supported (3); ' +
            'It does not run; extensions are installed by its agent (2); ' +
            'A tag of the VM says that it is to be left alone (1)',
        ],
        ['Failed', '1: The extension ended with an error (1)'],
        ['In quarantine', '0'],
      ],
    });
    expect(message).toMatchObject({
      kind: 'remediated',
      subject: 'remediations/night-20260101',
      link: 'https://postern.example.org/api/remediations/night-20260101/report?format=html',
      data: { run: { id: 'night-20260101', writes: 24 } },
    });
  });

  it('is told once, however often and by however many at once it is looked at', async () => {
    const { world, night, teams, slack, rowNow, later } = await stage();
    await Promise.all([noticesDue(world), noticesDue(world), noticesDue(world)]);
    await later(minute);
    await later(minute);
    expect([kindsAt(teams), kindsAt(slack)]).toEqual([['remediated'], ['remediated']]);
    expect((await rowNow())?.toldAt).toBeGreaterThan(0);
    expect(await world.ledger.notices.list()).toEqual([]);
    expect(await night.ledger.remediations.list()).toHaveLength(1);
  });

  it('is not told while it goes on, nor where notices came a day later', async () => {
    const running = await stage({ phase: 'running', endedAt: null });
    await noticesDue(running.world);
    const old = await stage();
    await old.later(25 * 60 * minute);
    for (const { teams, world } of [running, old]) {
      expect([teams.attempts, await world.ledger.notices.list()]).toEqual([0, []]);
    }
  });

  it('is told to the channel that was down when it is back, and read once meanwhile', async () => {
    const { night, teams, slack, rowNow, later } = await stage();
    const { get } = night.ledger.remediationBatches;
    let reads = 0;
    Object.assign(night.ledger.remediationBatches, {
      get: async (id: string) => {
        reads += 1;
        return get(id);
      },
    });
    teams.trouble = refuses;
    for (let hours = 0; hours < 5; hours += 1) await later(60 * minute);
    expect([kindsAt(slack), kindsAt(teams), (await rowNow())?.toldAt]).toEqual([
      ['remediated'],
      [],
      undefined,
    ]);
    teams.trouble = null;
    await later(60 * minute);
    await later(60 * minute);
    expect([kindsAt(slack), kindsAt(teams)]).toEqual([['remediated'], ['remediated']]);
    expect(reads).toBe(2);
  });

  it('is given up after a day, with an alarm, and forgotten', async () => {
    const { world, teams, slack, rowNow, later } = await stage();
    teams.trouble = refuses;
    for (let hours = 0; hours < 26; hours += 1) await later(60 * minute);
    expect(world.alarms()).toContain('noticeUndelivered');
    expect((await rowNow())?.toldAt).toBeGreaterThan(0);
    teams.trouble = null;
    await later(minute);
    expect([kindsAt(teams), kindsAt(slack)]).toEqual([[], ['remediated']]);
    expect(await world.ledger.notices.list()).toEqual([]);
  });

  type Way = readonly [what: string, break_: (of: Awaited<ReturnType<typeof stage>>) => () => void];
  const ways: readonly Way[] = [
    [
      'before it is noted that it was sent',
      ({ world }) => breaking(world.ledger.notices, 'replace'),
    ],
    ['before the run is told', ({ night }) => breaking(night.ledger.remediations, 'replace')],
    ['before its row is forgotten', ({ world }) => breaking(world.ledger.notices, 'remove')],
  ];

  it.each(ways)(
    'that was told by who died %s comes to its end, under one id',
    async (_what, break_) => {
      const of = await stage();
      const mend = break_(of);
      await noticesDue(of.world);
      mend();
      await of.later(2 * minute);
      await of.later(2 * minute);
      expect(new Set(of.teams.heard.map(({ id }) => id)).size).toBe(1);
      expect(of.teams.heard.length).toBeLessThanOrEqual(2);
      expect((await of.rowNow())?.toldAt).toBeGreaterThan(0);
      expect(await of.world.ledger.notices.list()).toEqual([]);
    },
  );

  it('of which the answer of a write was lost is told once', async () => {
    const { world, night, teams, later } = await stage();
    const { replace } = night.ledger.remediations;
    Object.assign(night.ledger.remediations, {
      replace: async (...row: Parameters<typeof replace>) => {
        await replace(...row);
        throw faultOf('unavailable');
      },
    });
    await noticesDue(world);
    Object.assign(night.ledger.remediations, { replace });
    await later(2 * minute);
    expect(kindsAt(teams)).toEqual(['remediated']);
    expect(await world.ledger.notices.list()).toEqual([]);
  });

  it('holds up no window, and no other run, where its rows cannot be read', async () => {
    const { world, night, teams } = await stage();
    await night.put(
      runRow({ id: 'asked-b', kind: 'asked', phase: 'done', endedAt: world.time.now, tally }),
    );
    const { get } = night.ledger.remediationBatches;
    Object.assign(night.ledger.remediationBatches, {
      get: async (id: string) => (id.startsWith('night-') ? refuses() : get(id)),
    });
    const { failed } = await noticesDue(world);
    expect([failed, teams.heard.map(({ subject }) => subject)]).toEqual([
      1,
      ['remediations/asked-b'],
    ]);
    Object.assign(night.ledger.remediations, { list: refuses });
    expect((await noticesDue(world)).failed).toBe(1);
  });

  it('that is in the ledger no more leaves no notice behind', async () => {
    const { world, night, teams } = await stage();
    teams.trouble = refuses;
    await noticesDue(world);
    const [stored] = await night.ledger.remediations.list();
    await night.ledger.remediations.remove(stored!.row.id, stored!.etag);
    await noticesDue(world);
    expect(await world.ledger.notices.list()).toEqual([]);
  });

  it('reads nothing of a thousand nights that were told', async () => {
    const { world, night, teams } = await stage();
    for (let at = 0; at < 1_000; at += 1) {
      await night.put(
        runRow({ id: `night-${at}`, phase: 'done', endedAt: world.time.now, toldAt: 1 }),
      );
    }
    await noticesDue(world);
    expect(teams.heard).toHaveLength(1);
  });
});

describe('the title of a run', () => {
  const titles: readonly (readonly [Partial<RemediationRow>, string, string])[] = [
    [
      { tally: { ...tally, ended: { ...ended, failed: 0 } } },
      'Night 20260101: 12 fixed, 0 failed',
      'good',
    ],
    [
      { dryRun: true, tally: { ...tally, ended: { ...ended, fixed: 0, wouldFix: 9 } } },
      'Night 20260101, a dry run: 9 would be fixed, 1 failed',
      'warning',
    ],
    [{ phase: 'cancelled' }, 'Night 20260101 was cancelled: 12 fixed, 1 failed', 'warning'],
    [
      { trouble: 'scopeNotAllowed' },
      'Night 20260101 could not do its work: scopeNotAllowed',
      'bad',
    ],
    [{ trouble: '\u001b[31m\n{{x}}' }, 'Night 20260101 could not do its work: 31mx', 'bad'],
  ];

  it.each(titles)('%j: %s', async (changes, title, tone) => {
    const { world, teams } = await stage(changes);
    await noticesDue(world);
    expect(teams.heard[0]?.card).toMatchObject({ title, tone });
  });
});

/** Every call of this kind fails, until it is mended. */
function breaking(table: object, name: string): () => void {
  const whole: unknown = Reflect.get(table, name);
  Object.assign(table, { [name]: refuses });
  return () => {
    Object.assign(table, { [name]: whole });
  };
}
