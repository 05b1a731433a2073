import { diceOf, type Dice } from './dice';
import { drawFaults } from './drawFaults';
import type { Errand } from './http/errand';
import { withErrands } from './http/withErrands';
import type { NightPlan } from './night/nightPlan';
import { withNight } from './night/withNight';
import type { Theme } from './themeParts';
import { themes } from './themes';
import { minute } from './units';
import { drawFirstPolicy, drawOthers, drawVisits, withPair } from './visits';

/** What policy says of the number of windows. */
export type Caps = { readonly windowsPerPerson: number; readonly windows: number };

/** How a run ends: `liveness`: faults and editors stop at a time, and then all must come to rest. */
export type Mode = 'safety' | 'liveness';

/** One activation and what its person does with it. Times in milliseconds from the start. */
export type Visit = {
  readonly person: number;
  readonly atMs: number;
  readonly lengthMs: number;
  /** Which machine's scope, or the whole group. */
  readonly scope: 'group' | number;
  /** The other role that opens: somebody may hold both at one scope. Absent: the administrator's. */
  readonly role?: 'user';
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
  /** What the seed is about. */
  readonly theme: string;
  readonly mode: Mode;
  readonly startMs: number;
  readonly machines: readonly { readonly ownNsg: boolean }[];
  readonly subnetNsg: boolean;
  readonly ranges: boolean;
  readonly longestMinutes: number;
  /** How many windows may live at once, of one person and in all. */
  readonly caps: Caps;
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
  /** Calls of the API; none in most seeds. */
  readonly errands: readonly Errand[];
  /** The remediator app beside; `null` in most seeds. */
  readonly night: NightPlan | null;
  readonly faults: readonly FaultPlan[];
  /** When faults and editors stop, liveness only. */
  readonly calmAtMs: number;
};

/** A kind of fault as far as a plan has to know it. */
export type FaultKindFacts = {
  readonly name: string;
  /** Near what it is aimed; `anywhere` without aim. */
  readonly aim: 'opening' | 'opened' | 'closing' | 'ending' | 'open' | 'anywhere';
  /** How long it lasts, and how many crossings it strikes at most. */
  readonly forMs?: readonly [number, number];
  readonly times?: readonly [number, number];
  /** How many crossings that would do are let pass first, at most. */
  readonly skip?: number;
  /** So dear to play that only a theme that names it draws it. */
  readonly onlyNamed?: boolean;
  /** Something about calls of the API: drawn where people call, and nowhere else. */
  readonly ofCalls?: boolean;
  /** Something about the night: drawn where there is one, and nowhere else. */
  readonly ofNight?: boolean;
};

const firstStart = Date.parse('2026-01-01T10:00:00.000Z');

/** Draws the plan of a seed. */
export function drawPlan(seed: number, kinds: readonly FaultKindFacts[]): Plan {
  const dice = diceOf(seed);
  const shape = dice.fork('shape');
  const theme = drawTheme(dice.fork('theme').next());
  const machines = Array.from({ length: shape.pick(theme.machines) }, () => ({
    ownNsg: shape.chance(0.6),
  }));
  const subnetNsg = machines.every(({ ownNsg }) => !ownNsg) || shape.chance(0.5);
  const firstPolicy = drawFirstPolicy(dice.fork('policy'), theme);
  const drawn = drawVisits(dice.fork('visits'), machines.length, theme, firstPolicy);
  const visits = withPair(dice.fork('second'), drawn, theme);
  const last = Math.max(...visits.map(({ atMs, lengthMs }) => atMs + lengthMs));
  const { isQuick } = theme;
  const plan: Plan = {
    seed,
    theme: theme.name,
    mode: shape.chance(0.5) ? 'liveness' : 'safety',
    startMs: firstStart + shape.int(0, 59_999),
    machines,
    subnetNsg,
    ranges: shape.chance(theme.ranges ?? 0.3),
    longestMinutes: drawLongest(shape, firstPolicy),
    caps: drawCaps(dice.fork('caps'), theme),
    firstPolicy,
    latency: {
      write: dice.fork('write').pick(theme.writeMs ?? [0, 0, 3_000]),
      put: shape.pick([1_500, 4_000, 11_000]),
      remove: shape.pick([2_000, 4_000, 11_000]),
      read: shape.pick([0, 0, 40]),
    },
    graphLagMs: shape.pick(isQuick ? [0, 0, 5_000] : [0, 0, 5_000, 60_000]),
    whenBusy: shape.pick(['retryable', 'conflict', 'supersede']),
    conflicts: shape.pick(['atOnce', 'asynchronous']),
    door: shape.pick(['webhook', 'queue']),
    schema: shape.pick(['EventGridSchema', 'CloudEventSchemaV1_0']),
    polling: shape.pick(isQuick ? [null, 1_000, 5_000] : [null, 1_000, 5_000, 30_000]),
    visits,
    others: drawOthers(dice.fork('others'), visits, theme),
    errands: [],
    night: null,
    faults: drawFaults(dice.fork('faults'), kinds, { visits, lastMs: last, theme }),
    calmAtMs: last + minute,
  };
  return withNight(withErrands(plan, kinds), kinds);
}

/** What policy allows from a deployment on must be asked for in vain as well, or nobody knows its end. */
function drawLongest(dice: Dice, firstPolicy: Plan['firstPolicy']): number {
  if (firstPolicy !== null)
    return dice.chance(0.5) ? firstPolicy.longestMinutes + dice.int(1, 3) : 180;
  return dice.chance(0.2) ? dice.int(6, 9) : 180;
}

/** Few enough to be met, in some seeds; else more than anybody asks for. */
function drawCaps(dice: Dice, { capped }: Theme): Caps {
  const many = { windowsPerPerson: 10, windows: 100 };
  if (!dice.chance(capped)) return many;
  return dice.pick([
    { ...many, windowsPerPerson: 1 },
    { ...many, windows: dice.int(1, 3) },
  ]);
}

/** By their weights. */
function drawTheme(chance: number): Theme {
  const sum = themes.reduce((total, { weight }) => total + weight, 0);
  let left = chance * sum;
  const drawn = themes.find(({ weight }) => (left -= weight) < 0) ?? themes.at(-1);
  if (drawn === undefined) throw new Error('There are no themes.');
  return drawn;
}
