import { factsOf } from '../../shared/domain/fault';
import { channelAfter, newChannel, type Attempt } from '../../shared/domain/notices/deliveries';
import type { ChannelName, NoticeChannelRow } from '../../shared/domain/notices/notice';
import type { Ledger, Stored } from '../../shared/ports/ledger';
import type { NoticeChannel } from '../../shared/ports/notices';
import type { World } from '../../shared/ports/world';
import { raiseOnce } from '../../shared/raiseOnce';

/** The world of whoever tells: nothing in it touches a rule, or writes what closes windows. */
export type NoticesWorld = Pick<World, 'clock' | 'log' | 'notices' | 'remediation'> & {
  readonly ledger: Pick<Ledger, 'notices' | 'noticeChannels'> & {
    readonly windows: Pick<Ledger['windows'], 'get'>;
    readonly live: Pick<Ledger['live'], 'list'>;
  };
};

/** What one run of the timer knows. */
export type NoticeRun = {
  readonly world: NoticesWorld;
  readonly channels: readonly NoticeChannel[];
  readonly linkBase: string;
  /** Ids of windows that still have a live row. */
  readonly live: ReadonlySet<string>;
  /** Channels as they were read, and as they are by now. */
  readonly states: Map<ChannelName, ChannelState>;
  /** Nothing new is begun after this, epoch ms. */
  readonly endsAt: number;
  readonly tally: NoticeTally;
};

export type NoticeTally = {
  subjects: number;
  sent: number;
  failed: number;
  overtaken: number;
  givenUp: number;
  postponed: number;
};

type ChannelState = { readonly stored: Stored<NoticeChannelRow> | null; row: NoticeChannelRow };

/** Failing longer than this, a channel is an alarm, and health is red. */
export const failingMsMax = 5 * 60_000;

/** How each channel does, as whoever sent last has left it. */
export async function readChannels(
  { ledger }: NoticesWorld,
  channels: readonly NoticeChannel[],
): Promise<Map<ChannelName, ChannelState>> {
  const states = new Map<ChannelName, ChannelState>();
  for (const { name } of channels) {
    const stored = await ledger.noticeChannels.get(name);
    states.set(name, { stored, row: stored?.row ?? newChannel(name) });
  }
  return states;
}

/** Until when each channel rests. */
export function restingOf({ states }: NoticeRun): ReadonlyMap<ChannelName, number> {
  return new Map([...states].map(([name, { row }]) => [name, row.notBefore]));
}

/** Notes what an attempt says of its channel: whoever comes next in this run knows it. */
export function noteAttempt({ states }: NoticeRun, name: ChannelName, attempt: Attempt): void {
  const state = states.get(name);
  // Of several that failed at once the first has said it all.
  if (state === undefined || (attempt.fault !== null && state.row.notBefore > attempt.at)) return;
  state.row = channelAfter(state.row, attempt);
}

/** Notes notices that nobody took for a day. */
export function noteGivenUp({ states }: NoticeRun, name: ChannelName, at: number): void {
  const state = states.get(name);
  if (state === undefined) return;
  state.row = { ...state.row, undelivered: state.row.undelivered + 1, undeliveredAt: at };
}

/** Keeps what was learned of the channels, and raises the alarm of those that fail. Never throws. */
export async function saveChannels({ world, states }: NoticeRun): Promise<void> {
  for (const { stored, row } of states.values()) {
    tellFailing(world, row);
    if (
      row === stored?.row ||
      (stored === null && row.failingSince === null && row.undelivered === 0)
    ) {
      continue;
    }
    try {
      // Of two hosts one is heard: what the other saw is seen again.
      if (stored === null) await world.ledger.noticeChannels.insert(row);
      else await world.ledger.noticeChannels.replace(row, stored.etag);
    } catch (error) {
      const { kind, code } = factsOf(error);
      world.log.warn('notice.channelUnsaved', {
        channel: row.id,
        faultKind: kind,
        azureCode: code,
      });
    }
  }
}

function tellFailing(world: NoticesWorld, { id, failingSince, code, status }: NoticeChannelRow) {
  if (failingSince === null || world.clock.now() - failingSince < failingMsMax) return;
  const since = new Date(failingSince).toISOString();
  raiseOnce(world, 'noticeUndelivered', { channel: id, since, azureCode: code, status });
}
