import { auditFaults } from './faults/audit';
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
  /** Nothing is slow by itself: neither the engine's polling nor Resource Graph. */
  readonly isQuick: boolean;
};

/**
 * Most lives are short: what goes wrong does so around an opening and around a close, and a quiet
 * minute between them costs as much to play as it proves little.
 */
const usual: Omit<Theme, 'name' | 'weight' | 'kinds'> = {
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
  isQuick: false,
};
const swarm = { kinds: null, shares: [0.1, 0.2, 0.35], faults: [8, 18] } as const;

const deaths = [
  'host dies before an effect',
  'host dies before the acknowledgement',
  'host dies between two effects',
  'host dies in an activity',
  'worker dies in an activity',
  'worker dies at the end of an activity',
  'worker dies in an episode',
];
/** What must not disturb anybody, and may happen beside whatever is looked at. */
const background = [
  'events duplicated',
  'event again, hours late',
  'forged write',
  'unknown schema',
  'activity executed twice at once',
  'another rule written',
  'one row per page',
];
/** Nothing that reconcile depends on: a change behind an open window must then be found in time. */
const noticed = ['forged write', 'unknown schema', 'event again, hours late', 'one row per page'];

const addressMoves = 'address given to another machine';
/** Lives that are long enough, and quiet enough, for a change to be noticed in them. */
const change = {
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

/** Every theme. */
export const themes: readonly Theme[] = [
  { ...usual, ...swarm, name: 'anything', weight: 30 },
  {
    ...usual,
    ...swarm,
    name: 'anything, at length',
    weight: 5,
    beginMs: 8 * minute,
    lengthMs: [8 * minute, 14 * minute],
  },
  {
    ...usual,
    name: 'extends',
    weight: 14,
    kinds: [
      'worker dies at the end of an activity',
      'host dies before the acknowledgement',
      'worker dies asleep',
      'answer after 20 s',
      'ledger write unacknowledged',
      'deployment in mid-window',
      'rule deleted',
      'activity executed again later',
      'asked to close while a write is under way',
      'asked for more while a write is under way',
      ...background,
    ],
    shares: [0.15, 0.4],
    faults: [4, 9],
    beginMs: minute,
    lengthMs: [11 * minute, 15 * minute],
    visits: [4, 5],
    early: 0.1,
    closes: 0,
    extends: 0.9,
    growth: 0.85,
  },
  { ...change, name: 'an address moves', weight: 4, kinds: [addressMoves, ...noticed] },
  {
    ...change,
    name: 'machines and policy change',
    weight: 8,
    kinds: [
      addressMoves,
      'NSG of an interface swapped',
      'VM deleted',
      'policy narrowed in mid-window',
      ...noticed,
    ],
    shares: [0.5],
    faults: [3, 6],
  },
  {
    ...change,
    name: 'a rule changes, and nothing else',
    weight: 6,
    kinds: ['rule opened to everybody', 'priority of a rule changed', 'marker damaged', ...noticed],
    shares: [0.8],
    faults: [4, 6],
  },
  {
    ...change,
    name: 'locks, and nothing else',
    weight: 3,
    kinds: ['locked for an hour', 'forged write', 'unknown schema', 'event again, hours late'],
  },
  {
    ...usual,
    name: 'the sweep alone, without an index',
    weight: 3,
    kinds: ['ledger lost', 'Resource Graph fails for long', 'forged write', 'unknown schema'],
    shares: [1],
    faults: [5, 6],
    isQuick: true,
  },
  {
    ...usual,
    name: 'policies',
    weight: 5,
    kinds: [
      'deployment of a policy that is too wide',
      'deployment in mid-window',
      'policy narrowed in mid-window',
      ...noticed,
    ],
    shares: [0.7],
    faults: [4, 7],
    visits: [4, 5],
    early: 0,
    isQuick: true,
  },
  {
    ...change,
    name: 'closed early, and told again',
    weight: 5,
    kinds: ['event again after an early end', 'events duplicated', ...noticed],
    visits: [3, 4],
    lengthMs: [13 * minute, 15 * minute],
  },
  {
    ...usual,
    name: 'what is read is not there',
    weight: 5,
    kinds: ['404 stale read', 'read-back still old', ...noticed],
    shares: [1],
    faults: [5, 8],
  },
  {
    ...usual,
    name: 'who may what',
    weight: 12,
    kinds: [
      'events lost',
      'events out of order',
      'listed 20 s late',
      'role assignment GUID used again',
      'same id, other body',
      'forged delete',
      'event again after an early end',
      'list lacks an activation once',
      'event handler fails',
      'unreadable event',
      ...background,
    ],
    shares: [0.2, 0.4],
    faults: [3, 7],
    beginMs: 2 * minute,
    lengthMs: [12 * minute, 14 * minute],
    visits: [4, 4],
    early: 0.4,
    mistakes: 0.5,
    closes: 0.2,
    extends: 0,
    pairs: 0.7,
    others: 0.9,
    isQuick: true,
  },
  {
    ...usual,
    name: 'writes under way',
    weight: 12,
    kinds: [
      ...deaths,
      'asked to close while a write is under way',
      'given back while a write is under way',
      'host dies after a PUT, and the window is given up',
      'PUT lands late',
      'sent after 20 s',
      'answer after 20 s',
      'reset after',
      '503 after',
      'operation failed but lands',
      'operation cancelled',
      'read-back still old',
    ],
    shares: [0.25, 0.5],
    early: 0.4,
    mistakes: 0.5,
    isQuick: true,
  },
  {
    ...usual,
    name: 'asked at the worst moment',
    weight: 9,
    kinds: [
      'asked to close while a write is under way',
      'asked for more while a write is under way',
      'given back while a write is under way',
      'rows written slowly',
      'forged write',
      'unknown schema',
      'unreadable event',
      'event again, hours late',
    ],
    faults: [5, 9],
    lengthMs: [10 * minute, 13 * minute],
    visits: [4, 5],
    closes: 0.2,
    extends: 0.5,
    growth: 0.6,
    isQuick: true,
  },
  {
    ...usual,
    name: 'sleepers',
    weight: 10,
    kinds: [
      'steps fail for four minutes',
      'instance terminated',
      'instance purged',
      'instance stuck',
      'task hub wiped',
      'startNew lost',
      'startNew fails',
      'worker dies in an episode',
      'result redelivered late',
      'worker dies asleep',
      'timers 0.84 s early, 30 s late',
    ],
    shares: [0.5],
    faults: [5, 9],
    beginMs: 2 * minute,
    lengthMs: [8 * minute, 14 * minute],
  },
  {
    ...change,
    name: 'the last of its turns',
    weight: 5,
    kinds: ['steps fail for a quarter of an hour', 'worker dies in an episode', ...noticed],
    faults: [6, 8],
    visits: [2, 3],
    lengthMs: [16 * minute, 17 * minute],
  },
  {
    ...usual,
    name: 'refusals',
    weight: 10,
    kinds: [
      '429',
      '429 Retry-After 2',
      '429 Retry-After 3600',
      '429 Retry-After soon',
      '403',
      '404 stale read',
      '409 AnotherOperationInProgress',
      '412',
      'reserve reached',
      'locked for an hour',
      'down for 10 min',
      'operation failed',
      'operation superseded',
      'operation never ends',
      'NSGs cannot be read for long',
      'body truncated',
      'HTML',
      'timers 0.84 s early, 30 s late',
    ],
    shares: [0.2, 0.4],
  },
  {
    ...usual,
    name: 'others use the budget up',
    weight: 4,
    kinds: ['reserve reached', ...noticed],
    shares: [1],
    faults: [5, 7],
    extends: 0,
  },
  {
    ...usual,
    name: 'rules that somebody touches',
    weight: 10,
    kinds: [
      'rule copied under another name of our form',
      'rule copied to another NSG',
      'rule whose name goes on after ours',
      'rule opened to everybody',
      'priority of a rule changed',
      'marker damaged',
      'rule deleted',
      'rule created again by somebody',
      'whole NSG written with rules of before',
      'whole NSG written without our rules',
      'priority taken between read and write',
      'ledger lost',
      'task hub wiped',
    ],
    shares: [0.3, 0.5],
  },
  {
    ...usual,
    name: 'the main app dies for ever',
    weight: 5,
    kinds: [
      'main app dead for ever',
      'rule copied under another name of our form',
      'marker damaged',
      'another rule written',
      'events duplicated',
      'forged write',
      '429',
      '503 before',
    ],
    shares: [0.6],
    faults: [5, 9],
  },
  {
    ...usual,
    name: 'nothing can be recorded',
    weight: 6,
    kinds: [...auditFaults.map(({ name }) => name), 'host dies between two effects'],
    shares: [0.5, 0.8],
    faults: [4, 9],
    extends: 0.5,
  },
];
