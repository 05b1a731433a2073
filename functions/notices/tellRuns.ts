import { factsOf } from '../../shared/domain/fault';
import { isSettled, newNoticesRow } from '../../shared/domain/notices/deliveries';
import type { NoticesRow } from '../../shared/domain/notices/notice';
import { noticeIdOf, type OwedNotice } from '../../shared/domain/notices/owedNotices';
import { isOver, type RemediationRow } from '../../shared/domain/remediation/remediationRow';
import {
  countReasons,
  type ReasonCounts,
  type RunNews,
  runNews,
} from '../../shared/domain/remediation/runNews';
import type { Stored } from '../../shared/ports/ledger';
import type { RunLedger } from '../../shared/ports/remediation';
import { readBatches } from '../http/remediation/readBatches';
import type { NoticeRun } from './noticeRun';
import { isClaimed, noteDeliveries, sendReady, write } from './outbox';
import { runMessage } from './runMessage';

/** A run that ended longer ago than this is no news: notices were off then. */
const newsWithinMs = 24 * 3_600_000;

/** Is this the row of a run of the remediation, and no window's or request's? */
export function isRunSubject(id: string): boolean {
  return id.startsWith('night-') || id.startsWith('asked-');
}

/**
 * Tells of every run that is over and was not told of, once. `owed`: the rows of notices by their
 * ids. What fails costs its own run only: neither windows nor other runs wait for it. Never throws.
 */
export async function tellRuns(
  run: NoticeRun,
  owed: ReadonlyMap<string, Stored<NoticesRow>>,
): Promise<void> {
  const { remediation } = run.world;
  if (remediation === null || 'faults' in remediation) return;
  const { ledger } = remediation;
  await apart(run, 'remediations', async () => {
    const nights = await ledger.remediations.list();
    for (const stored of nights) {
      const known = owed.get(stored.row.id) ?? null;
      if (!isNews(stored.row, known, run.world.clock.now())) continue;
      run.tally.subjects += 1;
      if (run.world.clock.now() >= run.endsAt) run.tally.postponed += 1;
      else await apart(run, stored.row.id, () => tellRun(run, ledger, stored, known));
    }
    const known = new Set(nights.map(({ row }) => row.id));
    const lost = [...owed].filter(([id]) => isRunSubject(id) && !known.has(id));
    for (const [id, stored] of lost) await apart(run, id, () => forget(run, stored));
  });
}

function isNews(row: RemediationRow, known: Stored<NoticesRow> | null, now: number): boolean {
  if (known !== null) return isOver(row);
  const { endedAt, toldAt } = row;
  return isOver(row) && toldAt === undefined && endedAt !== null && now - endedAt < newsWithinMs;
}

/** Throws `Fault` of the ledger. */
async function tellRun(
  run: NoticeRun,
  ledger: RunLedger,
  night: Stored<RemediationRow>,
  stored: Stored<NoticesRow> | null,
): Promise<void> {
  const now = run.world.clock.now();
  const { row } = night;
  const before = stored?.row ?? newNoticesRow(row.id, now);
  // Whoever sends notes what came of it: nobody may write in between.
  if (isClaimed(before, now)) return;
  if (row.toldAt !== undefined) return forget(run, stored);
  // Read once: a channel that is down for a day does not have 50,000 VMs read each time.
  const news = before.news ?? (await newsOf(ledger, row));
  const seen = before.news === undefined ? { ...before, news } : before;
  const noted = noteDeliveries(run, seen, [owedOf(row)], now);
  const sent = await sendReady(run, stored, noted, (delivery, at) =>
    runMessage(delivery, row, news, run.linkBase, at),
  );
  if (sent === 'taken') return;
  const kept =
    sent === 'none' ? await keep(run, stored, noted) : await keep(run, sent.claimed, sent.row);
  if (kept === 'changed' || !isSettled(kept.row)) return;
  // Told before it is forgotten: whoever dies in between forgets it the next time.
  const told = await ledger.remediations.replace({ ...row, toldAt: now }, night.etag);
  if (told !== 'changed') await forget(run, kept);
}

async function keep(
  run: NoticeRun,
  stored: Stored<NoticesRow> | null,
  row: NoticesRow,
): Promise<Stored<NoticesRow> | 'changed'> {
  return stored !== null && stored.row === row ? stored : write(run, stored, row);
}

/** Each end of a run is one notice, whatever was told of another one of the same night. */
function owedOf({ id, endedAt }: RemediationRow): OwedNotice {
  const dueAt = endedAt ?? 0;
  return {
    id: noticeIdOf(id, 'remediated', `${dueAt}`),
    kind: 'remediated',
    dueAt,
    isOvertaken: false,
  };
}

async function newsOf(ledger: RunLedger, row: RemediationRow): Promise<RunNews> {
  const counts: ReasonCounts = new Map();
  for await (const batch of readBatches(ledger, row)) countReasons(counts, batch?.entries ?? []);
  return runNews(row, counts);
}

async function forget({ world }: NoticeRun, stored: Stored<NoticesRow> | null): Promise<void> {
  if (stored !== null) await world.ledger.notices.remove(stored.row.id, stored.etag);
}

async function apart(
  { world, tally }: NoticeRun,
  subject: string,
  tell: () => Promise<void>,
): Promise<void> {
  try {
    await tell();
  } catch (error) {
    const { kind, code } = factsOf(error);
    tally.failed += 1;
    world.log.warn('notice.failed', { subject, faultKind: kind, azureCode: code });
  }
}
