import { guardMs, settleMs } from '../units';
import { type History, partsOf, pathOf, type Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { deadlineOf } from './overrun';
import { putPathsOf } from './strangers';

/** Of what may happen meanwhile this keeps nobody from turning a rule into a Deny. */
const besides = ['people', 'strangers', 'events'];
const locks = new Set(['locked for an hour', 'locked, moved, and its place taken']);

/**
 * A lock keeps the rule in place, but not its content: where nothing else is in the way, it is a
 * Deny by its deadline and lets nobody in.
 */
export function disarmedFaults(
  history: Pick<History, 'stays' | 'writes'>,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const own = putPathsOf(history);
  return activations.flatMap((activation) => {
    const deadlineMs = deadlineOf(activation, history, circumstances);
    if (deadlineMs > circumstances.endMs) return [];
    return history.stays
      .filter(
        (stay) =>
          stay.by === 'app' &&
          stay.properties.access === 'Allow' &&
          partsOf(stay.name)?.windowId === activation.windowId &&
          own.has(pathOf(stay)) &&
          (stay.toMs ?? circumstances.endMs) > deadlineMs &&
          isOnlyLocked(stay, deadlineMs, circumstances),
      )
      .map(({ name }) => ({
        invariant: 'what cannot be deleted is disarmed',
        what: `${name} let its person in past its deadline, and nothing but a lock was in the way`,
        atMs: deadlineMs,
      }));
  });
}

function isOnlyLocked(
  { fromMs }: Stay,
  deadlineMs: number,
  { afflictions, outages }: Circumstances,
): boolean {
  const since = Math.min(fromMs, deadlineMs - guardMs - settleMs);
  const felt = afflictions.filter(
    ({ group, atMs, untilMs }) =>
      !besides.includes(group) && atMs <= deadlineMs && untilMs >= since,
  );
  // Whoever is dead for ever sends no Deny, and a ledger that was lost knows of no window.
  const isWhole = !afflictions.some(({ group }) => group === 'ledger' || group === 'clock');
  const isAlone = felt.length > 0 && felt.every(({ kind }) => locks.has(kind));
  return isWhole && isAlone && outages.every(({ fromMs: downMs }) => downMs > deadlineMs);
}
