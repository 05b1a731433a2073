import { hashId } from '../identity';
import type { Now } from '../instant';
import { deadlineOf, hostClosingStartOf } from '../window/deadline';
import { windowPhase } from '../window/phase';
import type { WindowRow } from '../window/windowRow';
import { isBreakGlass } from '../isBreakGlass';
import type { NoticeKind, NoticesRow } from './notice';

/** A notice that is owed by now. */
export type OwedNotice = {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly dueAt: number;
  /** Something has happened since that makes it untrue: it is not sent any more. */
  readonly isOvertaken: boolean;
};

/** A window that is open for the most part is told of as open after so long. */
const wholeWithinMs = 60_000;

const minuteMs = 60_000;
const warnings = [
  { kind: 'closingIn10', beforeMs: 10 * minuteMs, overtakenBeforeMs: 2 * minuteMs },
  { kind: 'closingIn2', beforeMs: 2 * minuteMs, overtakenBeforeMs: 0 },
] as const;

/**
 * Every notice that a window owes by now, told from its row alone: asked again it answers the same,
 * with the same ids. `deadline`: since when the deadline of now is known (`withDeadline`).
 * What comes later is not in it yet.
 */
export function owedNotices(
  row: WindowRow,
  deadline: NoticesRow['deadline'],
  now: Now,
): OwedNotice[] {
  return [
    ...breakGlass(row),
    ...opened(row, now),
    ...extended(row, deadline),
    ...closing(row, deadline, now),
    ...overrun(row),
    ...ended(row),
  ];
}

/** The id under which all channels and everybody behind them know a notice. */
export function noticeIdOf(subjectId: string, kind: NoticeKind, occurrence = ''): string {
  return hashId(`notice|${subjectId}|${kind}|${occurrence}`);
}

/** The deadline that a row holds now, and since when: that of before if it is the same. */
export function withDeadline(
  row: WindowRow,
  known: NoticesRow['deadline'],
  hostMs: number,
): NoticesRow['deadline'] {
  const openedAt = firstOpenedAt(row);
  if (row.until === null || openedAt === null) return known;
  const until = deadlineOf(row);
  if (known?.until === until) return known;
  return { until, since: known === null && !isExtended(row) ? openedAt : hostMs };
}

function breakGlass(row: WindowRow): OwedNotice[] {
  if (!isBreakGlass(row.grant.origin) || windowPhase(row) === 'refused') return [];
  return [notice(row, 'breakGlass', '', row.createdAt)];
}

function opened(row: WindowRow, now: Now): OwedNotice[] {
  const openedAt = firstOpenedAt(row);
  if (openedAt === null) return [];
  const isWhole = windowPhase(row) === 'open';
  const isLate = now.hostMs >= openedAt + wholeWithinMs;
  if (!isWhole && !isLate && !isEnding(row)) return [];
  return [notice(row, 'opened', '', openedAt, isEnding(row))];
}

/** Only the deadline of now is news; the first one belongs to the opening. */
function extended(row: WindowRow, deadline: NoticesRow['deadline']): OwedNotice[] {
  if (deadline === null || !isExtended(row)) return [];
  return [notice(row, 'extended', `${deadline.until}`, deadline.since, isEnding(row))];
}

/**
 * Each deadline is warned of anew. A warning is owed where the deadline was known before its time
 * came: a window of nine minutes has no ten to warn of.
 */
function closing(row: WindowRow, deadline: NoticesRow['deadline'], now: Now): OwedNotice[] {
  if (deadline === null) return [];
  const startAt = hostClosingStartOf(row, now);
  return warnings.flatMap(({ kind, beforeMs, overtakenBeforeMs }) => {
    const dueAt = startAt - beforeMs;
    const isOwed = deadline.since <= dueAt && now.hostMs >= dueAt && !(endedAt(row) < dueAt);
    if (!isOwed) return [];
    const isOvertaken = isEnding(row) || now.hostMs >= startAt - overtakenBeforeMs;
    return [notice(row, kind, `${deadline.until}`, dueAt, isOvertaken)];
  });
}

/** A fact that stays one: it is told however late. */
function overrun(row: WindowRow): OwedNotice[] {
  const isLate = row.placements.some(({ alarms }) => alarms.includes('overrun'));
  return isLate ? [notice(row, 'overrun', '', deadlineOf(row))] : [];
}

function ended(row: WindowRow): OwedNotice[] {
  const { concludedAt, createdAt } = row;
  if (concludedAt === null) return [];
  // A refusal that was judged again, and refused again, is another one.
  if (windowPhase(row) === 'refused') return [notice(row, 'refused', `${createdAt}`, concludedAt)];
  return [notice(row, 'closed', '', concludedAt)];
}

function notice(
  { id }: WindowRow,
  kind: NoticeKind,
  occurrence: string,
  dueAt: number,
  isOvertaken = false,
): OwedNotice {
  return { id: noticeIdOf(id, kind, occurrence), kind, dueAt, isOvertaken };
}

/** When the first of its rules was proved open; `null` while none was. */
function firstOpenedAt({ placements }: WindowRow): number | null {
  const times = placements.flatMap(({ openedAt }) => openedAt ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function isEnding({ wish, closingAt, concludedAt }: WindowRow): boolean {
  return wish === 'closed' || closingAt !== null || concludedAt !== null;
}

/** When its end began, as far as the row tells; what ends this moment has not ended before. */
function endedAt(row: WindowRow): number {
  if (!isEnding(row)) return Number.POSITIVE_INFINITY;
  return row.closingAt ?? row.concludedAt ?? 0;
}

function isExtended({ until, grant }: WindowRow): boolean {
  return until !== null && until > Math.floor(grant.untilAt / 1_000) * 1_000;
}
