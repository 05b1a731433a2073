import type { Plan } from './plan';
import { playSafely } from './seeds';

/** Does the plan still fail in the same way? */
export type Fails = (plan: Plan) => Promise<boolean>;

/** The smallest plan that still fails: faults are taken out, then visits, first many, then one. */
export async function shrink(plan: Plan, fails: Fails): Promise<Plan> {
  const fewer = await without(plan.faults, async (faults) => fails({ ...plan, faults }));
  const calm = { ...plan, faults: fewer };
  const visits = await without(calm.visits, async (some) =>
    some.length === 0 ? false : fails({ ...calm, visits: some }),
  );
  return { ...calm, visits };
}

/** The list without whatever can be left out. */
async function without<Item>(
  items: readonly Item[],
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let left = items;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < left.length;) {
      const fewer = [...left.slice(0, at), ...left.slice(at + size)];
      if (await fails(fewer)) left = fewer;
      else at += size;
    }
  }
  return left;
}

/** Fails as the seed did: the same invariant is violated. */
export function failsAlike(invariants: ReadonlySet<string>, quietMs: number): Fails {
  return async (plan) => {
    const { judgement } = await playSafely(plan, { quietMs });
    return judgement.violations.some(({ invariant }) => invariants.has(invariant));
  };
}

/** The story of a plan as people read it: who did what and what went wrong, in order. */
export async function tellStory(plan: Plan, quietMs: number): Promise<string> {
  const { lines, judgement } = await playSafely(plan, { trace: true, quietMs });
  const told = lines.filter((line) => /^[\d.]+ (?:visit|fault|host|log)/.test(line));
  const { visits, faults, seed, mode, latency, door, polling, graphLagMs } = plan;
  return [
    `seed ${seed}, ${mode}; ${JSON.stringify({ latency, door, polling, graphLagMs })}`,
    ...visits.map((visit) => `  visit ${JSON.stringify(visit)}`),
    ...faults.map((fault) => `  fault ${JSON.stringify(fault)}`),
    ...told
      .filter((line) => !/log (?:sweep|reconcile)\.done/.test(line))
      .map((line) => `  ${line}`),
    ...judgement.violations.map(({ invariant, what }) => `  ${invariant}: ${what}`),
  ].join('\n');
}
