import { type History, partsOf, sentPutOf } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { guardMs, settleMs } from '../units';

/** A confirmation may be this old when the PUT leaves, and the request under way for a while. */
const confirmationMs = 30_000;
const underWayMs = 21_000;

/** Every PUT that opens had a reason, and came in time. */
export function reasonFaults(
  { writes, puts }: Pick<History, 'writes' | 'puts'>,
  activations: readonly Activation[],
  { staleMs, afflictions }: Circumstances,
): Violation[] {
  // Where the host's clock is wrong by less than a minute it is believed.
  const clockMs = afflictions.some(({ group }) => group === 'clock') ? 60_000 : 0;
  // What Azure cancelled opened nothing, and the write log does not keep what it would have been.
  const opening = writes.filter(
    ({ by, method, status, properties, outcome, effectiveAtMs }) =>
      by === 'app' &&
      method === 'PUT' &&
      status < 300 &&
      properties?.access !== 'Deny' &&
      (effectiveAtMs !== null || outcome === null),
  );
  return opening.flatMap((write) => {
    const { path } = write;
    const sent = sentPutOf({ puts }, write);
    // Until it has taken effect the write log does not say what a write will make of the rule.
    if (sent?.body.includes('"access":"Deny"')) return [];
    const atMs = sent?.atMs ?? write.atMs;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const activation = activations.find((one) => one.windowId === partsOf(name)?.windowId);
    if (activation === undefined) {
      return [{ invariant: 'every open had a reason', what: `${name}: no activation`, atMs }];
    }
    const { startMs, endMs, endedMs } = activation;
    const lastMs = (endedMs ?? endMs) + confirmationMs + staleMs + underWayMs + clockMs;
    const found: Violation[] = [];
    if (atMs < startMs || atMs > lastMs) {
      const what = `${name} was put while the activation did not stand`;
      found.push({ invariant: 'every open had a reason', what, atMs });
    }
    if (atMs > endMs - guardMs - settleMs + underWayMs + clockMs) {
      const what = `${name} was put after its last moment`;
      found.push({ invariant: 'no late PUT', what, atMs });
    }
    return found;
  });
}
