import type { FaultKind } from '../fault';
import type { Now } from '../instant';
import type { NsgReading } from '../networkSecurityGroup';
import { shadowedBy } from '../nsg/evaluate';
import { ruleNamed, sameRule } from '../nsg/sameRule';
import { pauseAfter, reactionTo } from '../reaction';
import { answeredAtOf, confirmStep, rememberedOf } from './confirmStep';
import { hostClosingStartOf, isPutTime } from './deadline';
import type { Knowledge } from './knowledge';
import { missingStep } from './missingStep';
import { nextLookAfter, openingDisabledMs, openLookMs, putAgainAfterMs } from './pace';
import type { PlacementRefusal, Step } from './step';
import { watchStep } from './watchStep';
import type { Placement, WindowRow } from './windowRow';

/** The next step of a placement that is wished open. */
export function openingStep(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
): Step {
  if (placement.phase === 'open') return watchStep(row, placement, knowledge, now);
  // What is not proved open by now could take effect after the first DELETE.
  if (!isPutTime(row, now)) return { do: 'refuse', code: 'neverOpened', detail: '' };
  const refused = refusalOf(placement);
  if (refused !== null) return refused;
  if (placement.fault?.kind === 'conflict') return replanStep(placement, knowledge, now);
  return placement.phase === 'planned'
    ? firstPutStep(row, placement, knowledge, now)
    : provingStep(row, placement, knowledge, now);
}

/** Azure said no to the rule itself: asking again cannot help before somebody changes something. */
const refusalByFault: Readonly<Partial<Record<FaultKind, PlacementRefusal>>> = {
  denied: 'putDenied',
  locked: 'putLocked',
  invalid: 'putInvalid',
  missing: 'nsgMissing',
};

function refusalOf({ fault, faults }: Placement): Step | null {
  if (fault === null || reactionTo(fault, 'open', faults).do !== 'refuse') return null;
  return { do: 'refuse', code: refusalByFault[fault.kind] ?? 'putDenied', detail: fault.code };
}

function replanStep(placement: Placement, knowledge: Knowledge, now: Now): Step {
  const { observation } = knowledge;
  if (observation === null) return { do: 'look' };
  if (observation.kind === 'read') return { do: 'replan' };
  if (observation.kind === 'absent') return missingStep(placement, knowledge, now);
  return { do: 'wait', until: now.hostMs + pauseAfter(observation.fault, 'open', 3) };
}

/** Nothing of this content was ever sent. */
function firstPutStep(row: WindowRow, placement: Placement, knowledge: Knowledge, now: Now): Step {
  // An earlier PUT had other content: it must not land on top of this one.
  if (placement.lastPutAt !== null) {
    const settledAt = placement.lastPutAt + row.grant.limits.settleMs;
    if (now.hostMs < settledAt) return { do: 'wait', until: settledAt };
  }
  const { observation } = knowledge;
  if (observation?.kind === 'read' && isPriorityTaken(placement, observation.reading)) {
    return { do: 'replan' };
  }
  return putStep(placement, knowledge, now);
}

function putStep(placement: Placement, knowledge: Knowledge, now: Now): Step {
  if (!knowledge.mayOpen) return { do: 'wait', until: now.hostMs + openingDisabledMs };
  return (
    confirmStep(placement, knowledge, now, null) ?? {
      do: 'putRule',
      rule: placement.rule,
      answeredAt: answeredAtOf(knowledge),
    }
  );
}

/** A PUT was announced: is the rule there, exactly, and effective? */
function provingStep(row: WindowRow, placement: Placement, knowledge: Knowledge, now: Now): Step {
  const { observation } = knowledge;
  if (observation === null) return { do: 'look' };
  if (observation.kind === 'absent') return missingStep(placement, knowledge, now);
  if (observation.kind === 'unreadable') {
    return { do: 'wait', until: now.hostMs + pauseAfter(observation.fault, 'open', 3) };
  }
  const putAt = placement.lastPutAt ?? 0;
  const wait: Step = { do: 'wait', until: nextLookAfter(putAt, now.hostMs) };
  const { reading } = observation;
  if (reading.provisioningState !== 'Succeeded' || reading.startedAt < putAt) return wait;
  const rule = ruleNamed(reading.rules, placement.rule.name);
  if (rule === undefined) {
    if (isPriorityTaken(placement, reading)) return { do: 'replan' };
    return reading.startedAt - putAt < putAgainAfterMs ? wait : putStep(placement, knowledge, now);
  }
  if (!sameRule(rule, placement.rule)) {
    // An earlier content of ours is overwritten by the PUT under way; later than that it is not ours.
    const settled = reading.startedAt - putAt >= row.grant.limits.settleMs;
    return settled ? { do: 'closeWindow', reason: 'changedByOthers' } : wait;
  }
  const shadow = shadowedBy(placement.rule, reading.rules);
  if (shadow !== null) return { do: 'refuse', code: 'shadowed', detail: shadow.name };
  return proveOpenStep(row, placement, knowledge, now);
}

function proveOpenStep(row: WindowRow, placement: Placement, knowledge: Knowledge, now: Now): Step {
  const remembered = rememberedOf(row, placement);
  const pending = confirmStep(placement, knowledge, now, remembered);
  if (pending !== null) return pending;
  const lookAt = Math.min(now.hostMs + openLookMs, hostClosingStartOf(row, now));
  return { do: 'proveOpen', answeredAt: answeredAtOf(knowledge) || (remembered ?? 0), lookAt };
}

/** Azure takes each priority once per direction. */
function isPriorityTaken({ rule }: Placement, reading: NsgReading): boolean {
  const own = rule.name.toLowerCase();
  return reading.rules.some(
    (other) =>
      other.direction === rule.direction &&
      other.priority === rule.priority &&
      other.name.toLowerCase() !== own,
  );
}
