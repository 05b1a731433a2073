import { diceOf, type Dice } from '../dice';
import type { FaultKindFacts, FaultPlan, Plan } from '../plan';
import { minute } from '../units';
import type { NightErrand, NightMachine, NightPlan } from './nightPlan';
import { recipeNames, recipeOf, type RecipeName } from './recipes';

/** Of so many seeds a remediator runs beside. Which ones follows from the seed, and moves no draw. */
const share = 0.1;

/** The plan with a night, in the seeds in which there is one. */
export function withNight(plan: Plan, kinds: readonly FaultKindFacts[]): Plan {
  const dice = diceOf(plan.seed).fork('night');
  if (!dice.chance(share)) return plan;
  const errands = drawErrands(dice.fork('errands'));
  const lastMs = Math.max(...errands.map(({ atMs }) => atMs));
  return {
    ...plan,
    night: drawNight(dice, errands),
    faults: [...plan.faults, ...drawn(dice.fork('faults'), plan, kinds, errands)],
    calmAtMs: Math.max(plan.calmAtMs, lastMs + 8 * minute),
  };
}

function drawNight(dice: Dice, errands: NightErrand[]): NightPlan {
  // Two nights of an hour and a half each take longer than they tell.
  const runs = errands.filter(({ what }) => /night|start|run/.test(what)).length;
  const isQuick = dice.chance(0.85) || runs > 1;
  return {
    machines: drawMachines(dice.fork('machines')),
    scope: dice.pick(['subscription', 'group']),
    defaultOutbound: dice.pick(['refuse', 'accept']),
    firstNight: dice.chance(0.15) ? 'dryRun' : 'fix',
    mayKeepIdentities: dice.chance(0.8),
    latency: {
      patch: dice.pick([4_000, 12_000]),
      install: dice.pick([20_000, 60_000, 120_000]),
    },
    installLimitMs: isQuick ? dice.int(4, 10) * minute : 90 * minute,
    silentAgentMs: isQuick ? dice.int(2, 6) * minute : 20 * minute,
    errands,
  };
}

function drawMachines(dice: Dice): NightMachine[] {
  const bag = recipeNames.flatMap((name) =>
    Array.from({ length: recipeOf(name).weight ?? 1 }, () => name),
  );
  const picked = Array.from({ length: dice.int(10, 40) }, (): RecipeName => dice.pick(bag));
  // One twin alone is none.
  const twins = picked.includes('twin') ? ['twin' as const] : [];
  return [...picked, ...twins].map((recipe, at) => ({
    name: `night-${at + 1}`,
    recipe,
    standing: dice.chance(0.12) ? dice.pick(['once', 'paused', 'quarantined']) : 'none',
  }));
}

function drawErrands(dice: Dice): NightErrand[] {
  const one = (
    what: NightErrand['what'],
    run: number | null = null,
    range: readonly [number, number] = [2_000, 4 * minute],
  ): NightErrand => ({
    atMs: dice.int(...range),
    what,
    run,
    isTwice: dice.chance(0.2),
  });
  const errands: NightErrand[] = [];
  if (dice.chance(0.7)) errands.push(one('night', null, [2_000, 40_000]));
  const starts = errands.length === 0 ? dice.int(1, 3) : dice.int(0, 2);
  for (let run = 0; run < starts; run++) {
    const kinds = ['start', 'start', 'start some', 'dry run', 'start elsewhere'] as const;
    errands.push(one(dice.pick(kinds), run));
  }
  if (dice.chance(0.3)) errands.push(one('next night', null, [30_000, 6 * minute]));
  if (dice.chance(0.35)) {
    const run = starts > 0 && dice.chance(0.5) ? dice.int(0, starts - 1) : null;
    errands.push(one('cancel', run, [10_000, 5 * minute]));
  }
  if (dice.chance(0.3)) errands.push(one('release'));
  if (dice.chance(0.2)) errands.push(one('garbage'));
  if (dice.chance(0.1)) errands.push(one('stale', 90));
  return errands.toSorted((first, second) => first.atMs - second.atMs);
}

/** What goes wrong with the night, while it works. */
function drawn(
  dice: Dice,
  plan: Plan,
  kinds: readonly FaultKindFacts[],
  errands: readonly NightErrand[],
): FaultPlan[] {
  const own = kinds.filter(({ ofNight }) => ofNight);
  // Some nights are calm, so that what must come of one can be said.
  if (own.length === 0 || dice.chance(0.15)) return [];
  const known = own.filter(() => dice.chance(0.5));
  const from = known.length === 0 ? own : known;
  const first = Math.max(-1, ...plan.faults.map(({ id }) => id)) + 1;
  return Array.from({ length: dice.int(3, 14) }, (_item, at) => {
    const kind = dice.pick(from);
    const [forMin, forMax] = kind.forMs ?? [60_000, 300_000];
    const [timesMin, timesMax] = kind.times ?? [1, 4];
    const begun = dice.pick(errands).atMs;
    return {
      kind: kind.name,
      id: first + at,
      // It begins within ten seconds, and most of its writes leave in the first minutes.
      atMs: begun + (dice.chance(0.75) ? dice.int(0, 80_000) : dice.int(0, 5 * minute)),
      forMs: dice.int(forMin, forMax),
      skip: dice.int(0, kind.skip ?? 2),
      times: dice.int(timesMin, timesMax),
    };
  });
}
