import { minute } from './units';

/**
 * What a seed is about. A rare situation needs several things at once: that nothing else disturbs
 * it, that lives are long enough for it, that the people in it do what leads there. A seed that
 * draws everything from one urn meets it once in thousands; a seed with a theme, every other time.
 */
export type Theme = {
  readonly name: string;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** The faults that belong to it; `null`: all there are. */
  readonly kinds: readonly string[] | null;
  /** How likely each of them is known to a seed; one of the list is picked. */
  readonly shares: readonly number[];
  readonly faults: readonly [number, number];
  /** People come within this time, and stay so long. */
  readonly beginMs: number;
  readonly lengthMs: readonly [number, number];
  readonly visits: readonly [number, number];
  readonly machines: readonly number[];
  /** Chances: given back early; of these by mistake, at once; an early end or a later one asked for. */
  readonly early: number;
  readonly mistakes: number;
  readonly closes: number;
  readonly extends: number;
  /** Chances: the scope is one machine; two activations at once; somebody whose role opens nothing. */
  readonly oneMachine: number;
  readonly pairs: number;
  readonly others: number;
  /** The chance that policy comes to allow longer windows than it did at first. */
  readonly growth: number;
  /** The chance that policy allows so few windows that some are refused for it. */
  readonly capped: number;
  /** Of two activations of one person: the second follows the first, at the same scope. */
  readonly again: number;
  /** The chance that policy names addresses to let in from; absent: 0.3. */
  readonly ranges?: number;
  /** Until a write is answered; absent: at once, or 3 s. */
  readonly writeMs?: readonly number[];
  /** Nothing is slow by itself: neither the engine's polling nor Resource Graph. */
  readonly isQuick: boolean;
};

/**
 * Most lives are short: what goes wrong does so around an opening and around a close, and a quiet
 * minute between them costs as much to play as it proves little.
 */
export const usual: Omit<Theme, 'name' | 'weight' | 'kinds'> = {
  shares: [0.7],
  faults: [6, 12],
  beginMs: 3 * minute,
  lengthMs: [6 * minute, 8 * minute],
  visits: [4, 6],
  machines: [1, 1, 2, 2, 3],
  early: 0.3,
  mistakes: 0.25,
  closes: 0.1,
  extends: 0.2,
  oneMachine: 0.5,
  pairs: 0.1,
  others: 0.1,
  growth: 0.1,
  capped: 0,
  again: 0,
  isQuick: false,
};
export const swarm = { kinds: null, shares: [0.1, 0.2, 0.35], faults: [8, 18] } as const;

export const deaths = [
  'host dies before an effect',
  'host dies before the acknowledgement',
  'host dies between two effects',
  'host dies in an activity',
  'worker dies in an activity',
  'worker dies at the end of an activity',
  'worker dies in an episode',
];
/** What must not disturb anybody, and may happen beside whatever is looked at. */
export const background = [
  'events duplicated',
  'event again, hours late',
  'forged write',
  'unknown schema',
  'activity executed twice at once',
  'another rule written',
  'one row per page',
];
/** Nothing that reconcile depends on: a change behind an open window must then be found in time. */
export const noticed = [
  'forged write',
  'unknown schema',
  'event again, hours late',
  'one row per page',
];

export const addressMoves = 'address given to another machine';
/** Lives that are long enough, and quiet enough, for a change to be noticed in them. */
export const change = {
  ...usual,
  shares: [1],
  faults: [5, 7],
  beginMs: minute,
  lengthMs: [10 * minute, 12 * minute],
  visits: [4, 5],
  machines: [2, 2, 3],
  early: 0,
  closes: 0,
  extends: 0,
  oneMachine: 0.8,
  pairs: 0,
  growth: 0,
  isQuick: true,
} as const;
