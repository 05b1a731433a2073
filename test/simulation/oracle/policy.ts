import { left, type Narrowing } from '../policies';
import { ledgerLosses, quietStretch } from './calm';
import { type History, partsOf, type Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';

/** A period of reconcile, its run, the pauses of the engine, a close. */
const closedMs = 210_000;
/** What reconcile and a close do not depend on. */
const besides = ['events', 'pim', 'people', 'strangers'];

/** A policy that allows less is obeyed by windows that stand: they are closed soon. */
export function policyFaults(
  { stays }: Pick<History, 'stays'>,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const { deployments, endMs } = circumstances;
  const losses = ledgerLosses(circumstances);
  return deployments.flatMap(({ narrowing, atMs }, at) => {
    if (narrowing === null) return [];
    const nextMs = deployments[at + 1]?.atMs ?? endMs;
    return stays.flatMap((stay) => {
      const activation = activations.find((one) => one.windowId === partsOf(stay.name)?.windowId);
      if (activation === undefined || stay.by !== 'app' || stay.properties.access === 'Deny') {
        return [];
      }
      const fromMs = Math.max(stay.fromMs, atMs);
      const toMs = Math.min(stay.toMs ?? endMs, nextMs);
      if (toMs <= fromMs || isAllowed(narrowing, stay, activation)) return [];
      // A rule whose row is lost is only adopted: nobody knows what it was granted for.
      if (losses.some((lostMs) => lostMs >= stay.fromMs && lostMs <= toMs)) return [];
      const lengthMs = closedMs + (circumstances.plan.polling ?? 0);
      if (quietStretch(fromMs, toMs, lengthMs, circumstances, besides) === null) return [];
      const what = `${stay.name} stood for ${lengthMs / 1_000} s against the policy (${narrowing})`;
      return [{ invariant: 'policy is obeyed', what, atMs }];
    });
  });
}

function isAllowed(narrowing: Narrowing, { properties }: Stay, { scope }: Activation): boolean {
  switch (narrowing) {
    case 'one port': {
      const { destinationPortRange: one, destinationPortRanges: many = [] } = properties;
      return [...many, ...(one ? [one] : [])].every((port) => port === left.port);
    }
    case 'one machine':
      return scope.toLowerCase() === left.machine.toLowerCase();
    case 'no addresses of activations': {
      const { sourceAddressPrefix: one, sourceAddressPrefixes: many = [] } = properties;
      return [...many, one ?? ''].every((prefix) => !prefix.startsWith('203.0.113.'));
    }
  }
}
