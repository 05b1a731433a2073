import { diceOf, type Dice } from '../dice';
import type { FaultKindFacts, FaultPlan, Plan, Visit } from '../plan';
import { minute } from '../units';
import { personOf } from './callers';
import { ErrandBook } from './drawErrands';
import type { Errand } from './errand';

/** Of so many seeds people call as well. Which ones follows from the seed, and moves no other draw. */
const share = 0.25;

/** The plan with people who call, in the seeds in which anybody does. */
export function withErrands(plan: Plan, kinds: readonly FaultKindFacts[]): Plan {
  const dice = diceOf(plan.seed).fork('calls');
  if (!dice.chance(share)) return plan;
  const own = Array.from({ length: dice.int(1, 3) }, () => callersVisit(dice, plan));
  const book = new ErrandBook(dice, plan);
  const meant = own.map((visit, at) => book.visit(visit, `caller-${at}`));
  for (const [at, visit] of plan.visits.entries()) {
    if (dice.chance(0.2)) meant.push(book.visit(visit, `visitor-${at}`));
  }
  const lastMs = Math.max(...own.map(({ atMs, lengthMs }) => atMs + lengthMs));
  for (let left = dice.int(1, 3); left > 0; left--) {
    const who = dice.pick(['stranger', 'stranger', dice.int(0, 11)] as const);
    const of = dice.pick(meant);
    // Whoever asks in their own name is no stranger to what they get.
    if (who !== of.person) book.strange(who, of, dice.int(40_000, lastMs - 4 * minute));
  }
  if (dice.chance(0.5)) {
    const of = dice.pick(meant);
    const { objectId } = personOf(of.person);
    book.administer(of, dice.int(60_000, lastMs - 4 * minute), objectId);
  }
  const errands = book.errands.toSorted((one, other) => one.atMs - other.atMs);
  return {
    ...plan,
    visits: [...plan.visits, ...own],
    errands,
    faults: [...plan.faults, ...drawn(dice, plan, kinds, errands)],
    calmAtMs: Math.max(plan.calmAtMs, lastMs + minute),
  };
}

/** Long enough for a window of one's own, and for more time to be asked for. */
function callersVisit(dice: Dice, { machines }: Plan): Visit {
  const atMs = dice.int(2_000, 2 * minute);
  const lengthMs = dice.int(10 * minute, 14 * minute);
  return {
    person: dice.int(0, 11),
    atMs,
    lengthMs,
    scope: dice.chance(0.3) ? dice.int(0, machines.length - 1) : 'group',
    deactivateAtMs: dice.chance(0.25) ? atMs + dice.int(2 * minute, lengthMs - 2 * minute) : null,
    approval: 'none',
    wish: null,
  };
}

/** What goes wrong with calls, near calls. */
function drawn(
  dice: Dice,
  plan: Plan,
  kinds: readonly FaultKindFacts[],
  errands: readonly Errand[],
): FaultPlan[] {
  const own = kinds.filter(({ ofCalls }) => ofCalls);
  if (own.length === 0) return [];
  const writes = errands.filter(({ door }) => door !== 'listWindows' && door !== 'getWindow');
  const first = Math.max(-1, ...plan.faults.map(({ id }) => id)) + 1;
  return Array.from({ length: dice.int(2, 6) }, (_item, at) => {
    const kind = dice.pick(own);
    const [timesMin, timesMax] = kind.times ?? [1, 2];
    return {
      kind: kind.name,
      id: first + at,
      atMs: Math.max(0, dice.pick(writes).atMs - dice.int(0, 3_000)),
      forMs: dice.int(30_000, 120_000),
      skip: dice.int(0, kind.skip ?? 0),
      times: dice.int(timesMin, timesMax),
    };
  });
}
