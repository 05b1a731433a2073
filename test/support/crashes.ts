import type { Ledger } from '../../shared/ports/ledger';
import type { IntakeWorld } from './intakeWorld';

/** Thrown where a process is meant to have died: nobody may catch it and go on. */
export class Crash extends Error {}

type When = 'before' | 'after';

/**
 * Makes the world die at its `point`-th call of ledger, directory, inventory or engine: before the
 * effect, or after it and before the answer. Once only: what is run after the crash finds
 * everything alive. Answers how many calls there were, and the ledger as an onlooker sees it.
 */
export function crashAt(
  world: IntakeWorld,
  point: number,
  when: When,
): { calls: () => number; ledger: Ledger } {
  let calls = 0;
  let dead = false;
  const doomed =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1;
      const here = calls === point && !dead;
      if (here) dead = true;
      if (here && when === 'before') throw new Crash();
      const result = await call(...args);
      if (here) throw new Crash();
      return result;
    };
  const wrapped = (holder: object): object =>
    Object.fromEntries(
      Object.entries(holder).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'function'
          ? doomed(value.bind(holder) as (...args: unknown[]) => Promise<unknown>)
          : wrapped(Object(value)),
      ]),
    );
  const { ledger, directory, inventory, starter } = world;
  Object.assign(world, {
    ledger: wrapped(ledger),
    directory: wrapped(directory),
    inventory: wrapped(inventory),
  });
  Object.assign(starter, wrapped(starter));
  return { calls: () => calls, ledger };
}
