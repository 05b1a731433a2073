import { factsOf } from '../../shared/domain/fault';
import {
  afterAttempt,
  type Attempt,
  isSettled,
  newNoticesRow,
  readyOf,
  sameRefusalMs,
  withOwed,
} from '../../shared/domain/notices/deliveries';
import type { Now } from '../../shared/domain/instant';
import type { Delivery, NoticesRow } from '../../shared/domain/notices/notice';
import { noticeIdOf, owedNotices, withDeadline } from '../../shared/domain/notices/owedNotices';
import type { OwedNotice } from '../../shared/domain/notices/owedNotices';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../shared/nowOfWorld';
import type { Stored } from '../../shared/ports/ledger';
import { messageOf } from './messageOf';
import { noteAttempt, noteGivenUp, type NoticeRun, restingOf } from './noticeRun';

/** Longer than every channel together may take. After it somebody else may send the same again. */
const claimMs = 60_000;
/** After this nothing more of it is sent: the last one must end while the claim still stands. */
const sendMs = 30_000;

/**
 * Tells what one window, or one refused request, owes by now: notes it, claims it by ETag, sends,
 * and notes what came of it. Whoever dies in between leaves notices that are sent once more, with
 * the same ids. Throws `Fault` of the ledger.
 */
export async function tellSubject(
  run: NoticeRun,
  id: string,
  stored: Stored<NoticesRow> | null,
): Promise<void> {
  const { world } = run;
  const before = stored?.row ?? newNoticesRow(id, world.clock.now());
  // Whoever sends notes what came of it: nobody may write in between.
  if (isClaimed(before, world.clock.now())) return;
  const window = before.ask === null ? await world.ledger.windows.get(id) : null;
  const row = window?.row ?? null;
  const now = nowOfWorld(world);
  // Not written yet, or lost with the ledger: nobody knows what there would be to tell.
  if (row === null && before.ask === null) return forget(run, stored, now.hostMs);
  const noted = noteOwed(run, before, row, now);
  const ready = readyOf(noted, restingOf(run), now.hostMs);
  if (ready.length === 0) return keep(run, stored, noted, row);
  const claimed = await write(run, stored, { ...noted, claimedUntil: now.hostMs + claimMs });
  if (claimed === 'changed') return;
  const sent = await sendAll(run, ready, { ask: before.ask, row });
  const deliveries = noted.deliveries.map((one) => sent.get(one) ?? one);
  await keep(run, claimed, { ...noted, deliveries, claimedUntil: 0 }, row);
}

/** A claim that would last longer than any does was made by a clock that was wrong. */
function isClaimed({ claimedUntil }: NoticesRow, now: number): boolean {
  return claimedUntil > now && claimedUntil <= now + claimMs;
}

function noteOwed(run: NoticeRun, before: NoticesRow, row: WindowRow | null, now: Now): NoticesRow {
  const { world, channels, tally } = run;
  const deadline = row === null ? null : withDeadline(row, before.deadline, now.hostMs);
  const seen = deadline === before.deadline ? before : { ...before, deadline };
  const owed = row === null ? [askNotice(before)] : owedNotices(row, deadline, now);
  const names = channels.map(({ name }) => name);
  const noted = withOwed(seen, owed, names, now.hostMs);
  if (noted === seen) return noted;
  const newly = noted.deliveries.filter((one) => !before.deliveries.includes(one));
  for (const { state, channel, kind, tries } of newly) {
    if (state === 'overtaken') tally.overtaken += 1;
    if (state !== 'givenUp') continue;
    tally.givenUp += 1;
    noteGivenUp(run, channel, now.hostMs);
    world.log.alarm('noticeUndelivered', { windowId: before.id, notice: kind, channel, tries });
  }
  return noted;
}

function askNotice({ id, createdAt }: NoticesRow): OwedNotice {
  return { id: noticeIdOf(id, 'refused'), kind: 'refused', dueAt: createdAt, isOvertaken: false };
}

type Subject = { readonly ask: NoticesRow['ask']; readonly row: WindowRow | null };

/** Channels side by side, the notices of one channel in their order. What was tried, by what it was. */
async function sendAll(
  run: NoticeRun,
  ready: readonly Delivery[],
  subject: Subject,
): Promise<ReadonlyMap<Delivery, Delivery>> {
  const { clock } = run.world;
  const endsAt = clock.now() + sendMs;
  const sent = new Map<Delivery, Delivery>();
  await Promise.all(
    run.channels.map(async ({ name }) => {
      for (const delivery of ready.filter(({ channel }) => channel === name)) {
        // It has failed a moment ago, with this window or another one; or it takes too long.
        const rests = (restingOf(run).get(name) ?? 0) > clock.now();
        if (rests || clock.now() >= endsAt) return;
        sent.set(delivery, await sendOne(run, delivery, subject));
      }
    }),
  );
  return sent;
}

async function sendOne(run: NoticeRun, delivery: Delivery, subject: Subject): Promise<Delivery> {
  const { world, channels, tally } = run;
  const { channel: name, kind, notice } = delivery;
  const message = messageOf(delivery, subject, run.linkBase, world.clock.now());
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

/** Writes the row if there is anything new in it, or removes it where nothing is owed any more. */
async function keep(
  run: NoticeRun,
  stored: Stored<NoticesRow> | null,
  row: NoticesRow,
  window: WindowRow | null,
): Promise<void> {
  if (isOver(run, row, window) && isSettled(row)) {
    if (stored !== null) await run.world.ledger.notices.remove(row.id, stored.etag);
    return;
  }
  if (row !== stored?.row) await write(run, stored, row);
}

/** Nothing more can come: the window is at its end, or the hour in which a refusal is one is over. */
function isOver({ world, live }: NoticeRun, row: NoticesRow, window: WindowRow | null): boolean {
  if (window === null) return world.clock.now() - row.createdAt >= sameRefusalMs;
  return window.concludedAt !== null && !live.has(row.id);
}

/** A row without a window, an hour later: the window was never written. */
async function forget(
  run: NoticeRun,
  stored: Stored<NoticesRow> | null,
  now: number,
): Promise<void> {
  if (stored === null || run.live.has(stored.row.id)) return;
  if (now - stored.row.createdAt < 3_600_000) return;
  await run.world.ledger.notices.remove(stored.row.id, stored.etag);
}

async function write(
  { world }: NoticeRun,
  stored: Stored<NoticesRow> | null,
  row: NoticesRow,
): Promise<Stored<NoticesRow> | 'changed'> {
  if (stored !== null) return world.ledger.notices.replace(row, stored.etag);
  const inserted = await world.ledger.notices.insert(row);
  return inserted === 'exists' ? 'changed' : inserted;
}
