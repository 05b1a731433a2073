import { createNoticeSink } from '../../local/azure/notices/createNoticeSink';
import type { Received, SinkName } from '../../local/azure/notices/types';
import { deployedTimers } from './deployedTimers';
import type { Simulation } from './simulatedAzure';

const origin = 'https://localhost:10143';

/** Where the local Azure of seed 1 is told of windows. */
export const sinkSettings = createNoticeSink(1).environment(origin);

/** What nobody but the app and the channels may ever see. */
export const sinkSecrets = [
  /sig=([^&]+)$/.exec(sinkSettings['NOTICES_TEAMS_URL'] ?? '')?.[1] ?? '',
  sinkSettings['NOTICES_SLACK_URL']?.split('/').at(-1) ?? '',
  sinkSettings['NOTICES_WEBHOOK_SECRET'] ?? '',
  sinkSettings['NOTICES_TOPIC_KEY'] ?? '',
];

/** The timers of a deployment, and notices to these channels. */
export function noticeSettings(
  channels: readonly SinkName[] = ['teams', 'slack', 'webhook', 'topic'],
): Record<string, string> {
  const named = Object.entries(sinkSettings).filter(([name]) =>
    channels.some((channel) => name.includes(channel.toUpperCase())),
  );
  return { ...deployedTimers, ...Object.fromEntries(named) };
}

/** What one channel has taken, in the order in which it came. */
export function takenBy({ azure }: Pick<Simulation, 'azure'>, sink: SinkName): Received[] {
  return azure.notices.received.filter((one) => one.sink === sink && one.title !== '');
}

/** Titles of the cards that a channel has taken, the window's id left out. */
export function titlesAt(story: Pick<Simulation, 'azure'>, sink: SinkName = 'teams'): string[] {
  return takenBy(story, sink).map(({ title }) => title.replace(/indow [a-z2-7]{6}/, 'indow'));
}
