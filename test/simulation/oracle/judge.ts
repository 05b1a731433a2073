import type { ActivationTruth } from '../../../local/azure/contract';
import type { Plan } from '../plan';
import type { Affliction, Deployment, Outage } from '../stage';
import { answersOf, deedsOf } from '../http/deeds';
import { activationsOf } from './activations';
import { alarmFaults } from './alarmed';
import { answerFaults } from './answers';
import { capFaults } from './caps';
import { ledgerLosses } from './calm';
import { conductFaults } from './conduct';
import { conservationFaults } from './conservation';
import { disarmedFaults } from './disarmed';
import { inVainFaults } from './inVain';
import { driftFaults } from './drift';
import { extendedFaults } from './extended';
import { guardFaults } from './guard';
import { keyFaults } from './keys';
import { ledgerFaults } from './ledger';
import { lockFaults } from './locks';
import { movedFaults } from './moved';
import { needlessFaults } from './needless';
import { openedFaults } from './opened';
import { policyFaults } from './policy';
import { forgottenFaults, reopenedFaults } from './reopened';
import { proofFaults } from './proofs';
import { otherDeploymentFaults, putPathsOf, strangerFaults } from './strangers';
import type { History } from './history';
import { otherContentFaults } from './otherContent';
import { type Overrun, overrunsOf } from './overrun';
import { reasonFaults } from './reasons';
import { refusedFaults } from './refused';
import { requestedOf, type RequestPart } from './requested';
import { skewFaults } from './skewed';
import { untimelyFaults } from './untimely';
import { wholeFaults } from './whole';

/** What the oracle is told besides the history: the truth of PIM, the plan, and what was inflicted. */
export type Circumstances = {
  readonly plan: Plan;
  readonly activations: readonly ActivationTruth[];
  readonly afflictions: readonly Affliction[];
  readonly outages: readonly Outage[];
  /** Policies that were deployed meanwhile. */
  readonly deployments: readonly Deployment[];
  readonly endMs: number;
  /** How long PIM's lists showed what was over. */
  readonly staleMs: number;
};

/**
 * An activation with the id that its window must have; or what somebody asked for on the ground of
 * one, with the id that this window must have.
 */
export type Activation = {
  readonly windowId: string;
  readonly principalId: string;
  /** In lower case. */
  readonly roleAssignmentId: string;
  /** Of the request that it came out of. */
  readonly requestName: string;
  readonly scope: string;
  readonly startMs: number;
  /** The latest that was ever true. */
  readonly endMs: number;
  /** When it ended before its time; `null`: it did not. */
  readonly endedMs: number | null;
  /** An administrator has moved its end: when, and what it was before and after. */
  readonly moved?: MovedEnd;
  /** A window that somebody asked for by a call, on an activation of theirs. */
  readonly request?: RequestPart;
};

export type MovedEnd = { readonly atMs: number; readonly fromMs: number; readonly toMs: number };

export type Violation = {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
};

export type Judgement = {
  readonly violations: readonly Violation[];
  readonly overruns: readonly Overrun[];
  /** Activations that got at least one rule. */
  readonly windows: number;
  readonly foreignEdits: number;
  /** What calls were answered, and what they have led to. */
  readonly answers: Readonly<Record<string, number>>;
  readonly deeds: Readonly<Record<string, number>>;
};

/** Judges a whole run. Pure: the same history gives the same judgement. */
export function judgeRun(history: History, circumstances: Circumstances): Judgement {
  const own = activationsOf(circumstances.activations);
  const activations = [...own, ...requestedOf(history, own, circumstances)];
  const { overruns, violations: late } = overrunsOf(history, activations, circumstances);
  const violations = [
    ...late,
    ...conductFaults(history, activations, circumstances),
    ...reasonFaults(history, activations, circumstances),
    ...conservationFaults(history, circumstances),
    ...strangerFaults(history),
    ...otherDeploymentFaults(history),
    ...capFaults(history, activations, circumstances),
    ...keyFaults(history, circumstances),
    ...lockFaults(history, activations, circumstances),
    ...untimelyFaults(history, circumstances),
    ...skewFaults(history, circumstances),
    ...needlessFaults(history, activations, circumstances),
    ...extendedFaults(history, circumstances),
    ...movedFaults(history, activations, circumstances),
    ...reopenedFaults(history),
    ...forgottenFaults(history, activations, circumstances),
    ...driftFaults(history, circumstances),
    ...otherContentFaults(history, circumstances),
    ...disarmedFaults(history, activations, circumstances),
    ...guardFaults(history, circumstances),
    ...openedFaults(history, activations, circumstances),
    ...policyFaults(history, activations, circumstances),
    ...ledgerFaults(history, circumstances),
    ...proofFaults(history, circumstances),
    ...alarmFaults(history, activations, circumstances),
    ...answerFaults(history, activations, circumstances),
    ...wholeFaults(history),
    ...refusedFaults(history, circumstances),
    ...inVainFaults(history, circumstances),
    ...restFaults(history, circumstances),
  ];
  const opened = new Set(overruns.map(({ windowId }) => windowId));
  return {
    violations,
    overruns,
    windows: opened.size,
    foreignEdits: history.foreignEdits,
    answers: answersOf(history.calls),
    deeds: deedsOf(history, activations),
  };
}

/** No orphan, and then silence. */
function restFaults(history: History, { endMs, afflictions }: Circumstances): Violation[] {
  const { standingAtRest, quietWrites } = history;
  const own = putPathsOf(history);
  // A rule without a row and without a marker is only reported: nobody can say whose it is.
  const isUnknowable =
    ledgerLosses({ afflictions }).length > 0 &&
    afflictions.some(({ kind }) => kind === 'marker damaged');
  const isOwn = (rule: string): boolean =>
    own.has(rule.replace(/\/([^/]+)$/, '/securityRules/$1').toLowerCase());
  const orphans = isUnknowable ? [] : (standingAtRest ?? []).filter(isOwn);
  return [
    ...orphans.map((rule) => ({
      invariant: 'orphan',
      what: `${rule} stands at rest`,
      atMs: endMs,
    })),
    ...quietWrites.map((write) => ({ invariant: 'quiescence', what: write, atMs: endMs })),
  ];
}
