import type { AlarmName } from '../alarms';
import type { FaultFacts } from '../fault';
import type { Now } from '../instant';
import { canBeDisarmed, pauseAfter, reactionTo } from '../reaction';
import { disarmedPauseMs, nextLookAfter } from './pace';
import type { Step } from './step';
import type { Placement } from './windowRow';

/** Steps that only write down what is known. */
export type FactStep = Extract<
  Step,
  {
    do:
      | 'proveOpen'
      | 'proveExtended'
      | 'forgetExtend'
      | 'noteGone'
      | 'proveDisarmed'
      | 'proveClosed'
      | 'noteBack'
      | 'noteUnsigned'
      | 'noteMissing'
      | 'follow'
      | 'noteLacking'
      | 'wait';
  }
>;

/** Steps that send something. */
export type EffectStep = Extract<
  Step,
  { do: 'putRule' | 'extendRule' | 'disarmRule' | 'deleteRule' }
>;

/** The placement after a fact. */
export function applyFact(placement: Placement, step: FactStep, now: Now): Placement {
  const moved = { ...placement, notBefore: null, nsgMissingSince: null };
  switch (step.do) {
    case 'proveOpen':
      return { ...proved(moved, step), phase: 'open', openedAt: now.hostMs };
    case 'proveExtended':
      return { ...proved(moved, step), rule: placement.nextRule ?? placement.rule, nextRule: null };
    case 'forgetExtend':
      return { ...moved, nextRule: null };
    case 'noteGone':
      return {
        ...moved,
        phase: 'gone',
        goneAt: placement.goneAt ?? step.at,
        fault: null,
        faults: 0,
      };
    case 'proveDisarmed':
      return withAlarm(
        {
          ...moved,
          phase: 'disarmed',
          notBefore: now.hostMs + disarmedPauseMs,
          fault: null,
          faults: 0,
        },
        'disarmed',
      );
    case 'proveClosed':
      return {
        ...moved,
        phase: 'closed',
        goneAt: placement.goneAt ?? step.at,
        closedAt: step.at,
        closedKind: step.kind,
        fault: null,
        faults: 0,
      };
    case 'noteBack':
      return { ...moved, phase: 'closing', lastDeleteAt: null, goneAt: null };
    case 'noteUnsigned':
      return withAlarm({ ...moved, notBefore: step.until }, 'changedByOthers');
    case 'noteMissing':
      return { ...placement, nsgMissingSince: step.since, notBefore: step.until };
    case 'follow':
      return { ...moved, nsgId: step.nsgId, lastDeleteAt: null };
    case 'noteLacking':
      return {
        ...placement,
        unconfirmedSince: placement.unconfirmedSince ?? now.hostMs,
        notBefore: step.until,
      };
    case 'wait':
      return { ...placement, notBefore: step.until };
  }
}

/** What a rule that was read back, of an activation that stands, leaves behind. */
function proved(
  placement: Placement,
  { answeredAt, lookAt }: { readonly answeredAt: number; readonly lookAt: number },
): Placement {
  return {
    ...placement,
    notBefore: lookAt,
    confirmedAt: answeredAt,
    unconfirmedSince: null,
    fault: null,
    faults: 0,
  };
}

/** The placement as it is saved before the effect: whoever comes after a crash knows it may have happened. */
export function announce(placement: Placement, step: EffectStep, now: Now): Placement {
  switch (step.do) {
    case 'putRule':
      return {
        ...placement,
        phase: 'putting',
        lastPutAt: now.hostMs,
        putCount: placement.putCount + 1,
        confirmedAt: step.answeredAt,
        unconfirmedSince: null,
        notBefore: nextLookAfter(now.hostMs, now.hostMs),
      };
    case 'extendRule':
      return {
        ...placement,
        nextRule: step.rule,
        lastPutAt: now.hostMs,
        putCount: placement.putCount + 1,
        confirmedAt: step.answeredAt,
        unconfirmedSince: null,
        notBefore: nextLookAfter(now.hostMs, now.hostMs),
      };
    case 'disarmRule':
      return {
        ...placement,
        lastPutAt: now.hostMs,
        putCount: placement.putCount + 1,
        disarmAt: now.hostMs,
        notBefore: nextLookAfter(now.hostMs, now.hostMs),
      };
    case 'deleteRule':
      return { ...placement, deleteCount: placement.deleteCount + 1 };
  }
}

/**
 * What came of an effect. `unsent`: its time was over before it left. `unrecorded`: it could not be
 * put on record, so it was not sent.
 */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'unrecorded'; readonly fault: FaultFacts }
  | { readonly kind: 'fault'; readonly fault: FaultFacts };

