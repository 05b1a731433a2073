import { faultTable } from './faults/table';
import type { Overrun } from './oracle/overrun';
import type { Judgement, Violation } from './oracle/judge';
import { drawPlan, type Plan } from './plan';
import { type Outcome, playPlan, type RunOptions } from './run';
import { Spinning } from './spinning';

/** What is kept of a seed, as plain data: it travels between processes. */
export type SeedResult = {
  readonly seed: number;
  readonly mode: Plan['mode'];
  readonly hash: string;
  /** The hash of a second run, where one was asked for. */
  readonly second: string | null;
  readonly windows: number;
  /** Faults of the plan that took effect, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly overruns: readonly Overrun[];
  readonly sometimes: Readonly<Record<string, number>>;
  readonly crossings: Readonly<Record<string, number>>;
  readonly foreignEdits: number;
  /** Answers to calls, and what the calls have led to. */
  readonly answers: Readonly<Record<string, number>>;
  readonly deeds: Readonly<Record<string, number>>;
  /** How the VMs of its nights ended, and what was written for them; empty without a night. */
  readonly nights: Readonly<Record<string, number>>;
};

/** The plan of a seed, with the whole table to draw from. */
export function planOf(seed: number): Plan {
  return drawPlan(seed, faultTable);
}

/** Plays a plan; a run that sticks or breaks is a violation like any other. */
export async function playSafely(plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const strays: unknown[] = [];
  // What nobody awaited ends a process of Azure, and would end this one with all its seeds.
  const onStray = (error: unknown): void => {
    strays.push(error);
  };
  process.on('unhandledRejection', onStray);
  try {
    const outcome = await playPlan(plan, options);
    const { judgement } = outcome;
    const violations = [...judgement.violations, ...strays.map(broke)];
    return { ...outcome, judgement: { ...judgement, violations } };
  } catch (error) {
    return {
      plan,
      hash: 'broken',
      lines: [],
      judgement: { ...nothing, violations: [broke(error)] },
      afflictions: [],
      sometimes: {},
      crossings: {},
      windows: 0,
      nights: {},
    };
  } finally {
    process.off('unhandledRejection', onStray);
  }
}

const nothing: Judgement = {
  violations: [],
  overruns: [],
  windows: 0,
  foreignEdits: 0,
  answers: {},
  deeds: {},
};

function broke(error: unknown): Violation {
  if (error instanceof Spinning) return error.violation;
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { invariant: 'the run broke', what, atMs: 0 };
}

/** Plays a seed, once or twice. */
export async function playSeed(
  seed: number,
  options: RunOptions & { twice?: boolean } = {},
): Promise<SeedResult> {
  const plan = planOf(seed);
  const outcome = await playSafely(plan, options);
  const second = options.twice === true ? (await playSafely(plan, options)).hash : null;
  const faults: Record<string, number> = {};
  const distinct = new Map(outcome.afflictions.map(({ id, kind }) => [id, kind]));
  for (const kind of distinct.values()) faults[kind] = (faults[kind] ?? 0) + 1;
  const { judgement, sometimes, crossings, hash, windows, nights } = outcome;
  const { violations, overruns, foreignEdits, answers, deeds } = judgement;
  return {
    seed,
    mode: plan.mode,
    hash,
    second,
    windows,
    faults,
    violations,
    overruns,
    sometimes,
    crossings,
    foreignEdits,
    answers,
    deeds,
    nights,
  };
}
