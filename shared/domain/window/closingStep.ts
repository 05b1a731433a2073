import type { FaultFacts } from '../fault';
import type { Now } from '../instant';
import type { NsgReading } from '../networkSecurityGroup';
import { ruleNamed } from '../nsg/sameRule';
import { canBeDisarmed, pauseAfter } from '../reaction';
import { deadlineOf } from './deadline';
import type { Knowledge, Observation } from './knowledge';
import { missingStep } from './missingStep';
import {
  deleteAgainAfterMs,
  deleteAnywayAfterMs,
  disarmAgainAfterMs,
  disarmedPauseMs,
  disarmLostAfterMs,
  nextLookAfter,
} from './pace';
import type { Step } from './step';
import type { Placement, WindowRow } from './windowRow';

/** The next step of a placement that has to go. It never gives up. */
export function closingStep(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
): Step {
  if (placement.lastPutAt === null) return { do: 'proveClosed', at: now.hostMs, kind: 'neverPut' };
  const { observation } = knowledge;
  if (observation !== null) return judge(row, placement, observation, knowledge, now);
  // Deleting needs no look first, and neither does asking again after a refusal. After the deadline
  // it does: others may have deleted it in time, and whether it stands is what the alarm says.
  const isLate = now.latestMs > deadlineOf(row);
  const first = placement.phase === 'closing' && placement.lastDeleteAt === null && !isLate;
  if (first && placement.fault === null && placement.disarmAt === null) return { do: 'deleteRule' };
  return { do: 'look' };
}

function judge(
  row: WindowRow,
  placement: Placement,
  observation: Observation,
  knowledge: Knowledge,
  now: Now,
): Step {
  switch (observation.kind) {
    case 'absent':
      return missingStep(placement, knowledge, now);
    case 'unreadable':
      // What cannot be read can perhaps be deleted; asking twice does no harm.
      return isDeleteOld(placement, deleteAnywayAfterMs, now) &&
        !waitsForReads(row, placement, observation.fault, now)
        ? { do: 'deleteRule' }
        : { do: 'wait', until: now.hostMs + pauseAfter(observation.fault, 'close', 5) };
    case 'read':
      return judgeReading(row, placement, observation.reading, now);
  }
}

/**
 * A DELETE was answered, and reads are refused for their number: a thousand windows that all ask
 * again would take the room that other closes need. From the lead on nobody is waited for.
 */
function waitsForReads(
  row: WindowRow,
  { lastDeleteAt }: Placement,
  fault: FaultFacts,
  now: Now,
): boolean {
  const isFar = now.latestMs < deadlineOf(row) - row.grant.limits.leadMs;
  return fault.kind === 'throttled' && lastDeleteAt !== null && isFar;
}

function judgeReading(row: WindowRow, placement: Placement, reading: NsgReading, now: Now): Step {
  const rule = ruleNamed(reading.rules, placement.rule.name);
  if (rule === undefined) return absentStep(row, placement, reading, now);
  // A late PUT has landed, or somebody has turned the Deny into an Allow again.
  const { phase } = placement;
  if (phase === 'gone' || (phase === 'disarmed' && rule.access === 'Allow'))
    return { do: 'noteBack' };
  const proven = reading.provisioningState === 'Succeeded';
  if (rule.access === 'Deny' && placement.disarmAt !== null) {
    if (placement.phase !== 'disarmed' && proven) return { do: 'proveDisarmed' };
    return isDeleteOld(placement, disarmedPauseMs, now)
      ? { do: 'deleteRule' }
      : { do: 'wait', until: now.hostMs + disarmedPauseMs };
  }
  if (mustDisarm(placement, proven, now)) return disarmStep(row, placement, rule.priority, now);
  const afterMs = proven ? deleteAgainAfterMs : deleteAnywayAfterMs;
  return isDeleteOld(placement, afterMs, now)
    ? { do: 'deleteRule' }
    : { do: 'wait', until: nextLookAfter(placement.lastDeleteAt ?? now.hostMs, now.hostMs) };
}

/**
 * The NSG shows no rule of that name. Only a settled NSG proves it, and only a read begun when no
 * PUT of ours can take effect any more.
 */
function absentStep(row: WindowRow, placement: Placement, reading: NsgReading, now: Now): Step {
  if (reading.provisioningState !== 'Succeeded') {
    return { do: 'wait', until: nextLookAfter(placement.lastDeleteAt ?? now.hostMs, now.hostMs) };
  }
  const settledAt = (placement.lastPutAt ?? 0) + row.grant.limits.settleMs;
  if (reading.startedAt < settledAt) {
    return placement.phase === 'gone'
      ? { do: 'wait', until: Math.min(settledAt, now.hostMs + 30_000) }
      : { do: 'noteGone', at: reading.startedAt };
  }
  const byOthers = row.closeReason === 'removedByOthers' && placement.deleteCount === 0;
  return {
    do: 'proveClosed',
    at: reading.startedAt,
    kind: byOthers ? 'removedByOthers' : 'deleted',
  };
}

/**
 * A lock or a missing right keeps the rule: then it is at least turned into a Deny. Where that was
 * accepted, and the NSG at rest shows an Allow all the same, it is tried again soon; the DELETE
 * that failed since may have met a busy NSG, which says nothing of the lock.
 */
function mustDisarm(placement: Placement, isAtRest: boolean, now: Now): boolean {
  const { fault, disarmAt } = placement;
  if (fault === null) return false;
  if (disarmAt === null) return canBeDisarmed(fault);
  const sinceMs = now.hostMs - disarmAt;
  if (!wasDisarmSent(placement)) return canBeDisarmed(fault) && sinceMs >= disarmAgainAfterMs;
  const keeps = canBeDisarmed(fault) || fault.kind === 'busy';
  return keeps && isAtRest && sinceMs >= disarmLostAfterMs;
}

/** The last PUT was the Deny, and nobody has refused it: it may have been accepted. */
function wasDisarmSent({ disarmAt, lastPutAt }: Placement): boolean {
  return disarmAt !== null && disarmAt === lastPutAt;
}

/**
 * The Deny keeps the priority at which the rule stands: somebody may have moved it, and what it was
 * planned with may be taken by now, which would make every PUT fail.
 */
function disarmStep(row: WindowRow, placement: Placement, priority: number, now: Now): Step {
  const settledAt = (placement.lastPutAt ?? 0) + row.grant.limits.settleMs;
  // Other content: an Allow that is still under way must not land on top of the Deny. Until then
  // the DELETE is asked for again: the lock may have gone. The same Deny once more waits for nothing.
  if (now.hostMs < settledAt && !wasDisarmSent(placement)) return { do: 'deleteRule' };
  return { do: 'disarmRule', rule: { ...placement.rule, priority, access: 'Deny' } };
}

function isDeleteOld({ lastDeleteAt }: Placement, afterMs: number, now: Now): boolean {
  return lastDeleteAt === null || now.hostMs - lastDeleteAt >= afterMs;
}
