import type { FaultFacts } from '../fault';
import type { ChannelName, Delivery, NoticeChannelRow, NoticesRow } from './notice';
import type { OwedNotice } from './owedNotices';

/** So long a notice is tried; then it is given up, with an alarm. */
export const deliverWithinMs = 24 * 3_600_000;

/** The same refusal of the same person is one notice within this time. */
export const sameRefusalMs = 3_600_000;

const firstPauseMs = 15_000;
/** A channel is tried at least this often, and a notice that it alone refuses. */
const channelPauseMaxMs = 5 * 60_000;
const noticePauseMaxMs = 15 * 60_000;

/** The row of a subject of which nothing was told yet. */
export function newNoticesRow(
  id: string,
  createdAt: number,
  ask: NoticesRow['ask'] = null,
): NoticesRow {
  return { id, createdAt, ask, deadline: null, deliveries: [], claimedUntil: 0 };
}

/**
 * The row with everything that is owed now: each notice once for each channel. What is owed no
 * longer, or to a channel that is no more, is overtaken; what nobody took for a day is given up.
 * The row itself where nothing is new.
 */
export function withOwed(
  row: NoticesRow,
  owed: readonly OwedNotice[],
  channels: readonly ChannelName[],
  now: number,
): NoticesRow {
  const byId = new Map(owed.map((one) => [one.id, one]));
  const known = new Set(row.deliveries.map(({ notice, channel }) => `${notice} ${channel}`));
  const older = row.deliveries.map((delivery) => {
    if (delivery.state !== 'due') return delivery;
    const one = byId.get(delivery.notice);
    const isOwed = one !== undefined && !one.isOvertaken && channels.includes(delivery.channel);
    if (!isOwed) return ended(delivery, 'overtaken', now);
    const isLate = now - delivery.owedAt >= deliverWithinMs;
    return isLate ? ended(delivery, 'givenUp', now) : delivery;
  });
  const newer = owed.flatMap((one) =>
    channels
      .filter((channel) => !known.has(`${one.id} ${channel}`))
      .map((channel) => deliveryOf(one, channel, now)),
  );
  const isSame = newer.length === 0 && older.every((one, at) => one === row.deliveries[at]);
  return isSame ? row : { ...row, deliveries: [...older, ...newer].filter(isKept(byId)) };
}

function deliveryOf({ id, kind, isOvertaken }: OwedNotice, channel: ChannelName, now: number) {
  const delivery: Delivery = {
    notice: id,
    kind,
    channel,
    state: 'due',
    owedAt: now,
    tries: 0,
    nextAt: now,
    endedAt: null,
  };
  return isOvertaken ? ended(delivery, 'overtaken', now) : delivery;
}

function ended(delivery: Delivery, state: Delivery['state'], now: number): Delivery {
  return { ...delivery, state, endedAt: now };
}

/** Deadlines that were extended away are never warned of again: a row of many extends stays small. */
function isKept(owed: ReadonlyMap<string, OwedNotice>) {
  return ({ state, notice, kind }: Delivery): boolean => {
    const isOfDeadline = kind === 'extended' || kind.startsWith('closingIn');
    return !isOfDeadline || state === 'due' || owed.has(notice);
  };
}

/** What may be sent now, in the order in which it is owed. */
export function readyOf(
  { deliveries }: NoticesRow,
  resting: ReadonlyMap<ChannelName, number>,
  now: number,
): Delivery[] {
  return deliveries.filter(
    ({ state, nextAt, channel }) =>
      state === 'due' && nextAt <= now && (resting.get(channel) ?? 0) <= now,
  );
}

/** Is anything left to be told? */
export function isSettled({ deliveries }: NoticesRow): boolean {
  return deliveries.every(({ state }) => state !== 'due');
}

/** What one attempt came to: taken, or the fault. */
export type Attempt = { readonly at: number; readonly fault: FaultFacts | null };

/** The delivery after an attempt. A refusal that concerns it alone lets it rest, not its channel. */
export function afterAttempt(delivery: Delivery, { at, fault }: Attempt): Delivery {
  const tries = delivery.tries + 1;
  if (fault === null) return { ...delivery, state: 'sent', tries, endedAt: at };
  const pauseMs = isAboutNotice(fault) ? pauseOf(tries, noticePauseMaxMs) : 0;
  return { ...delivery, tries, nextAt: at + Math.max(pauseMs, fault.retryAfterMs ?? 0) };
}

/**
 * The channel after an attempt; itself where nothing is new. A notice that is refused for what
 * stands in it fails its channel as well, until the next one is taken, but does not let it rest.
 */
export function channelAfter(channel: NoticeChannelRow, { at, fault }: Attempt): NoticeChannelRow {
  if (fault === null) {
    const isWell = channel.failingSince === null && channel.faults === 0;
    return isWell ? channel : { ...channel, failingSince: null, faults: 0, notBefore: 0 };
  }
  const { code, status, retryAfterMs } = fault;
  const failed = { ...channel, failingSince: channel.failingSince ?? at, code, status };
  if (isAboutNotice(fault)) return failed;
  const faults = channel.faults + 1;
  const pauseMs = Math.max(pauseOf(faults, channelPauseMaxMs), retryAfterMs ?? 0);
  return { ...failed, faults, notBefore: at + pauseMs };
}

/** A channel of which nothing is known yet. */
export function newChannel(id: ChannelName): NoticeChannelRow {
  const never = { failingSince: null, notBefore: 0, undeliveredAt: null };
  return { id, ...never, faults: 0, code: '', status: 0, undelivered: 0 };
}

/** The content was refused, not the sender: the next notice may well be taken. */
function isAboutNotice({ status }: FaultFacts): boolean {
  return status === 400 || status === 413 || status === 422;
}

/** 15 s, and twice as long after each failure, up to a limit. */
function pauseOf(failures: number, maxMs: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(failures - 1, 20), maxMs);
}
