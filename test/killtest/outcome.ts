import type { ActivationTruth, WriteRecord } from '../../local/azure/contract';
import { judge } from '../../local/azure/evidence/verdict';
import type { Estate, NetworkSecurityGroupSeed } from '../../local/estate';
import { isMidStep, type Kill } from './kills';
import type { KillTestOptions } from './options';

/** A rule that stood past its deadline. */
export type Late = { rule: string; nsg: string; deadline: string; overrunS: number; gone: boolean };

/** What is known in the end. Windows and rules are judged by the local Azure's write log alone. */
export type Outcome = {
  seed: number;
  activations: number;
  opened: number;
  openedLeast: number;
  /** Machines of the activations that no rule ever reached. */
  neverOpened: string[];
  kills: number;
  killsLeast: number;
  killsMidStep: number;
  killsWhileStarting: number;
  /** How often which activity was running, and which request unanswered, at a kill. */
  brokenOff: Record<string, number>;
  late: Late[];
  /** Seconds from the last rule's end to its deadline: the least, and the median. */
  marginS: { least: number; median: number } | null;
  /** From the start of a host's process until it was ready, ms. */
  hostStartMs: { median: number; most: number } | null;
  /** Whatever else the local Azure holds against the app, and deaths that nobody inflicted. */
  otherFaults: string[];
};

export type Evidence = {
  estate: Estate;
  records: readonly WriteRecord[];
  activations: readonly ActivationTruth[];
  present: readonly NetworkSecurityGroupSeed[];
  nowMs: number;
  kills: readonly Kill[];
  startedInMs: readonly number[];
  otherDeaths: readonly string[];
};

/** Draws the sum. Pure. */
export function outcomeOf(
  { windows, minutes, seed }: Pick<KillTestOptions, 'windows' | 'minutes' | 'seed'>,
  evidence: Evidence,
): Outcome {
  const { estate, records, activations, present, kills } = evidence;
  const now = new Date(evidence.nowMs).toISOString();
  const input = { estate, records, activations, now, present };
  const whole = judge(input);
  const never = whole.lines.filter(({ state }) => state === 'neverOpened');
  const openLines = whole.lines.filter(({ state }) => state !== 'neverOpened');
  const opened = new Set(openLines.map(({ requestName }) => requestName));
  // Judged once more with what opened: an opening that a kill cost is counted, and is no fault.
  const strict = judge({ ...input, isExpected: ({ requestName }) => opened.has(requestName) });
  const late = openLines.filter(({ overrunS }) => overrunS > 0);
  const margins = openLines.flatMap(({ goneAt, deadline }) =>
    goneAt === undefined ? [] : [(Date.parse(deadline) - Date.parse(goneAt)) / 1_000],
  );
  const isTold = (reason: string): boolean =>
    reason.includes('past the activation') &&
    late.some(({ nsgId, deadline }) => reason.startsWith(nsgId) && reason.includes(deadline));
  return {
    seed,
    activations: activations.length,
    opened: opened.size,
    openedLeast: Math.ceil(windows * 0.75),
    neverOpened: never.map(({ vmId }) => lastPart(vmId)),
    kills: kills.length,
    killsLeast: Math.max(1, Math.ceil(minutes * 5)),
    killsMidStep: kills.filter((kill) => isMidStep(kill)).length,
    killsWhileStarting: kills.filter(({ wasReady }) => !wasReady).length,
    brokenOff: counted(kills.flatMap(({ activities, requests }) => [...activities, ...requests])),
    late: late.map(({ rules, nsgId, deadline, overrunS, goneAt }) => ({
      rule: rules.join(' '),
      nsg: lastPart(nsgId),
      deadline,
      overrunS,
      gone: goneAt !== undefined,
    })),
    marginS: spread(margins, (sorted) => ({ least: sorted[0] ?? 0, median: middle(sorted) })),
    hostStartMs: spread(evidence.startedInMs, (sorted) => ({
      median: middle(sorted),
      most: sorted.at(-1) ?? 0,
    })),
    otherFaults: [
      ...strict.reasons.filter((reason) => !isTold(reason)),
      ...evidence.otherDeaths.map((how) => `The host died by itself: ${how}.`),
    ],
  };
}

/** True where the app kept its promise, and enough was tried to say so. */
export function isPassed(outcome: Outcome): boolean {
  return (
    outcome.late.length === 0 &&
    outcome.otherFaults.length === 0 &&
    outcome.opened >= outcome.openedLeast &&
    outcome.kills >= outcome.killsLeast
  );
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function spread<T>(values: readonly number[], of: (sorted: number[]) => T): T | null {
  return values.length === 0 ? null : of([...values].sort((one, other) => one - other));
}

function middle(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
