import { factsOf } from '../../shared/domain/fault';
import {
  afterAttempt,
  type Attempt,
  readyOf,
  withOwed,
} from '../../shared/domain/notices/deliveries';
import type { Delivery, NoticesRow } from '../../shared/domain/notices/notice';
import type { OwedNotice } from '../../shared/domain/notices/owedNotices';
import type { Stored } from '../../shared/ports/ledger';
import type { NoticeMessage } from '../../shared/ports/notices';
import { noteAttempt, noteGivenUp, type NoticeRun, restingOf } from './noticeRun';

/** Longer than every channel together may take. After it somebody else may send the same again. */
const claimMs = 60_000;
/** After this nothing more of it is sent: the last one must end while the claim still stands. */
const sendMs = 30_000;

/** A claim that would last longer than any does was made by a clock that was wrong. */
export function isClaimed({ claimedUntil }: NoticesRow, now: number): boolean {
  return claimedUntil > now && claimedUntil <= now + claimMs;
}

/** The row with what is owed by now; what was given up is told. The row itself where nothing is new. */
export function noteDeliveries(
  run: NoticeRun,
  before: NoticesRow,
  owed: readonly OwedNotice[],
  now: number,
): NoticesRow {
  const { world, channels, tally } = run;
  const names = channels.map(({ name }) => name);
  const noted = withOwed(before, owed, names, now);
  if (noted === before) return noted;
  const newly = noted.deliveries.filter((one) => !before.deliveries.includes(one));
  for (const { state, channel, kind, tries } of newly) {
    if (state === 'overtaken') tally.overtaken += 1;
    if (state !== 'givenUp') continue;
    tally.givenUp += 1;
    noteGivenUp(run, channel, now);
    world.log.alarm('noticeUndelivered', { windowId: before.id, notice: kind, channel, tries });
  }
  return noted;
}

/** How a notice is put into words, when it is sent (epoch ms). */
export type MessageFor = (delivery: Delivery, at: number) => NoticeMessage;

/**
 * Claims by ETag what is ready, sends it, and answers the row as it is then, to be kept by whoever
 * asked: not written yet. `null`: nothing was to be sent, or somebody else does. Whoever dies in
 * between leaves notices that are sent once more, with the same ids. Throws `Fault` of the ledger.
 */
export async function sendReady(
  run: NoticeRun,
  stored: Stored<NoticesRow> | null,
  noted: NoticesRow,
  messageFor: MessageFor,
): Promise<{ readonly claimed: Stored<NoticesRow>; readonly row: NoticesRow } | 'none' | 'taken'> {
  const now = run.world.clock.now();
  const ready = readyOf(noted, restingOf(run), now);
  if (ready.length === 0) return 'none';
  const claimed = await write(run, stored, { ...noted, claimedUntil: now + claimMs });
  if (claimed === 'changed') return 'taken';
  const sent = await sendAll(run, ready, messageFor);
  const deliveries = noted.deliveries.map((one) => sent.get(one) ?? one);
  return { claimed, row: { ...noted, deliveries, claimedUntil: 0 } };
}

/** Inserts or replaces a row; `changed` where somebody else has. */
export async function write(
  { world }: NoticeRun,
  stored: Stored<NoticesRow> | null,
  row: NoticesRow,
): Promise<Stored<NoticesRow> | 'changed'> {
  if (stored !== null) return world.ledger.notices.replace(row, stored.etag);
  const inserted = await world.ledger.notices.insert(row);
  return inserted === 'exists' ? 'changed' : inserted;
}

/** Channels side by side, the notices of one channel in their order. What was tried, by what it was. */
async function sendAll(
  run: NoticeRun,
  ready: readonly Delivery[],
  messageFor: MessageFor,
): Promise<ReadonlyMap<Delivery, Delivery>> {
  const { clock } = run.world;
  const endsAt = clock.now() + sendMs;
  const sent = new Map<Delivery, Delivery>();
  await Promise.all(
    run.channels.map(async ({ name }) => {
      for (const delivery of ready.filter(({ channel }) => channel === name)) {
        // It has failed a moment ago, with this subject or another one; or it takes too long.
        const rests = (restingOf(run).get(name) ?? 0) > clock.now();
        if (rests || clock.now() >= endsAt) return;
        sent.set(delivery, await sendOne(run, delivery, messageFor));
      }
    }),
  );
  return sent;
}

async function sendOne(
  run: NoticeRun,
  delivery: Delivery,
  messageFor: MessageFor,
): Promise<Delivery> {
  const { world, channels, tally } = run;
  const { channel: name, kind, notice } = delivery;
  const message = messageFor(delivery, world.clock.now());
  const fields = { subject: message.subject, notice: kind, channel: name, noticeId: notice };
  let attempt: Attempt;
  try {
    await channels.find((one) => one.name === name)?.send(message);
    attempt = { at: world.clock.now(), fault: null };
    tally.sent += 1;
    world.log.info('notice.sent', fields);
  } catch (error) {
    const fault = factsOf(error);
    attempt = { at: world.clock.now(), fault };
    tally.failed += 1;
    const { kind: faultKind, code, status } = fault;
    const tries = delivery.tries + 1;
    world.log.warn('notice.failed', { ...fields, tries, faultKind, azureCode: code, status });
  }
  noteAttempt(run, name, attempt);
  return afterAttempt(delivery, attempt);
}
