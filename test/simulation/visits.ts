import type { Dice } from './dice';
import type { Other, Plan, Visit, Wish } from './plan';
import type { Theme } from './themeParts';
import { minute } from './units';

/** A window is closed so long before its deadline, and no PUT is sent so long before that. */
const lastPutMs = 5 * minute;

/** The activations of a seed, and what their people do with them. */
export function drawVisits(
  dice: Dice,
  machines: number,
  theme: Theme,
  firstPolicy: Plan['firstPolicy'],
): Visit[] {
  const isStorm = theme.kinds === null && dice.chance(0.06);
  const count = isStorm ? dice.int(8, 14) : dice.int(theme.visits[0], theme.visits[1]);
  return Array.from({ length: count }, (_item, at): Visit => {
    const atMs = isStorm ? 5_000 + dice.int(0, 3_000) : dice.int(2_000, theme.beginMs);
    const lengthMs = dice.int(theme.lengthMs[0], theme.lengthMs[1]);
    // Some activate by mistake, and give the role back before the port is open.
    const latestMs = dice.chance(theme.mistakes) ? 25_000 : lengthMs - 30_000;
    const early = dice.chance(theme.early) ? atMs + dice.int(3_000, latestMs) : null;
    return {
      // The same person comes back now and then, so that two activations of one may overlap.
      person: isStorm ? at : dice.int(0, 5),
      atMs,
      lengthMs,
      scope: dice.chance(theme.oneMachine) ? dice.int(0, machines - 1) : 'group',
      deactivateAtMs: early,
      approval: dice.chance(0.05) ? dice.pick(['given', 'pending']) : 'none',
      wish: drawWish(dice, theme, { atMs, lengthMs, firstPolicy }),
    };
  });
}

/** Only where policy comes to allow more can a window be extended that ends with the activation. */
export function drawFirstPolicy(dice: Dice, { growth }: Theme): Plan['firstPolicy'] {
  if (!dice.chance(growth)) return null;
  return { longestMinutes: dice.int(8, 10), untilMs: dice.int(minute, 2 * minute) };
}

/** Somebody holds two activations at once, and gives one back; or comes again where they just left. */
export function withPair(dice: Dice, visits: Visit[], { pairs, again }: Theme): Visit[] {
  const [first] = visits;
  if (first === undefined || !dice.chance(pairs)) return visits;
  if (again > 0 && dice.chance(again)) return [...twice(dice, first), ...visits.slice(1)];
  const endedMs = first.atMs + dice.int(65_000, 130_000);
  const given = dice.int(0, 1);
  const second: Visit = {
    ...first,
    atMs: first.atMs + dice.int(5_000, 60_000),
    lengthMs: first.lengthMs + minute,
  };
  const elsewhere: Visit = { ...second, scope: first.scope === 'group' ? 0 : 'group' };
  const both = [first, dice.chance(0.5) ? elsewhere : { ...second, role: 'user' as const }];
  const pair = both.map((one, at): Visit => ({
    ...one,
    approval: 'none',
    wish: null,
    deactivateAtMs: at === given ? endedMs : null,
  }));
  return [...pair, ...visits.slice(1)];
}

/** Given back while the window is open, and activated again at once: nobody may have told of the end. */
function twice(dice: Dice, first: Visit): Visit[] {
  const deactivateAtMs = first.atMs + dice.int(65_000, 130_000);
  const one: Visit = { ...first, approval: 'none', wish: null };
  const atMs = deactivateAtMs + dice.int(1_000, 10_000);
  return [
    { ...one, deactivateAtMs },
    { ...one, atMs, deactivateAtMs: null },
  ];
}

/** People whose roles open nothing; with luck somebody who holds one that does, beside it. */
export function drawOthers(dice: Dice, visits: readonly Visit[], { others }: Theme): Other[] {
  if (!dice.chance(others)) return [];
  return Array.from({ length: dice.int(1, 3) }, (): Other => {
    const kind = dice.pick(['assigned', 'assigned by PIM', 'same name', 'same name'] as const);
    const visit = dice.pick(visits);
    // Beside an activation that is given back: what keeps its window, if anything does?
    const given = visits.find(({ deactivateAtMs }) => deactivateAtMs !== null);
    const isBeside = kind === 'same name' && dice.chance(0.5);
    const { person, atMs } = given ?? visit;
    return isBeside
      ? { kind, person, atMs: atMs + dice.int(1_000, 30_000) }
      : { kind, person: dice.int(6, 11), atMs: dice.int(2_000, 8 * minute) };
  });
}

function drawWish(
  dice: Dice,
  theme: Theme,
  life: Pick<Visit, 'atMs' | 'lengthMs'> & Pick<Plan, 'firstPolicy'>,
): Wish | null {
  const chance = dice.next();
  const { atMs: startMs, lengthMs, firstPolicy } = life;
  if (chance < theme.closes) {
    const latestMs = dice.chance(0.25) ? 30_000 : lengthMs - minute;
    return { kind: 'close', atMs: startMs + dice.int(5_000, latestMs), untilMs: 0 };
  }
  if (chance >= theme.closes + theme.extends) return null;
  if (firstPolicy === null || startMs > firstPolicy.untilMs || dice.chance(0.15)) {
    const atMs = startMs + dice.int(5_000, lengthMs - minute);
    return { kind: 'extend', atMs, untilMs: atMs + dice.int(2 * minute, 12 * minute) };
  }
  // Once policy allows more, and while a PUT may still be sent: what is asked can then be had.
  const endsMs = startMs + firstPolicy.longestMinutes * minute;
  const fromMs = Math.max(firstPolicy.untilMs + 10_000, startMs + 30_000);
  const atMs = dice.int(fromMs, Math.max(fromMs, endsMs - lastPutMs - 20_000));
  const lastMs = startMs + lengthMs;
  return { kind: 'extend', atMs, untilMs: dice.int(Math.min(endsMs, lastMs), lastMs) };
}
