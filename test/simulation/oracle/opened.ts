import { vmId } from '../../../local/estate';
import type { Plan } from '../plan';
import { guardMs, minute, settleMs } from '../units';
import { quietStretch } from './calm';
import { type History, partsOf } from './history';
import type { Activation, Circumstances, Violation } from './judge';

/** An activation that nothing disturbs has its rules within this time. */
const openMs = 150_000;
/** What was disturbed so long before may still be felt: budgets, pauses, questions that are open. */
const feltMs = 10 * minute;
const besides = ['people', 'strangers'];

/** Whoever activates gets in: an app that opens nothing would keep every other promise. */
export function openedFaults(
  { stays, accepted }: Pick<History, 'stays' | 'accepted'>,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const { plan, endMs: runEndMs, deployments } = circumstances;
  if ((plan.polling ?? 0) > 5_000 || plan.graphLagMs > 5_000) return [];
  return activations.flatMap(({ windowId, startMs, endMs, endedMs, scope }) => {
    const toMs = startMs + openMs;
    const longestMs = (plan.firstPolicy ?? plan).longestMinutes * minute;
    const lengthMs = Math.min((endedMs ?? endMs) - startMs, longestMs);
    const fromMs = Math.max(plan.startMs, startMs - feltMs);
    const isAsked = accepted.some((one) => one.windowId === windowId && one.atMs < toMs);
    const isLong = lengthMs > guardMs + settleMs + openMs && toMs < runEndMs;
    const isPossible = isLong && !isAsked && hasNsg(plan, scope);
    const isNarrowed = deployments.some(({ narrowing, atMs }) => narrowing && atMs < toMs);
    if (!isPossible || isNarrowed) return [];
    if (quietStretch(fromMs, toMs, toMs - fromMs, circumstances, besides) === null) return [];
    const isOpen = stays.some(
      ({ name, fromMs: since }) => partsOf(name)?.windowId === windowId && since <= toMs,
    );
    const what = `the window ${windowId} had no rule after ${openMs / 1_000} s of quiet`;
    return isOpen ? [] : [{ invariant: 'whoever activates gets in', what, atMs: toMs }];
  });
}

/** A machine without an NSG anywhere on its path gets no rule: there is nothing to open. */
function hasNsg({ machines, subnetNsg }: Plan, scope: string): boolean {
  return machines.some(
    ({ ownNsg }, at) =>
      (ownNsg || subnetNsg) &&
      vmId(`vm-${at + 1}`)
        .toLowerCase()
        .startsWith(scope.toLowerCase()),
  );
}
