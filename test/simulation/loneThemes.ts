import { type Theme, usual } from './themeParts';
import { minute } from './units';

/** Themes of one thing that must be seen alone: whatever else happened would excuse what it does. */
export const loneThemes: readonly Theme[] = [
  {
    ...usual,
    name: 'a clock that is wrong, and nothing else',
    weight: 4,
    kinds: ['skew of 5 min', 'forged write', 'unknown schema'],
    shares: [1],
    faults: [2, 3],
    beginMs: 5 * minute,
    isQuick: true,
  },
  {
    ...usual,
    name: 'found without a word, and too early',
    weight: 4,
    kinds: ['events lost', 'listed 20 s late', 'forged write', 'unknown schema'],
    shares: [1],
    faults: [4, 6],
    lengthMs: [12 * minute, 14 * minute],
    early: 0,
    closes: 0,
    // Nobody's address has to be told.
    ranges: 1,
    isQuick: true,
  },
];
