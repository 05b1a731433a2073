import type { ChannelName } from '../../shared/domain/notices/notice';
import type { NoticeChannel, NoticeMessage, Notices } from '../../shared/ports/notices';

/** A channel as the outside: what it has taken, and what it does instead where it is in trouble. */
export type HeardChannel = NoticeChannel & {
  readonly heard: NoticeMessage[];
  /** Called before each message is taken; what it throws is the channel's answer. */
  trouble: ((message: NoticeMessage) => Promise<void>) | null;
  attempts: number;
};

export function channelOf(name: ChannelName): HeardChannel {
  const channel: HeardChannel = {
    name,
    heard: [],
    trouble: null,
    attempts: 0,
    send: async (message) => {
      channel.attempts += 1;
      await channel.trouble?.(message);
      channel.heard.push(message);
    },
  };
  return channel;
}

export function noticesBy(...channels: NoticeChannel[]): Notices {
  return { channels, schedule: '*/15 * * * * *', linkBase: 'https://postern.example.org' };
}

/** Kinds of what a channel has taken, in order. */
export function kindsAt({ heard }: HeardChannel): string[] {
  return heard.map(({ kind }) => kind);
}
