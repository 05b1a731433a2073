import { identities } from '../../local/tenant';
import { nsgId } from '../../local/estate';
import { onNic, stories, type Story } from '../support/stories';
import { startSweeper, type SweeperApp } from '../support/sweeperApp';
import { both, overruns } from '../support/sweeperStories';

describe('a main app that was down over the deadline', () => {
  const { begin } = stories();

  it.each([
    ['two minutes', 32],
    ['an hour', 90],
  ])('raises no alarm where the sweeper app closed in time, back %s later', async (_, backAt) => {
    const { story, sweeper } = await fallenSilent({ sweeps: true });
    await story.minutes(backAt - 20);
    expect(story.standing()).toEqual({});
    await story.startHost();
    await story.seconds(20);
    expect(story.logged('window.closed')).toHaveLength(1);
    await story.minutes(17);
    const told = story.logged('rule.goneInTime');
    expect(told.map(({ caller }) => caller)).toEqual(both.map(() => identities.sweeper.objectId));
    expect(told.map(({ at }) => Date.parse(String(at)))).toEqual(
      told.map(({ nsgId: id }) => goneAt(story, String(id))),
    );
    expect(story.logged('overrun')).toEqual([]);
    expect(story.logged('window.closed')).toHaveLength(1);
    const [row] = await story.ledger().windows.list();
    expect(row?.row.placements.map(({ goneBy }) => goneBy?.caller)).toEqual(
      both.map(() => identities.sweeper.objectId),
    );
    expect(sweeper?.alarms()).toEqual([]);
    sweeper?.kill();
  });

  it('says so to the second where nobody closed', async () => {
    const { story } = await fallenSilent();
    await story.minutes(20);
    await story.startHost();
    await story.minutes(1);
    expect(story.standing()).toEqual({});
    const told = story.logged('overrun').filter(({ windowId }) => windowId !== undefined);
    expect(told).toHaveLength(2);
    for (const { overrunSeconds, provedLate } of told) {
      expect(provedLate).toBe(false);
      expect(Number(overrunSeconds)).toBeGreaterThanOrEqual(600);
      expect(Number(overrunSeconds)).toBeLessThan(620);
    }
    const closed = story.logged('rule.closed').map(({ overrunSeconds }) => Number(overrunSeconds));
    for (const [index, overrunS] of overruns(story).entries()) {
      expect(closed[index]).toBeGreaterThanOrEqual(overrunS);
      expect(closed[index]).toBeLessThan(overrunS + 20);
    }
    story.expects({ alarms: ['overrun'], overrun: true });
  });

  it('says how late it was where somebody deleted the rule after the deadline', async () => {
    const { story } = await fallenSilent();
    await story.minutes(11.5);
    await deleteByHand(story);
    await story.minutes(8.5);
    await story.startHost();
    await story.minutes(18);
    const told = story.logged('overrun').filter(({ nsgId: id }) => String(id).endsWith(onNic));
    expect(told).toHaveLength(1);
    const [{ overrunSeconds, caller, provedLate } = {}] = told;
    expect({ caller, provedLate }).toEqual({ caller: 'Admin Example', provedLate: false });
    const late = goneAt(story, nsgId(onNic)) - deadline(story);
    expect(overrunSeconds).toBe(Math.ceil(late / 1000));
    story.expects({ alarms: ['overrun'], overrun: true });
  });

  it.each([
    ['says nothing', 86_400_000],
    ['may not be read', 0],
  ])('says that it is not known while the activity log %s', async (why, activityLogLagMs) => {
    const story = await begin({ resourceManager: { activityLogLagMs } });
    if (activityLogLagMs === 0) {
      story.azure.resourceManager.faults.add({
        name: 'log denied',
        when: ({ url }) => /eventtypes\/management/i.test(url),
        answer: {
          status: 403,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ error: { code: 'AuthorizationFailed', message: why } }),
        },
      });
    }
    const sweeper = await startSweeper(story);
    await fallSilent(story);
    await story.minutes(12);
    await story.startHost();
    await story.minutes(17);
    const told = story.logged('overrun');
    expect(told).toHaveLength(2);
    for (const { provedLate, lastSeenAt, provedAt, overrunSeconds } of told) {
      expect(provedLate).toBe(true);
      expect(Date.parse(String(lastSeenAt))).toBeLessThan(deadline(story));
      const proofMs = Date.parse(String(provedAt)) - deadline(story);
      expect(overrunSeconds).toBe(Math.ceil(proofMs / 1000));
    }
    story.expects({ alarms: ['overrun'] });
    sweeper.kill();
  });

  it('still asks when it died again before the log told', async () => {
    const { story, sweeper } = await fallenSilent({ sweeps: true });
    await story.minutes(11);
    await story.startHost();
    await story.seconds(40);
    expect(story.logged('window.closed')).toHaveLength(1);
    story.killHost();
    await story.minutes(1);
    await story.startHost();
    await story.minutes(17);
    expect(story.logged('rule.goneInTime')).toHaveLength(2);
    sweeper?.kill();
  });

  async function fallenSilent({ sweeps = false } = {}): Promise<{
    story: Story;
    sweeper: SweeperApp | undefined;
  }> {
    const story = await begin();
    const sweeper = sweeps ? await startSweeper(story) : undefined;
    await fallSilent(story);
    return { story, sweeper };
  }
});

/** A window of half an hour, open; the main app dies after twenty minutes. */
async function fallSilent(story: Story): Promise<void> {
  story.activate();
  await story.minutes(20);
  expect(Object.keys(story.standing())).toEqual(both);
  story.killHost();
}

async function deleteByHand(story: Story): Promise<void> {
  const [name = ''] = story.standing()[onNic] ?? [];
  const path = `${nsgId(onNic)}/securityRules/${name}`;
  expect(await story.administrator('DELETE', path)).toBe(202);
}

function deadline(story: Story): number {
  return Date.parse(story.verdict().lines[0]?.deadline ?? '');
}

/** By the local Azure's own log: when the rule of that NSG was gone. */
function goneAt({ azure }: Story, id: string): number {
  const gone = azure.resourceManager.writeLog.records.find(
    ({ method, path, outcome }) =>
      method === 'DELETE' &&
      outcome === 'succeeded' &&
      path.toLowerCase().startsWith(`${id.toLowerCase()}/securityrules/`),
  );
  return Date.parse(gone?.effectiveAt ?? '');
}
