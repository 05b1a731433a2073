import { isSettled, newNoticesRow, sameRefusalMs } from '../../shared/domain/notices/deliveries';
import type { Now } from '../../shared/domain/instant';
import type { NoticesRow } from '../../shared/domain/notices/notice';
import { noticeIdOf, owedNotices, withDeadline } from '../../shared/domain/notices/owedNotices';
import type { OwedNotice } from '../../shared/domain/notices/owedNotices';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../shared/nowOfWorld';
import type { Stored } from '../../shared/ports/ledger';
import { messageOf } from './messageOf';
import type { NoticeRun } from './noticeRun';
import { isClaimed, noteDeliveries, sendReady, write } from './outbox';

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
  const subject = { ask: before.ask, row };
  const sent = await sendReady(run, stored, noted, (delivery, at) =>
    messageOf(delivery, subject, run.linkBase, at),
  );
  if (sent === 'none') return keep(run, stored, noted, row);
  if (sent !== 'taken') await keep(run, sent.claimed, sent.row, row);
}

function noteOwed(run: NoticeRun, before: NoticesRow, row: WindowRow | null, now: Now): NoticesRow {
  const deadline = row === null ? null : withDeadline(row, before.deadline, now.hostMs);
  const seen = deadline === before.deadline ? before : { ...before, deadline };
  const owed = row === null ? [askNotice(before)] : owedNotices(row, deadline, now);
  return noteDeliveries(run, seen, owed, now.hostMs);
}

function askNotice({ id, createdAt }: NoticesRow): OwedNotice {
  return { id: noticeIdOf(id, 'refused'), kind: 'refused', dueAt: createdAt, isOvertaken: false };
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
