import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';
import { ledgerLosses, quietStretch } from './calm';
import { type History, partsOf, pathOf, type Stay } from './history';
import type { Circumstances, Violation } from './judge';
import { putPathsOf } from './strangers';

/** A period of the sweep, its reads, the pauses of the engine, a close. */
const undoneMs = 210_000;
/** What neither the sweep nor a close depends on. */
const besides = ['events', 'pim', 'people', 'strangers', 'deploy'];
/** What the app has sent already when somebody removes a rule may still arrive. */
const underWayMs = 120_000;

/** Rules of ours that somebody else wrote do not stand for long, and what was removed stays away. */
export function driftFaults(history: History, circumstances: Circumstances): Violation[] {
  return [...changed(history, circumstances), ...putAgain(history, circumstances)];
}

function changed(history: History, circumstances: Circumstances): Violation[] {
  const { plan, endMs } = circumstances;
  const own = putPathsOf(history);
  return history.stays.flatMap((stay) => {
    const { by, properties, fromMs, toMs, name } = stay;
    if (by !== 'others' || properties.access !== 'Allow' || !own.has(pathOf(stay))) return [];
    const ours = history.stays.findLast(
      (one) => one.by === 'app' && pathOf(one) === pathOf(stay) && one.fromMs <= fromMs,
    )?.properties;
    // Without its marker it goes at its window's time, and not before.
    if (ours === undefined || ours.description !== properties.description) return [];
    if (contentOf(ours) === contentOf(properties) && !isOver(history, stay)) return [];
    const lengthMs = undoneMs + plan.graphLagMs + (plan.polling ?? 0);
    if (quietStretch(fromMs, toMs ?? endMs, lengthMs, circumstances, besides) === null) return [];
    // With the ledger lost nobody knows what it was, and a signed rule goes at its own time: it does
    // not matter whether that was before somebody wrote it or after, if its window had begun.
    const first = history.stays.find((one) => one.by === 'app' && pathOf(one) === pathOf(stay));
    const begunMs = (first?.fromMs ?? fromMs) - underWayMs;
    if (ledgerLosses(circumstances).some((atMs) => atMs >= begunMs)) return [];
    const what = `${name} stood for ${lengthMs / 1_000} s as somebody else had written it`;
    return [{ invariant: 'drift is undone', what, atMs: fromMs }];
  });
}

function isOver({ lines }: Pick<History, 'lines'>, { name, fromMs }: Stay): boolean {
  return lines.some(
    ({ atMs, fields }) =>
      fields['event'] === 'window.closed' &&
      fields['windowId'] === partsOf(name)?.windowId &&
      atMs <= fromMs,
  );
}

/** Somebody's removal is respected: the window closes, and nobody puts the rule again. */
function putAgain({ writes, lines }: History, circumstances: Circumstances): Violation[] {
  if (ledgerLosses(circumstances).length > 0) return [];
  const removals = writes.filter(
    ({ by, method, existed }) => by === 'others' && method === 'DELETE' && existed,
  );
  // What nobody has read yet may never have arrived: it is put again until it is seen.
  const isProved = (path: string, atMs: number): boolean =>
    lines.some(
      ({ atMs: saidAt, fields: { event, nsgId, rule } }) =>
        event === 'rule.open' &&
        saidAt <= atMs &&
        path.toLowerCase() === pathOf({ nsgId: String(nsgId), name: String(rule) }),
    );
  return removals.flatMap(({ path, atMs }) => {
    if (!isProved(path, atMs)) return [];
    const again = writes.find(
      (one) =>
        one.by === 'app' &&
        one.method === 'PUT' &&
        one.path.toLowerCase() === path.toLowerCase() &&
        one.atMs > atMs + underWayMs &&
        one.properties?.access === 'Allow',
    );
    const what = `${path} was removed by somebody and put again`;
    return again === undefined ? [] : [{ invariant: 'drift is undone', what, atMs: again.atMs }];
  });
}

function contentOf({ description: _text, ...content }: SecurityRuleProperties): string {
  return JSON.stringify(
    Object.entries(content).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
