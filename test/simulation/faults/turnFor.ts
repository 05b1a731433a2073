import type { Stage } from '../stage';

/** Knobs as they were before anybody turned them, and what turns them now, the first one first. */
type Turned = { readonly usual: object; readonly now: object[] };

const turned = new WeakMap<object, Turned>();

/**
 * Turns knobs for so many ms from now on. Several may turn the same ones at a time: when one is
 * over, what the others have turned stays so, and when all are, everything is as it was.
 */
export function turnFor<Knobs extends object>(
  { clock, isCalm }: Pick<Stage, 'clock' | 'isCalm'>,
  knobs: Knobs,
  changes: Partial<Knobs>,
  forMs: number,
): void {
  const held = turned.get(knobs) ?? { usual: { ...knobs }, now: [] };
  turned.set(knobs, held);
  held.now.push(changes);
  Object.assign(knobs, changes);
  clock.at(clock.now() + forMs, () => {
    held.now.splice(held.now.indexOf(changes), 1);
    if (held.now.length === 0) turned.delete(knobs);
    // Once faults have stopped nothing is turned any more.
    const left = isCalm() ? [] : held.now;
    const back = Object.assign({}, held.usual, ...left) as Knobs;
    for (const name of Object.keys(changes) as (keyof Knobs)[]) knobs[name] = back[name];
  });
}
