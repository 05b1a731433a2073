import type { Dice } from './dice';
import type { FaultKindFacts, FaultPlan, Visit } from './plan';
import type { Theme } from './themeParts';
import { guardMs } from './units';

type Surroundings = {
  readonly visits: readonly Visit[];
  /** When the last activation ends. */
  readonly lastMs: number;
  readonly theme: Theme;
};

/** Swarm: each seed knows only some of the kinds of its theme, and some seeds none at all. */
export function drawFaults(
  dice: Dice,
  kinds: readonly FaultKindFacts[],
  { visits, lastMs, theme }: Surroundings,
): FaultPlan[] {
  if (dice.chance(0.04)) return [];
  const share = dice.pick(theme.shares);
  const own = kinds.filter(
    ({ name, onlyNamed = false }) => theme.kinds?.includes(name) ?? !onlyNamed,
  );
  const known = shuffled(
    dice,
    own.filter(() => dice.chance(share)),
  );
  if (known.length === 0) return [];
  const count = dice.int(theme.faults[0], theme.faults[1]);
  const faults = Array.from({ length: count }, (_item, id): FaultPlan => {
    // Each that is known comes once before any comes twice.
    const kind = known[id] ?? dice.pick(known);
    const visit = dice.pick(visits);
    const [forMin, forMax] = kind.forMs ?? [20_000, 60_000];
    const [timesMin, timesMax] = kind.times ?? [1, 3];
    return {
      kind: kind.name,
      id,
      atMs: Math.max(0, aimed(dice, kind, visit, lastMs)),
      forMs: dice.int(forMin, forMax),
      skip: dice.int(0, kind.skip ?? 3),
      times: dice.int(timesMin, timesMax),
    };
  });
  return faults.sort((one, other) => one.atMs - other.atMs || one.id - other.id);
}

function shuffled<Item>(dice: Dice, items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, key: dice.next() }));
  return keyed.toSorted((one, other) => one.key - other.key).map(({ item }) => item);
}

function aimed(dice: Dice, { aim }: FaultKindFacts, visit: Visit, lastMs: number): number {
  const { atMs, lengthMs, deactivateAtMs } = visit;
  const endMs = atMs + lengthMs;
  switch (aim) {
    case 'opening':
      return atMs + dice.int(-2_000, 12_000);
    case 'opened':
      return atMs + dice.int(30_000, 80_000);
    case 'closing': {
      const start = dice.chance(0.7) ? endMs - guardMs : (deactivateAtMs ?? endMs - guardMs);
      return start + dice.int(-15_000, 30_000);
    }
    case 'ending':
      return endMs - guardMs + dice.int(0, guardMs);
    case 'open':
      return atMs + 30_000 + dice.int(0, Math.max(1, lengthMs - guardMs - 60_000));
    case 'anywhere':
      return dice.int(0, lastMs);
  }
}
