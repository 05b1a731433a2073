import { guardMs } from '../units';
import { isShortened } from './activations';
import { quietStretch } from './calm';
import { type History, partsOf, type Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { deadlineOf } from './overrun';

/** A period of reconcile, its two questions, the guard, and what an engine may be late. */
const noticedMs = guardMs + 180_000;
/** So long before a window's end PIM is asked whether it is a later one by now. */
const askedMs = 480_000;
/** Whoever follows a later end is no earlier than this at its close. */
const slackMs = 60_000;
/** Nobody is told of a moved end: neither events nor what people do can matter. */
const besides = ['people', 'strangers', 'events', 'audit'];

/** A window follows an end that is moved: by an earlier one it is gone, a later one it reaches. */
export function movedFaults(
  history: Pick<History, 'stays' | 'writes' | 'lines'>,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const { plan, afflictions } = circumstances;
  if ((plan.polling ?? 0) > 5_000 || plan.graphLagMs > 5_000) return [];
  if (afflictions.some(({ group }) => group === 'clock' || group === 'ledger')) return [];
  return activations.flatMap((activation) => {
    if (activation.request !== undefined) return [];
    const stays = history.stays.filter(
      ({ name, by, properties }) =>
        by === 'app' &&
        properties.access === 'Allow' &&
        partsOf(name)?.windowId === activation.windowId,
    );
    return [
      ...outlived(stays, activation, circumstances),
      ...notFollowed(stays, activation, history, circumstances),
    ];
  });
}

function outlived(
  stays: readonly Stay[],
  { moved }: Activation,
  circumstances: Circumstances,
): Violation[] {
  if (!isShortened(moved)) return [];
  const { atMs, toMs: endMs } = moved;
  if (endMs - atMs < noticedMs || !isQuiet(atMs, endMs, circumstances)) return [];
  return stays
    .filter(({ fromMs, toMs }) => fromMs < atMs && (toMs ?? Infinity) > endMs)
    .map(({ name }) => ({
      invariant: 'early end',
      what: `${name} stood past the earlier end of its activation`,
      atMs: endMs,
    }));
}

function notFollowed(
  stays: readonly Stay[],
  activation: Activation,
  history: Pick<History, 'writes' | 'lines'>,
  circumstances: Circumstances,
): Violation[] {
  const { moved, windowId, endedMs } = activation;
  if (moved === undefined || moved.toMs <= moved.fromMs || endedMs !== null) return [];
  const endMs = deadlineOf(activation, history, circumstances);
  const closesMs = endMs - guardMs - slackMs;
  // Where policy ends the window sooner nobody asks.
  if (closesMs <= moved.fromMs || moved.fromMs - moved.atMs < askedMs) return [];
  if (!isQuiet(moved.atMs - askedMs, moved.fromMs, circumstances)) return [];
  const gone = Math.max(0, ...stays.map(({ toMs }) => toMs ?? Infinity));
  const why = history.lines.find(
    ({ fields }) => fields['event'] === 'window.closing' && fields['windowId'] === windowId,
  );
  if (gone === 0 || gone > moved.fromMs || why?.fields['reason'] !== 'expired') return [];
  const what = `${windowId} was closed at an end that its activation had no more`;
  return [{ invariant: 'a later end is followed', what, atMs: gone }];
}

function isQuiet(fromMs: number, toMs: number, circumstances: Circumstances): boolean {
  const begun = Math.max(fromMs, circumstances.plan.startMs);
  return quietStretch(begun, toMs, toMs - begun, circumstances, besides) !== null;
}
