import { measuredMs, mayHaveDied } from './calm';
import { type History, sentAtOf } from './history';
import type { Circumstances, Violation } from './judge';

/** While clocks are known to disagree by minutes nobody can say what stands: nothing is opened. */
export function skewFaults(
  { writes, puts }: Pick<History, 'writes' | 'puts'>,
  circumstances: Pick<Circumstances, 'afflictions' | 'outages'>,
): Violation[] {
  const wrong = circumstances.afflictions.filter(({ group }) => group === 'clock');
  // A new process knows of no skew until it is answered.
  if (wrong.length !== 1 || mayHaveDied(circumstances)) return [];
  return wrong.flatMap(({ kind, ...skew }) => {
    if (kind !== 'skew of 5 min') return [];
    const opening = writes.filter(
      ({ by, method, properties, status }) =>
        by === 'app' && method === 'PUT' && status < 300 && properties?.access !== 'Deny',
    );
    return opening.flatMap((write) => {
      const atMs = sentAtOf({ puts }, write);
      if (atMs < skew.atMs + measuredMs || atMs > skew.untilMs) return [];
      const what = `${write.path} was put while the clocks disagreed by five minutes`;
      return [{ invariant: 'no open while clocks disagree', what, atMs }];
    });
  });
}
