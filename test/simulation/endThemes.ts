import { change, noticed, type Theme, usual } from './themeParts';
import { minute } from './units';

/** Themes of how activations end, and of what PIM shows of it. */
export const endThemes: readonly Theme[] = [
  {
    ...usual,
    name: 'ends that nobody tells of',
    weight: 4,
    kinds: ['ends not delivered', 'events lost', 'listed 20 s late', 'forged delete', ...noticed],
    shares: [0.6],
    faults: [5, 7],
    beginMs: 2 * minute,
    lengthMs: [12 * minute, 14 * minute],
    visits: [2, 3],
    machines: [1, 1, 2],
    closes: 0,
    extends: 0,
    pairs: 1,
    again: 1,
    isQuick: true,
  },
  {
    ...change,
    name: 'an administrator moves an end',
    weight: 5,
    kinds: ['end made an earlier one', 'end made a later one', ...noticed],
    beginMs: 3 * minute,
    lengthMs: [6 * minute, 14 * minute],
    growth: 0.3,
  },
  {
    ...change,
    name: 'told of an end that was none, and of none that was',
    weight: 3,
    kinds: ['forged delete, and a true one that is lost', ...noticed],
    shares: [1],
    faults: [6, 9],
    beginMs: minute,
    lengthMs: [14 * minute, 16 * minute],
    visits: [2, 3],
  },
  {
    ...usual,
    name: 'lists that lack what stands',
    weight: 3,
    kinds: ['lists lack an activation for 20 s', 'forged write', 'unknown schema'],
    shares: [1],
    faults: [5, 8],
    lengthMs: [10 * minute, 12 * minute],
    early: 0,
    isQuick: true,
  },
];
