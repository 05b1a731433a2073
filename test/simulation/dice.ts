import { createHash } from 'node:crypto';
import { seededChance } from '../../local/chance';

/** One stream of chance; the same seed and name give the same stream in every process. */
export type Dice = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both possible. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** A stream of its own: what is drawn from it changes nothing here. */
  fork(name: string): Dice;
};

/** The one source of chance of a run. */
export function diceOf(seed: number | string): Dice {
  const next = seededChance(createHash('sha256').update(`dice|${seed}`).digest().readUInt32LE(0));
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new Error('Nothing can be picked from an empty list.');
      return item;
    },
    fork: (name) => diceOf(`${seed}|${name}`),
  };
}
