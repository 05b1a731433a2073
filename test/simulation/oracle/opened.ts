import { vmId } from '../../../local/estate';
import type { Plan } from '../plan';
import { guardMs, minute, settleMs } from '../units';
import { quietStretch } from './calm';
import { mayBeCapped } from './caps';
import { crowdMs } from './crowd';
import { type History, partsOf } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { isGranted } from './requested';

/** An activation that nothing disturbs has its rules within this time. */
const openMs = 150_000;
/** What was disturbed so long before may still be felt: budgets, pauses, questions that are open. */
const feltMs = 10 * minute;
const besides = ['people', 'strangers'];
/** Where no event told of it: two periods of reconcile instead, as it may be listed late. */
const foundMs = openMs + 90_000;
const besidesEvents = [...besides, 'events', 'pim'];
/** Somebody was faster at a priority: another is planned, once nothing of before can land any more. */
const conflict = 'priority taken between read and write';
const conflictMs = settleMs + 30_000;
/** More than these in one run may be more than one window plans again. */
const conflictsMax = 4;
/** So many windows may leave no place for another close. */
const crowd = 8;
/** A question whether it has ended keeps whatever is not open yet waiting. */
const asks = new Set(['forged delete', 'same id, other body']);

type Opened = Pick<History, 'stays' | 'accepted' | 'writes' | 'lines'>;

function isFull({ lines }: Pick<History, 'lines'>, { windowId }: Activation): boolean {
  return lines.some(
    ({ fields }) => fields['windowId'] === windowId && fields['refusal'] === 'closesFull',
  );
}

/**
 * Whoever activates gets in: an app that opens nothing would keep every other promise. Events only
 * make it faster: without them reconcile finds what opens, where no address has to be told.
 */
export function openedFaults(
  history: Opened,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const { plan, afflictions } = circumstances;
  if ((plan.polling ?? 0) > 5_000 || plan.graphLagMs > 5_000) return [];
  const isFound = plan.ranges && !afflictions.some(({ kind }) => asks.has(kind));
  return activations.flatMap((activation) => {
    // Nobody else has been told that there is a window.
    if (activation.request?.isPromised === false) return [];
    if (mayBeCapped(activation, activations, circumstances)) return [];
    // Where many end together there may be no place for another close: it is refused, and told so.
    if (activations.length >= crowd && isFull(history, activation)) return [];
    const told =
      unopened(history, activation, circumstances, openMs, besides) ??
      unopenedAfterConflicts(history, activation, circumstances);
    if (told !== null || !isFound) return told ?? [];
    return unopened(history, activation, circumstances, foundMs, besidesEvents) ?? [];
  });
}

/** The same where nothing disturbed it but others who took the priorities that it had planned. */
function unopenedAfterConflicts(
  history: Opened,
  activation: Activation,
  circumstances: Circumstances,
): Violation[] | null {
  const { afflictions } = circumstances;
  const others = afflictions.filter(({ kind }) => kind !== conflict);
  const conflicts = afflictions.length - others.length;
  if (conflicts === 0 || conflicts > conflictsMax) return null;
  const withinMs = openMs + conflicts * conflictMs;
  return unopened(
    history,
    activation,
    { ...circumstances, afflictions: others },
    withinMs,
    besides,
  );
}

/** What is wrong if the window has no rule within this time of quiet; `null` if it has, or need not. */
function unopened(
  { stays, accepted, writes, lines }: Opened,
  activation: Activation,
  circumstances: Circumstances,
  quietMs: number,
  ignored: readonly string[],
): Violation[] | null {
  const { windowId, startMs, endMs, endedMs } = activation;
  const { plan, endMs: runEndMs, deployments } = circumstances;
  const withinMs =
    quietMs +
    crowdMs(writes, startMs, startMs + quietMs, plan) +
    againMs({ writes, lines }, windowId, startMs + quietMs);
  const toMs = startMs + withinMs;
  const longestMs = (plan.firstPolicy ?? plan).longestMinutes * minute;
  const lengthMs = Math.min((endedMs ?? endMs) - startMs, longestMs);
  const fromMs = Math.max(plan.startMs, startMs - feltMs);
  const isAsked = accepted.some((one) => one.windowId === windowId && one.atMs < toMs);
  const isLong = lengthMs > guardMs + settleMs + withinMs && toMs < runEndMs;
  if (isAsked || !isLong || !hasNsg(plan, activation)) return null;
  if (deployments.some(({ narrowing, atMs }) => narrowing && atMs < toMs)) return null;
  if (quietStretch(fromMs, toMs, toMs - fromMs, circumstances, ignored) === null) return null;
  const isOpen = stays.some(
    ({ name, fromMs: since }) => partsOf(name)?.windowId === windowId && since <= toMs,
  );
  if (isOpen) return null;
  const what = `the window ${windowId} had no rule after ${withinMs / 1_000} s of quiet`;
  return [{ invariant: 'whoever activates gets in', what, atMs: toMs }];
}

/**
 * A PUT that another write has superseded may land until it has settled; then it is sent again. So
 * is one whose priority another window of ours has got, planned at the same moment.
 */
function againMs(
  { writes, lines }: Pick<Opened, 'writes' | 'lines'>,
  windowId: string,
  toMs: number,
): number {
  const superseded = writes.filter(
    ({ method, path, outcome, atMs }) =>
      method === 'PUT' && outcome === 'canceled' && atMs <= toMs && path.includes(windowId),
  );
  const replanned = lines.filter(
    ({ atMs, fields: { event, windowId: of } }) =>
      event === 'rule.replanned' && of === windowId && atMs <= toMs,
  );
  return Math.max(superseded.length, replanned.length) * conflictMs;
}

/** A machine without an NSG anywhere on its path gets no rule: there is nothing to open. */
function hasNsg({ machines, subnetNsg }: Plan, activation: Activation): boolean {
  return machines.some(
    ({ ownNsg }, at) =>
      (ownNsg || subnetNsg) && isGranted(activation, vmId(`vm-${at + 1}`).toLowerCase()),
  );
}
