import type { Now } from '../instant';
import type { NsgReading } from '../networkSecurityGroup';
import { shadowedBy } from '../nsg/evaluate';
import { ruleNamed, sameRule } from '../nsg/sameRule';
import { hostClosingStartOf, isFreshConfirmation, isPutTime } from './deadline';
import type { Knowledge } from './knowledge';
import { missingStep } from './missingStep';
import {
  confirmAgainMs,
  hintPauseMs,
  lackingForMs,
  nextLookAfter,
  openingDisabledMs,
  openLookMs,
  pauseAfter,
  putAgainAfterMs,
} from './pace';
import type { PlacementRefusal, Step } from './step';
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
const refusalByFault = {
  denied: 'putDenied',
  locked: 'putLocked',
  invalid: 'putInvalid',
  missing: 'nsgMissing',
} as const satisfies Record<string, PlacementRefusal>;

function refusalOf({ fault }: Placement): Step | null {
  if (fault === null) return null;
  const { kind } = fault;
  if (kind !== 'denied' && kind !== 'locked' && kind !== 'invalid' && kind !== 'missing')
    return null;
  return { do: 'refuse', code: refusalByFault[kind], detail: fault.code };
}

function replanStep(placement: Placement, knowledge: Knowledge, now: Now): Step {
  const { observation } = knowledge;
  if (observation === null) return { do: 'look' };
  if (observation.kind === 'read') return { do: 'replan' };
  if (observation.kind === 'absent') return missingStep(placement, knowledge, now);
  return { do: 'wait', until: now.hostMs + pauseAfter(observation.fault, 3, false) };
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

/**
 * What stands between the placement and a confirmation: `null` if the activation is confirmed. An
 * answer the row remembers (`remembered`) serves while it is young: for the proof, never for a PUT.
 */
function confirmStep(
  placement: Placement,
  { confirmation }: Knowledge,
  now: Now,
  remembered: number | null,
): Step | null {
  if (confirmation === null) {
    const fresh = remembered !== null && isFreshConfirmation(remembered, now);
    return fresh ? null : { do: 'confirm' };
  }
  switch (confirmation.kind) {
    case 'standing':
      // An answer that is old when it comes will not be younger when it is asked for at once again.
      return isFreshConfirmation(confirmation.answeredAt, now)
        ? null
        : { do: 'wait', until: now.hostMs + confirmAgainMs };
    case 'lacking': {
      const since = placement.unconfirmedSince;
      if (since !== null && now.hostMs - since >= lackingForMs) {
        return { do: 'closeWindow', reason: 'confirmationLost' };
      }
      return { do: 'noteLacking', until: now.hostMs + confirmAgainMs };
    }
    case 'withheld':
      return { do: 'wait', until: now.hostMs + hintPauseMs };
    case 'unknown':
      return { do: 'wait', until: now.hostMs + pauseAfter(confirmation.fault, 3, false) };
  }
}

function answeredAtOf({ confirmation }: Knowledge): number {
  return confirmation?.kind === 'standing' ? confirmation.answeredAt : 0;
}

/** A PUT was announced: is the rule there, exactly, and effective? */
function provingStep(row: WindowRow, placement: Placement, knowledge: Knowledge, now: Now): Step {
  const { observation } = knowledge;
  if (observation === null) return { do: 'look' };
  if (observation.kind === 'absent') return missingStep(placement, knowledge, now);
  if (observation.kind === 'unreadable') {
    return { do: 'wait', until: now.hostMs + pauseAfter(observation.fault, 3, false) };
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
  const remembered = row.endHintAt === null ? placement.confirmedAt : null;
  const pending = confirmStep(placement, knowledge, now, remembered);
  if (pending !== null) return pending;
  const { confirmation } = knowledge;
  const fresh = confirmation?.kind === 'standing' ? confirmation.answeredAt : null;
  const lookAt = Math.min(now.hostMs + openLookMs, hostClosingStartOf(row, now));
  return { do: 'proveOpen', answeredAt: fresh ?? remembered ?? 0, lookAt };
}

/** It is open: has somebody touched it? */
function watchStep(row: WindowRow, placement: Placement, knowledge: Knowledge, now: Now): Step {
  const { observation } = knowledge;
  if (observation === null) return { do: 'look' };
  if (observation.kind === 'absent') return missingStep(placement, knowledge, now);
  const until = Math.min(now.hostMs + openLookMs, hostClosingStartOf(row, now));
  const wait: Step = { do: 'wait', until };
  if (observation.kind === 'unreadable') {
    return {
      do: 'wait',
      until: Math.min(until, now.hostMs + pauseAfter(observation.fault, 9, false)),
    };
  }
  const { reading } = observation;
  const soon: Step = { do: 'wait', until: Math.min(until, now.hostMs + confirmAgainMs) };
  // A read begun before the proof knows less than the proof.
  if (reading.provisioningState !== 'Succeeded' || reading.startedAt <= (placement.openedAt ?? 0)) {
    return soon;
  }
  const rule = ruleNamed(reading.rules, placement.rule.name);
  if (rule === undefined) return { do: 'closeWindow', reason: 'removedByOthers' };
  if (sameRule(rule, placement.rule)) return wait;
  // Without its marker it is ours by the row alone: it goes at the row's time. Anything else that
  // was changed may let in somebody whom nobody granted anything.
  return sameRule({ ...rule, description: placement.rule.description }, placement.rule)
    ? { do: 'noteUnsigned', until }
    : { do: 'closeWindow', reason: 'changedByOthers' };
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
