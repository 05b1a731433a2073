import { seededChance } from '../../local/chance';
import { type EngineFaults, measuredProfile } from '../../local/functions/engine/profile';
import { MemoryStore } from '../../local/functions/engine/store';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import { ada, ben, onNic, onSubnet, stories, type Story } from '../support/stories';

const both = [onSubnet, onNic];

describe('whatever the engine does, a window closes in time:', () => {
  const { begin } = stories();

  it.each([1, 2, 3, 4])('timers early and late, queues polled slowly (seed %d)', async (seed) => {
    const story = await begin({ profile: measuredProfile(seededChance(seed), 30_000) });
    story.activate({ person: ada });
    await story.seconds(40);
    story.activate({ person: ben });
    await story.minutes(32);
    expect(story.reasons()).toEqual([]);
  });

  it('the worker dies in every first run of a step', async () => {
    const dies: EngineFaults['activity'] = ({ name, taskId }) =>
      name === 'advanceWindow' && taskId === 0 ? { workerDiesAfterMs: 400 } : undefined;
    const story = await begin({ faults: { activity: dies } });
    story.activate();
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
  });

  it.each([0, 300, 1_600, 3_100])(
    'the worker dies %d ms into every third step',
    async (workerDiesAfterMs) => {
      let steps = 0;
      const dies: EngineFaults['activity'] = () => {
        steps += 1;
        return steps % 3 === 0 ? { workerDiesAfterMs } : undefined;
      };
      const story = await begin({ faults: { activity: dies } });
      story.activate();
      await story.minutes(31);
      expect(story.reasons()).toEqual([]);
    },
  );

  it.each([1, 2, 3, 4, 6])(
    'the instance fails in its episode %d, and is started again',
    async (fatal) => {
      const faults: EngineFaults = {
        episode: ({ name, nthEpisode }) => name === 'accessWindow' && nthEpisode === fatal,
      };
      const story = await begin({ faults });
      story.activate();
      await story.minutes(31);
      expect(story.reasons()).toEqual([]);
      story.expects({ alarms: ['instanceFailed'] });
    },
  );

  it('the intake’s instance fails at once, and is started again', async () => {
    let fails = true;
    const faults: EngineFaults = {
      episode: ({ name }) => {
        const now = fails && name === 'activationIntake';
        if (now) fails = false;
        return now;
      },
    };
    const story = await begin({ faults });
    story.activate();
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
  });

  it('its instance is terminated through the management API', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    expect(await manage(story, 'terminate')).toBe(202);
    await story.minutes(15);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(11);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['instanceFailed'] });
  });

  it('its instance is suspended, and nobody resumes it', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    expect(await manage(story, 'suspend')).toBe(202);
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
  });

  it.each([
    ['every long timer of it', Number.POSITIVE_INFINITY],
    ['the first long one', 1],
  ])('the engine loses %s, and calls it Running', async (_, count) => {
    let lost = 0;
    const loseTimer: EngineFaults['loseTimer'] = ({ name, fireAt }) => {
      // It sleeps until its next look, ten minutes off, or until the close.
      const isLost = name === 'accessWindow' && Date.parse(fireAt) > Date.now() + 60_000;
      if (isLost) lost += 1;
      return isLost && lost <= count;
    };
    const story = await begin({ faults: { loseTimer } });
    story.activate();
    await story.minutes(15);
    const [live] = await story.ledger().live.list();
    expect(await statusOf(story, live?.row.id ?? '')).toBe('Running');
    await story.minutes(16);
    expect(lost).toBeGreaterThan(0);
    expect(story.reasons()).toEqual([]);
    // The step is taken in the timer, and another sleeper runs beside the one that is stuck.
    const stepped = story.logged('reconcile.stepped').map(({ id }) => id);
    expect(stepped).toContain(live?.row.id);
    expect(story.logged('reconcile.done').some(({ started }) => Number(started) > 0)).toBe(true);
  });

  it('its instance is terminated again and again', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    for (let minute = 5; minute < 31; minute++) {
      await manage(story, 'terminate');
      await story.minutes(1);
    }
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['instanceFailed'] });
  });

  it('the task hub is wiped while windows stand open', async () => {
    const story = await begin();
    story.activate({ person: ada });
    story.activate({ person: ben, minutes: 20 });
    await story.minutes(6);
    story.killHost();
    await story.seconds(3);
    await story.startHost({ store: new MemoryStore() });
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['instanceFailed'] });
  });

  it('the task hub is wiped while a window is being opened', async () => {
    const story = await begin();
    story.activate();
    await story.seconds(4.2);
    story.killHost();
    await story.startHost({ store: new MemoryStore() });
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['instanceFailed'] });
  });

  it('the ledger is lost: the rule’s own marker is enough to close it', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(6);
    story.killHost();
    await story.startHost({ ledger: createLedgerMemory() });
    await story.minutes(21);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(4);
    expect(story.reasons()).toEqual([]);
  });

  it('ledger and task hub are lost together', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(6);
    story.killHost();
    await story.startHost({ ledger: createLedgerMemory(), store: new MemoryStore() });
    await story.minutes(25);
    expect(story.reasons()).toEqual([]);
  });

  it('the host is down from before the guard until a minute before the end', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(20);
    story.killHost();
    await story.minutes(9);
    await story.startHost();
    await story.minutes(2);
    expect(story.reasons()).toEqual([]);
  });

  it('nothing opens when the host comes back too late to open anything', async () => {
    const story = await begin();
    story.killHost();
    story.activate();
    await story.minutes(26);
    await story.startHost();
    // Event Grid tries again for hours.
    await story.minutes(70);
    expect(story.appWrites('all')).toEqual([]);
  });

  it('a host that is down past the end closes at once when it is back, and is late by no more', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(20);
    story.killHost();
    await story.minutes(20);
    await story.startHost();
    await story.seconds(10);
    expect(story.standing()).toEqual({});
    const overruns = story.verdict().lines.map(({ overrunS }) => overrunS);
    expect(Math.max(...overruns)).toBeLessThan(10 * 60 + 10);
    story.expects({ overrun: true, alarms: ['overrun'] });
  });

  async function statusOf(story: Story, id: string): Promise<unknown> {
    const { origin, systemKey } = story.host().address;
    const url = `${origin}/runtime/webhooks/durabletask/instances/${id}?code=${systemKey}`;
    const { body } = await story.host().http({ method: 'GET', url });
    return (JSON.parse(String(body)) as { runtimeStatus: unknown }).runtimeStatus;
  }

  async function manage(story: Story, verb: string): Promise<number> {
    const [live] = await story.ledger().live.list();
    const { origin, systemKey } = story.host().address;
    const instance = `instances/${live?.row.id}/${verb}`;
    const url = `${origin}/runtime/webhooks/durabletask/${instance}?reason=x&code=${systemKey}`;
    const { status } = await story.host().http({ method: 'POST', url });
    return status;
  }
});
