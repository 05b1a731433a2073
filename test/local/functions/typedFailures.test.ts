import * as df from 'durable-functions';
import { installVirtualTime } from '../../virtualTime';
import { registerRecordedApp } from './recordedApp';
import { normalised, recordedEpisodes, recording } from './recording';
import { startStory } from './story';

/** In a file of its own: the provider holds for the whole app. */
registerRecordedApp((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
df.app.setExceptionPropertiesProvider({
  getExceptionProperties: (error) => {
    const { code, hint } = error as { code?: string; hint?: string };
    return { code, hint };
  },
});

it('with a provider of exception properties the failure arrives typed', async () => {
  const time = installVirtualTime();
  const { final, episodes } = recording('activity-throws.with-exception-properties-provider');
  const { instanceId, output } = final as { instanceId: string; output: unknown };
  const story = await startStory({
    // The recording was made with lowered limits of timers.
    settings: { limits: { maximumShortTimerMs: 10_000, longTimerIntervalMs: 4000 } },
  });
  story.start('callsThrower', instanceId, {});
  await time.pass(1000);
  expect(normalised(story.episodes(instanceId))).toEqual(normalised(recordedEpisodes(episodes)));
  expect(story.status(instanceId)['output']).toEqual(output);
  story.host.kill();
  time.uninstall();
});
