import { exactProfile } from '../../../local/functions';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { registerRecordedApp } from './recordedApp';
import { normalised, recordedEpisodes, recording, type Plain } from './recording';
import { startStory, type Story } from './story';

let time: VirtualTime;
let story: Story | undefined;

registerRecordedApp((ms) => new Promise((resolve) => setTimeout(resolve, ms)));

beforeEach(() => {
  time = installVirtualTime();
});

afterEach(() => {
  story?.host.kill();
  story = undefined;
  time.uninstall();
});

function expectSameEpisodes(told: Story, instanceId: string, recorded: Plain | undefined): void {
  expect(normalised(told.episodes(instanceId))).toEqual(normalised(recordedEpisodes(recorded)));
}

/** Runs one orchestration to its end and compares every payload, answer and its last status. */
async function replays(file: string, inMs = 60_000): Promise<Story> {
  const { final, episodes } = recording(file);
  const recorded = final as { name: string; instanceId: string };
  const { trigger } = recordedEpisodes(episodes)[0] ?? { trigger: null };
  const told = await startStory();
  story = told;
  told.start(recorded.name, recorded.instanceId, (trigger as { input: Plain }).input);
  await time.pass(inMs);
  expectSameEpisodes(told, recorded.instanceId, episodes);
  const path = `instances/${recorded.instanceId}?showHistory=true&showHistoryOutput=true`;
  const status = told.call('GET', path).body as Record<string, Plain>;
  const { historyEvents, ...rest } = final as Record<string, Plain>;
  expect(normalised(status)).toMatchObject(normalised(rest) as object);
  if (historyEvents !== undefined) {
    expect(normalised(status['historyEvents'])).toEqual(normalised(historyEvents));
  }
  return told;
}

describe('payloads, answers and statuses of a real host, replayed as stories', () => {
  it.each([
    'sleeper.full-host',
    'call-with-retry.full-host',
    'activity-throws.full-host',
    'activity-throws-uncaught.full-host',
    'activity-input-encodings.full-host',
    'continue-as-new.full-host',
    'sub-orchestration.full-host',
    'nondeterminism',
  ])('%s', async (file) => {
    expect((await replays(file)).trace.length).toBeGreaterThan(0);
  });

  it('a timer longer than the limit becomes hops, also when hops fire early', async () => {
    const { final, episodes } = recording('long-timer.limits-lowered');
    const { instanceId } = final as { instanceId: string };
    const chances = [0, 0.816, 0, 0.339, 0, 0.846, 0, 0.392, 0.9, 0.444];
    story = await startStory({
      settings: { limits: { maximumShortTimerMs: 10_000, longTimerIntervalMs: 4000 } },
      profile: {
        ...exactProfile(),
        chance: () => chances.shift() ?? 0.5,
        earlyShare: 0.5,
        timerEarlyMs: { min: 0, max: 1000 },
        timerLateMs: { min: 0, max: 1000 },
      },
    });
    story.start('longTimer', instanceId, { ms: 15_000 });
    await time.pass(30_000);
    expectSameEpisodes(story, instanceId, episodes);
  });

  it('an event buffered before continueAsNew is lost', async () => {
    const { final, episodes } = recording('continue-as-new-loses-buffered-event');
    const { instanceId } = final as { instanceId: string };
    story = await startStory();
    story.start('canEvents', instanceId, { k: 0 });
    await time.pass(1500);
    expect(story.call('POST', `instances/${instanceId}/raiseEvent/go`, { n: 1 }).status).toBe(202);
    await time.pass(20_000);
    expectSameEpisodes(story, instanceId, episodes);
    expect(story.status(instanceId)['output']).toBe('LOST');
  });

  it('a suspended instance is still called, and its next action waits for the resume', async () => {
    const recorded = recording('suspend-over-timer.full-host');
    const { instanceId } = recorded['final'] as { instanceId: string };
    story = await startStory();
    story.start('sleeper', instanceId, { rounds: 1, everyMs: 5000 });
    await time.pass(2000);
    expect(story.call('POST', `instances/${instanceId}/suspend?reason=pause`).status).toBe(202);
    await time.pass(10_000);
    const path = `instances/${instanceId}?showHistory=true`;
    expect(normalised(story.call('GET', path).body)).toEqual(
      normalised(recorded['statusWhileSuspended']),
    );
    expect(story.trace.filter(({ kind }) => kind === 'activity')).toHaveLength(1);
    story.call('POST', `instances/${instanceId}/resume?reason=go`);
    await time.pass(1000);
    expectSameEpisodes(story, instanceId, recorded['episodes']);
    expect(normalised(story.status(instanceId))).toEqual(normalised(recorded['final']));
  });
});

describe('deaths and failures, as recorded', () => {
  it('a worker that dies in an activity fails the task, which may be tried again', async () => {
    const { suicideRetry } = recording('worker-death-and-errors.full-host');
    const recorded = suicideRetry as Record<string, Plain>;
    const { instanceId } = recorded['final'] as { instanceId: string };
    story = await startStory({
      faults: { activity: ({ taskId }) => (taskId === 0 ? { workerDiesAfterMs: 0 } : undefined) },
    });
    story.start('suicideRetry', instanceId, {});
    await time.pass(20_000);
    expectSameEpisodes(story, instanceId, recorded['episodes']);
    const path = `instances/${instanceId}?showHistory=true`;
    const { historyEvents } = story.call('GET', path).body as Record<string, Plain>;
    expect((historyEvents as Plain[]).length).toBe((recorded['history'] as Plain[]).length);
    expect(normalised((historyEvents as Plain[])[1])).toEqual(
      normalised((recorded['history'] as Plain[])[1]),
    );
  });

  it('a worker that dies in an episode fails the instance for good', async () => {
    const { suicideOrch } = recording('worker-death-and-errors.full-host');
    const { final, history } = suicideOrch as { final: { instanceId: string }; history: Plain };
    story = await startStory({ faults: { episode: () => true } });
    story.start('suicideOrch', final.instanceId, {});
    await time.pass(1000);
    const path = `instances/${final.instanceId}?showHistory=true&showHistoryOutput=true`;
    const { historyEvents, ...status } = story.call('GET', path).body as Record<string, Plain>;
    expect(normalised(status)).toEqual(normalised(final));
    expect(normalised(historyEvents)).toEqual(normalised(history));
  });

  it.each(['throwsPlain', 'secretAct'])('%s: credentials are hidden in messages', async (name) => {
    const recorded = recording('worker-death-and-errors.full-host')[name] as Record<string, Plain>;
    const { instanceId } = recorded['final'] as { instanceId: string };
    story = await startStory();
    story.start(name, instanceId, {});
    await time.pass(1000);
    expectSameEpisodes(story, instanceId, recorded['episodes']);
    expect(normalised(story.status(instanceId))).toEqual(normalised(recorded['final']));
  });

  it('functionTimeout fails the task of the slow activity and of what else ran', async () => {
    const recorded = recording('function-timeout.full-host');
    const { instanceId } = recorded['final'] as { instanceId: string };
    story = await startStory({ settings: { functionTimeoutMs: 8000 } });
    story.start('sleeper', instanceId, { rounds: 0, slowMs: 20_000 });
    story.start('sleeper', `${instanceId}-other`, { rounds: 1, slowMs: 5500, everyMs: 2000 });
    await time.pass(30_000);
    expect(normalised(story.status(instanceId))).toEqual(normalised(recorded['final']));
    expect(normalised(story.status(`${instanceId}-other`))).toEqual(normalised(recorded['other']));
  });
});