/** Answers that are given before anything is begun: the PUT has no effect, now or later. */
const refusedKinds: readonly FaultFacts['kind'][] = [
  'throttled',
  'busy',
  'unauthenticated',
  'denied',
  'locked',
  'missing',
  'conflict',
  'changed',
  'invalid',
];

/** Was the PUT refused before anything was begun? Then there is nothing of it to wait for or undo. */
export function isRefusedPut({ kind }: FaultFacts): boolean {
  return refusedKinds.includes(kind);
}

/**
 * The placement after an effect. `before` is what it was before the effect was announced: a PUT that
 * was refused leaves no announcement behind.
 */
export function applyOutcome(
  before: Placement,
  announced: Placement,
  step: EffectStep,
  outcome: Outcome,
  now: Now,
): Placement {
  return step.do === 'deleteRule'
    ? afterDelete(announced, outcome, now)
    : afterPut(before, announced, step, outcome, now);
}

function afterPut(
  before: Placement,
  announced: Placement,
  step: EffectStep,
  outcome: Outcome,
  now: Now,
): Placement {
  const closing = step.do === 'disarmRule';
  switch (outcome.kind) {
    case 'accepted':
    case 'absent':
      return {
        ...announced,
        putAcceptedAt: closing ? announced.putAcceptedAt : (announced.putAcceptedAt ?? now.hostMs),
        nsgMissingSince: null,
        notBefore: nextLookAfter(now.hostMs, now.hostMs),
        fault: null,
        faults: 0,
      };
    case 'unsent':
      return { ...announced, ...unannounced(before), notBefore: null };
    case 'unrecorded':
      return {
        ...failedPut(before, announced, outcome.fault, 'open', now),
        ...unannounced(before),
      };
    case 'fault': {
      const { fault } = outcome;
      const failed = failedPut(before, announced, fault, closing ? 'close' : 'open', now);
      const { notBefore } = failed;
      return isRefusedPut(fault)
        ? {
            ...failed,
            ...unannounced(before),
            notBefore: quickly(notBefore, fault),
          }
        : failed;
    }
  }
}

/** One more fault in a row, and the pause that it asks for. */
function failedPut(
  before: Placement,
  announced: Placement,
  fault: FaultFacts,
  purpose: 'open' | 'close',
  now: Now,
): Placement & { readonly notBefore: number } {
  const faults = before.faults + 1;
  const notBefore = now.hostMs + pauseAfter(fault, purpose, faults);
  return { ...announced, fault, faults, notBefore };
}

/** What the announcement of a PUT changed, as it was before. */
function unannounced({
  lastPutAt,
  phase,
  nextRule,
}: Placement): Pick<Placement, 'lastPutAt' | 'phase' | 'nextRule'> {
  return { lastPutAt, phase, nextRule };
}

/** What a refusal decides at once needs no pause. */
function quickly(notBefore: number, fault: FaultFacts): number | null {
  return reactionTo(fault, 'open', 1).afterMs > 0 ? notBefore : null;
}

function afterDelete(announced: Placement, outcome: Outcome, now: Now): Placement {
  switch (outcome.kind) {
    case 'accepted':
    case 'absent':
      return {
        ...announced,
        phase: announced.phase === 'disarmed' ? 'closing' : announced.phase,
        lastDeleteAt: now.hostMs,
        // An NSG that takes a delete is there; `absent` may be its 404.
        nsgMissingSince: outcome.kind === 'absent' ? announced.nsgMissingSince : null,
        // Where nothing was there, nothing was accepted.
        deleteAcceptedAt:
          announced.deleteAcceptedAt ?? (outcome.kind === 'absent' ? null : now.hostMs),
        notBefore: outcome.kind === 'absent' ? null : nextLookAfter(now.hostMs, now.hostMs),
        fault: null,
        faults: 0,
      };
    case 'unsent':
    case 'unrecorded':
      return announced;
    case 'fault': {
      const { fault } = outcome;
      const faults = announced.faults + 1;
      const { afterMs, alarm } = reactionTo(fault, 'close', faults);
      const failed = { ...announced, fault, faults, notBefore: now.hostMs + afterMs };
      if (!alarm) return failed;
      // The first refusal is followed by the Deny at once; a rule that is one already has time.
      if (announced.phase === 'disarmed') {
        return { ...failed, notBefore: now.hostMs + disarmedPauseMs };
      }
      const alarmed = withAlarm(failed, 'closeRefused');
      return faults === 1 && canBeDisarmed(fault) ? { ...alarmed, notBefore: null } : alarmed;
    }
  }
}

/** Notes that an alarm of this name was raised for this placement. */
export function withAlarm(placement: Placement, name: AlarmName): Placement {
  return placement.alarms.includes(name)
    ? placement
    : { ...placement, alarms: [...placement.alarms, name] };
}
