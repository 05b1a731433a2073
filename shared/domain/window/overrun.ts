import { hostTimeOf, type Now } from '../instant';
import type { NsgReading } from '../networkSecurityGroup';
import { ruleNamed } from '../nsg/sameRule';
import { withAlarm } from './apply';
import { deadlineOf } from './deadline';
import { isOpenable } from './phase';
import type { GoneBy, Placement, WindowRow } from './windowRow';

/** Attempts that failed in a row before a rule that nobody looked at may still stand. */
const failedTwice = 2;
/**
 * So long after the deadline the activity log may still learn what was done before it
 * (learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time: 3 to 10 minutes).
 */
const logLateMs = 15 * 60_000;

/**
 * The placement with the time of a read, if that shows that the rule lets somebody in. Whatever it
 * shows: the NSG is there, and what was missing before it began to be missing anew.
 */
export function withSeen(placement: Placement, { rules, startedAt }: NsgReading): Placement {
  const rule = ruleNamed(rules, placement.rule.name);
  const found =
    placement.nsgMissingSince === null ? placement : { ...placement, nsgMissingSince: null };
  return rule?.access === 'Allow' ? seenStanding(found, startedAt) : found;
}

/** The placement with the time (host clock) at which its rule is known to have stood. */
export function seenStanding(placement: Placement, at: number): Placement {
  return placement.lastPutAt === null || at <= (placement.seenAt ?? 0)
    ? placement
    : { ...placement, seenAt: at };
}

/** When it was last known to stand, host clock; `null`: never. */
export function lastSeenAt({ seenAt, openedAt }: Placement): number | null {
  return seenAt ?? openedAt;
}

/**
 * The placement with the alarm, if its rule was seen after its deadline, or nobody can look
 * or delete. The time alone is no reason: whoever comes back after the deadline looks first. A rule
 * that was proved to be a Deny lets nobody in while it waits for its delete; were it turned back
 * into an Allow, the sweep would raise the alarm from the rule itself. `isBlind`: its NSG gave no
 * answer.
 */
export function withOverrun(
  row: WindowRow,
  placement: Placement,
  isBlind: boolean,
  now: Now,
): Placement {
  const { alarms, lastPutAt } = placement;
  if (lastPutAt === null || isOpenable(placement) || alarms.includes('disarmed')) return placement;
  const lateAt = hostTimeOf(deadlineOf(row), now);
  if (now.hostMs <= lateAt) return placement;
  return isSeenAfter(placement, lateAt) || mayStand(placement, isBlind)
    ? withAlarm(placement, 'overrun')
    : placement;
}

function isSeenAfter({ seenAt }: Placement, lateAt: number): boolean {
  return (seenAt ?? 0) > lateAt;
}

/** To be deleted, and neither the delete nor a look gives an answer to go by. */
function mayStand(
  { phase, faults, nsgMissingSince, lastDeleteAt, deleteAcceptedAt }: Placement,
  isBlind: boolean,
): boolean {
  if (phase !== 'closing') return false;
  const wasAbsent = lastDeleteAt !== null && deleteAcceptedAt === null;
  return faults >= failedTwice || nsgMissingSince !== null || (isBlind && !wasAbsent);
}

/**
 * It was only found gone, after its deadline; nobody saw it stand or go since: the app was down,
 * and the sweeper app, somebody else, or our own last DELETE was at work. Whether it went in time
 * cannot be known from here; the activity log may tell.
 */
export function wentUnseen(row: WindowRow, placement: Placement, now: Now): boolean {
  const { phase, closedKind, goneAt, goneBy, alarms } = placement;
  if (phase !== 'closed' || closedKind === 'neverPut' || goneBy !== undefined) return false;
  if (alarms.includes('overrun') || alarms.includes('disarmed')) return false;
  const lateAt = hostTimeOf(deadlineOf(row), now);
  return (goneAt ?? 0) > lateAt && !isSeenAfter(placement, lateAt);
}

/** Is there such a rule in this window? */
export function hasUnseen(row: WindowRow, now: Now): boolean {
  return row.placements.some((placement) => wentUnseen(row, placement, now));
}

/** May the activity log still come to know what was done before the deadline? */
export function isLogLate(row: WindowRow, now: Now): boolean {
  return now.hostMs < hostTimeOf(deadlineOf(row), now) + logLateMs;
}

/**
 * A placement that went unseen, and what the activity log told: the delete that ended it, which is
 * an alarm if it came too late; `null`: nobody will ever tell, and that is one as well.
 */
export function withEnding(row: WindowRow, placement: Placement, by: GoneBy | null): Placement {
  if (by === null) return withAlarm(placement, 'overrun');
  const known = { ...placement, goneBy: by };
  return by.at > deadlineOf(row) ? withAlarm(known, 'overrun') : known;
}

/** How far past its deadline a rule stood, or may have: what nobody saw counts as standing, ms. */
export function overrunMs(row: WindowRow, placement: Placement, hostMs: number): number {
  const { goneBy, goneAt, closedAt, closedKind } = placement;
  if (closedKind === 'neverPut') return 0;
  const endAt = goneBy?.at ?? (closedAt === null ? hostMs : (goneAt ?? closedAt));
  return Math.max(0, endAt - deadlineOf(row));
}

/** Is the end of it only known as a time by which it was gone? Then it may have gone in time. */
export function isProvedLate(row: WindowRow, placement: Placement, now: Now): boolean {
  const { phase, goneBy } = placement;
  if (phase !== 'closed' || goneBy !== undefined) return false;
  return !isSeenAfter(placement, hostTimeOf(deadlineOf(row), now));
}
