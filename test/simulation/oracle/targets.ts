import type { History, Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { quietStretch } from './calm';

/** Two periods of reconcile, the reads, a close. */
const movedMs = 240_000;
/** What reconcile does not depend on. */
const besides = ['events', 'pim', 'people', 'strangers'];

/** A rule lets in to addresses: none of them may for long be a machine's that nobody was granted. */
export function targetFaults(
  { scope }: Activation,
  stays: readonly Stay[],
  { addresses }: History,
  circumstances: Circumstances,
): Violation[] {
  const { endMs, plan } = circumstances;
  const lengthMs = movedMs + plan.graphLagMs + (plan.polling ?? 0);
  return stays.flatMap((stay) => {
    if (stay.properties.access === 'Deny') return [];
    const { destinationAddressPrefix: one, destinationAddressPrefixes: many = [] } =
      stay.properties;
    const reached = [...many, one ?? ''].map((text) => text.replace(/\/32$/, ''));
    const goneMs = stay.toMs ?? endMs;
    const moved = addresses.find(({ atMs, held }) => {
      const others = [...held].filter(([vmId]) => !vmId.startsWith(scope.toLowerCase()));
      return (
        atMs < goneMs && others.some(([, theirs]) => theirs.some((text) => reached.includes(text)))
      );
    });
    if (moved === undefined) return [];
    const fromMs = Math.max(moved.atMs, stay.fromMs);
    const next = addresses.find(({ atMs }) => atMs > moved.atMs)?.atMs ?? goneMs;
    const untilMs = Math.min(next, goneMs);
    if (quietStretch(fromMs, untilMs, lengthMs, circumstances, besides) === null) return [];
    const what = `${stay.name} led to a machine outside ${scope} for more than ${lengthMs / 1_000} s`;
    return [{ invariant: 'rule shape', what, atMs: moved.atMs }];
  });
}
