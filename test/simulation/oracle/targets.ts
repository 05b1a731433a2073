import type { History, Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { crowdMs } from './crowd';
import { isGranted } from './requested';
import { quietStretch } from './calm';

/** Two periods of reconcile, the reads, a close. */
const movedMs = 240_000;
/** What reconcile does not depend on. */
const besides = ['events', 'pim', 'people', 'strangers'];

/**
 * A rule lets in to addresses: all of them are, but for a while, those of machines that were
 * granted.
 */
export function targetFaults(
  activation: Activation,
  stays: readonly Stay[],
  { addresses: noted, writes }: History,
  circumstances: Circumstances,
): Violation[] {
  const { endMs, plan } = circumstances;
  // Of several changes at one moment only the last one's outcome ever stood.
  const addresses = noted.filter(({ atMs }, at) => noted[at + 1]?.atMs !== atMs);
  const usualMs = movedMs + plan.graphLagMs + (plan.polling ?? 0);
  return stays.flatMap((stay) => {
    if (stay.properties.access === 'Deny' || stay.by !== 'app') return [];
    const { destinationAddressPrefix: one, destinationAddressPrefixes: many = [] } =
      stay.properties;
    const reached = [...many, one ?? ''].map((text) => text.replace(/\/32$/, ''));
    const goneMs = stay.toMs ?? endMs;
    const isAway = ({ held }: History['addresses'][number]): boolean => {
      const own = [...held].filter(([vmId]) => isGranted(activation, vmId));
      const granted = new Set(own.flatMap(([, theirs]) => theirs));
      return reached.some((text) => text !== '' && !granted.has(text));
    };
    const moved = addresses.find(
      (change, at) =>
        change.atMs < goneMs && (addresses[at + 1]?.atMs ?? endMs) > stay.fromMs && isAway(change),
    );
    if (moved === undefined) return [];
    const fromMs = Math.max(moved.atMs, stay.fromMs);
    const next = addresses.find(({ atMs }) => atMs > moved.atMs)?.atMs ?? goneMs;
    const untilMs = Math.min(next, goneMs);
    // One move may concern many windows, and an NSG deletes one rule after the other.
    const lengthMs = usualMs + crowdMs(writes, fromMs, untilMs, plan);
    if (quietStretch(fromMs, untilMs, lengthMs, circumstances, besides) === null) return [];
    const what = `${stay.name} led to nobody in ${activation.scope} for more than ${lengthMs / 1_000} s`;
    return [{ invariant: 'rule shape', what, atMs: moved.atMs }];
  });
}
