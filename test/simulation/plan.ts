import { diceOf, type Dice } from './dice';

/** How a run ends: `liveness`: faults and editors stop at a time, and then all must come to rest. */
export type Mode = 'safety' | 'liveness';

/** One activation and what its person does with it. Times in milliseconds from the start. */
export type Visit = {
  readonly person: number;
  readonly atMs: number;
  readonly lengthMs: number;
  /** Which machine's scope, or the whole group. */
  readonly scope: 'group' | number;
  readonly deactivateAtMs: number | null;
  readonly approval: 'none' | 'given' | 'pending';
  /** What is asked of the window itself, through the app. */
  readonly wish: Wish | null;
};

/** Somebody who holds a role, or asks for one, that opens nothing. Times from the start of the run. */
export type Other = {
  /**
   * `assigned`: for good, without PIM; `assigned by PIM`: without an activation; `same name`:
   * activates a role of the tenant's own that is called as Azure's is.
   */
  readonly kind: 'assigned' | 'assigned by PIM' | 'same name';
  readonly person: number;
  readonly atMs: number;
};

/** A wish about a window. `untilMs` from the start of the run; only extends have one. */
export type Wish = {
  readonly kind: 'close' | 'extend';
  readonly atMs: number;
  readonly untilMs: number;
};

/** One fault of the table, as it was drawn. What a number means is for its kind to say. */
export type FaultPlan = {
  readonly kind: string;
  /** Numbers the faults of a plan: each has a stream of chance of its own. */
  readonly id: number;
  readonly atMs: number;
  readonly forMs: number;
  readonly skip: number;
  readonly times: number;
};

/** Everything that decides a run, as plain data: the same plan gives the same run. */
export type Plan = {
  readonly seed: number;
  readonly mode: Mode;
  readonly startMs: number;
  readonly machines: readonly { readonly ownNsg: boolean }[];
  readonly subnetNsg: boolean;
  readonly ranges: boolean;
  readonly longestMinutes: number;
  /** Until the policy of the plan is deployed; before that windows are shorter. `null`: from the first. */
  readonly firstPolicy: { readonly longestMinutes: number; readonly untilMs: number } | null;
  readonly latency: {
    readonly put: number;
    readonly remove: number;
    readonly read: number;
    /** From a write to its answer. */
    readonly write: number;
  };
  readonly graphLagMs: number;
  readonly whenBusy: 'retryable' | 'conflict' | 'supersede';
  readonly conflicts: 'atOnce' | 'asynchronous';
  readonly door: 'webhook' | 'queue';
  readonly schema: 'EventGridSchema' | 'CloudEventSchemaV1_0';
  readonly polling: number | null;
  readonly visits: readonly Visit[];
  readonly others: readonly Other[];
  readonly faults: readonly FaultPlan[];
  /** When faults and editors stop, liveness only. */
  readonly calmAtMs: number;
};

/** A kind of fault as far as a plan has to know it. */
export type FaultKindFacts = {
  readonly name: string;
  /** Near what it is aimed; `anywhere` without aim. */
  readonly aim: 'opening' | 'closing' | 'ending' | 'open' | 'anywhere';
  /** How long it lasts, and how many crossings it strikes at most. */
  readonly forMs?: readonly [number, number];
  readonly times?: readonly [number, number];
  /** How many crossings that would do are let pass first, at most. */
  readonly skip?: number;
};

export const minute = 60_000;
export const guardMs = 180_000;
const firstStart = Date.parse('2026-01-01T10:00:00.000Z');

/**
 * Most lives are short: what goes wrong does so around an opening and around a close, and a quiet
 * minute between them costs as much to play as it proves little.
 */
const short = { beginMs: 3 * minute, lengthMs: [6 * minute, 8 * minute] } as const;
const long = { beginMs: 8 * minute, lengthMs: [8 * minute, 14 * minute] } as const;
const longShare = 0.15;

/** Draws the plan of a seed. */
export function drawPlan(seed: number, kinds: readonly FaultKindFacts[]): Plan {
  const dice = diceOf(seed);
  const shape = dice.fork('shape');
  const machines = Array.from({ length: shape.pick([1, 1, 2, 2, 3]) }, () => ({
    ownNsg: shape.chance(0.6),
  }));
  const subnetNsg = machines.every(({ ownNsg }) => !ownNsg) || shape.chance(0.5);
  const isLong = shape.chance(longShare);
  const drawn = drawVisits(dice.fork('visits'), machines.length, isLong);
  const visits = withSecond(dice.fork('second'), drawn);
  const last = Math.max(...visits.map(({ atMs, lengthMs }) => atMs + lengthMs));
  return {
    seed,
    mode: shape.chance(0.5) ? 'liveness' : 'safety',
    startMs: firstStart + shape.int(0, 59_999),
    machines,
    subnetNsg,
    ranges: shape.chance(0.3),
    longestMinutes: shape.chance(0.2) ? shape.int(6, isLong ? 10 : 7) : 180,
    firstPolicy: drawFirstPolicy(dice.fork('policy')),
    latency: {
      write: dice.fork('write').pick([0, 0, 3_000]),
      put: shape.pick([1_500, 4_000, 11_000]),
      remove: shape.pick([2_000, 4_000, 11_000]),
      read: shape.pick([0, 0, 40]),
    },
    graphLagMs: shape.pick([0, 0, 5_000, 60_000]),
    whenBusy: shape.pick(['retryable', 'conflict', 'supersede']),
    conflicts: shape.pick(['atOnce', 'asynchronous']),
    door: shape.pick(['webhook', 'queue']),
    schema: shape.pick(['EventGridSchema', 'CloudEventSchemaV1_0']),
    polling: shape.pick([null, 1_000, 5_000, 30_000]),
    visits,
    others: drawOthers(dice.fork('others')),
    faults: drawFaults(dice.fork('faults'), kinds, visits, last),
    calmAtMs: last + minute,
  };
}

