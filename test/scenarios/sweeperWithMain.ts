import { MemoryStore } from '../../local/functions/index';
import { nsgId } from '../../local/estate';
import { deployedTimers } from '../support/deployedTimers';
import { onNic, stories } from '../support/stories';
import { startSweeper } from '../support/sweeperApp';
import { both, dieAndSweep, health, redParts } from '../support/sweeperStories';

describe('the sweeper app and the main app together', () => {
  const { begin } = stories();

  it('close one window without harm, at the same second', async () => {
    const story = await begin();
    const sweeper = await startSweeper(story);
    story.activate();
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
    expect(sweeper.alarms()).toEqual([]);
    sweeper.kill();
  });

  it('sweep at once what an ordinary close has begun', async () => {
    const story = await begin({ resourceManager: { latency: { ruleDelete: 70_000 } } });
    const sweeper = await startSweeper(story);
    story.activate();
    await story.minutes(33);
    expect(story.reasons()).toEqual([]);
    expect(sweeper.alarms()).toEqual([]);
    sweeper.kill();
  });

  it('sweep both when the task hub is wiped', async () => {
    const story = await begin();
    const sweeper = await startSweeper(story);
    story.activate();
    await story.minutes(5);

    story.killHost();
    await story.startHost({ store: new MemoryStore() });
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['instanceFailed'] });
    sweeper.kill();
  });

  it('touch no rule of another deployment', async () => {
    const story = await begin();
    const name = `postern-zzz999-${'a'.repeat(20)}-0`;
    const body = {
      properties: {
        description: `postern1|1|1|${'x'.repeat(86)}`,
        protocol: 'Tcp',
        sourcePortRange: '*',
        destinationPortRange: '22',
        sourceAddressPrefix: '203.0.113.99',
        destinationAddressPrefix: '*',
        access: 'Allow',
        priority: 700,
        direction: 'Inbound',
      },
    };
    const path = `${nsgId(onNic)}/securityRules/${name}`;
    expect(await story.administrator('PUT', path, body)).toBeLessThan(300);
    const sweeper = await startSweeper(story);
    await story.minutes(30);
    expect(story.standing()[onNic]).toEqual([name]);
    expect(story.appWrites('all')).toEqual([]);
    expect(sweeper.alarms()).toEqual([]);
    expect(sweeper.logs.filter(({ event }) => event === 'sweep.otherDeployments')).toHaveLength(1);
    sweeper.kill();
    await story.administrator('DELETE', path);
    await story.minutes(1);
  });
});

describe('a sweeper app that only reports', () => {
  const { begin } = stories();

  it('deletes nothing, says what it would, is red, and sends no heartbeat', async () => {
    const story = await begin();
    const settings = { SWEEP_MODE: 'report' };
    const sweeper = await dieAndSweep(story, { minutes: 5, keep: true, settings });
    expect(Object.keys(story.standing())).toEqual(both);
    expect(sweeper.logs.filter(({ event }) => event === 'sweep.withheld')).toHaveLength(2);
    expect(new Set(sweeper.alarms())).toEqual(new Set(['overrun']));
    expect(await health(sweeper)).toMatchObject({ status: 'red', sweep: { mode: 'report' } });
    expect(await story.ledger().heartbeats.list()).toEqual([]);
    sweeper.kill();
    story.expects({ overrun: true });
  });
});

describe('an opener that asks for a sweeper app', () => {
  const { begin } = stories();

  it('opens nothing that the sweeper app could not close', async () => {
    const story = await begin({ settings: { ...deployedTimers, SWEEPER: 'watched' } });
    story.activate();
    await story.minutes(3);
    expect(story.standing()).toEqual({});
    expect(await story.refusals()).toEqual(['keyUnknownToSweeper']);
    story.expects({ alarms: ['sweeperSilent'] });
    await story.minutes(30);
  });

  it('opens when the heartbeat names its key, and sees it in health', async () => {
    const story = await begin({ settings: { ...deployedTimers, SWEEPER: 'required' } });
    const sweeper = await startSweeper(story);
    await story.minutes(2);
    story.activate();
    await story.minutes(5);
    expect(Object.keys(story.standing())).toEqual(both);
    const told = await health(story);
    expect(told).toMatchObject({
      sweeper: { ok: true, watch: 'required', keyVersions: [1], refuses: null },
    });
    // But for one thing all is in order: this is not Azure.
    expect(redParts(told)).toEqual(['azure']);
    expect(await health(sweeper)).toMatchObject({ status: 'green' });
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['sweeperSilent'] });
    sweeper.kill();
  });

  it.each([
    ['required', ['sweeperSilent'], 0],
    ['watched', [], 2],
  ])('with SWEEPER=%s after six minutes of silence', async (watch, refusals, open) => {
    const story = await begin({ settings: { ...deployedTimers, SWEEPER: watch } });
    const sweeper = await startSweeper(story);
    await story.minutes(2);
    sweeper.kill();
    await story.minutes(6.5);
    expect(story.logged('sweeperSilent').length).toBeGreaterThan(0);
    story.activate();
    await story.minutes(5);
    expect(Object.keys(story.standing())).toHaveLength(open);
    expect(await story.refusals()).toEqual(refusals);
    expect(await health(story)).toMatchObject({ status: 'red', sweeper: { ok: false } });
    await story.minutes(27);
    story.expects({ alarms: ['sweeperSilent'] });
  });
});