function drawVisits(dice: Dice, machines: number, isLong: boolean): Visit[] {
  const isStorm = dice.chance(0.06);
  const count = isStorm ? dice.int(8, 14) : dice.int(4, 6);
  const span = isLong ? long : short;
  return Array.from({ length: count }, (_item, at): Visit => {
    const atMs = isStorm ? 5_000 + dice.int(0, 3_000) : dice.int(2_000, span.beginMs);
    const lengthMs = dice.int(span.lengthMs[0], span.lengthMs[1]);
    // Some activate by mistake, and give the role back before the port is open.
    const latestMs = dice.chance(0.25) ? 25_000 : lengthMs - 30_000;
    const early = dice.chance(0.3) ? atMs + dice.int(3_000, latestMs) : null;
    return {
      // The same person comes back now and then, so that two activations of one may overlap.
      person: isStorm ? at : dice.int(0, 5),
      atMs,
      lengthMs,
      scope: dice.chance(0.5) ? 'group' : dice.int(0, machines - 1),
      deactivateAtMs: early,
      approval: dice.chance(0.05) ? dice.pick(['given', 'pending']) : 'none',
      wish: dice.chance(0.3) ? drawWish(dice, atMs, lengthMs) : null,
    };
  });
}

/** Only where policy comes to allow more can a window be extended that ends with the activation. */
function drawFirstPolicy(dice: Dice): Plan['firstPolicy'] {
  if (!dice.chance(0.25)) return null;
  return { longestMinutes: dice.int(7, 9), untilMs: dice.int(minute, 5 * minute) };
}

/** Somebody holds two activations at once, and gives one back. */
function withSecond(dice: Dice, visits: Visit[]): Visit[] {
  const [first] = visits;
  if (first === undefined || !dice.chance(0.2)) return visits;
  const atMs = first.atMs + dice.int(5_000, 60_000);
  const lengthMs = 15 * minute;
  const second: Visit = { ...first, atMs, lengthMs, approval: 'none' };
  const endedMs = atMs + dice.int(60_000, 200_000);
  const scope = first.scope === 'group' ? 0 : 'group';
  const given = dice.int(0, 1);
  const both: Visit[] = [
    { ...first, approval: 'none' },
    { ...second, scope },
  ];
  const pair = both.map((one, at): Visit => ({
    ...one,
    wish: null,
    deactivateAtMs: at === given ? endedMs : null,
  }));
  return [...pair, ...visits.slice(1)];
}

function drawOthers(dice: Dice): Other[] {
  if (!dice.chance(0.15)) return [];
  const kind = dice.pick(['assigned', 'assigned by PIM', 'same name'] as const);
  return [{ kind, person: dice.int(6, 11), atMs: dice.int(2_000, 8 * minute) }];
}

function drawWish(dice: Dice, startMs: number, lengthMs: number): Wish {
  const latestMs = dice.chance(0.25) ? 30_000 : lengthMs - 60_000;
  const atMs = startMs + dice.int(5_000, latestMs);
  const untilMs = atMs + dice.int(2 * minute, 12 * minute);
  return { kind: dice.pick(['close', 'extend', 'extend']), atMs, untilMs };
}

/** Swarm: each seed knows only some of the kinds, and some seeds none at all. */
function drawFaults(
  dice: Dice,
  kinds: readonly FaultKindFacts[],
  visits: readonly Visit[],
  lastMs: number,
): FaultPlan[] {
  if (dice.chance(0.06)) return [];
  const share = dice.pick([0.1, 0.2, 0.35]);
  const known = kinds.filter(() => dice.chance(share));
  if (known.length === 0) return [];
  const count = dice.int(6, 18);
  const faults = Array.from({ length: count }, (_item, id): FaultPlan => {
    const kind = dice.pick(known);
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

function aimed(dice: Dice, { aim }: FaultKindFacts, visit: Visit, lastMs: number): number {
  const { atMs, lengthMs, deactivateAtMs } = visit;
  const endMs = atMs + lengthMs;
  switch (aim) {
    case 'opening':
      return atMs + dice.int(-2_000, 12_000);
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
