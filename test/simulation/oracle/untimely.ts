import { guardMs } from '../units';
import { ledgerLosses, mayHaveDied } from './calm';
import { type History, ownRulePath, partsOf, pathOf } from './history';
import type { Circumstances, Violation } from './judge';
import { markedUntilMs } from './marked';

/** The clock of whoever deletes, and a line that is written a little later. */
const slackMs = 15_000;
/** What is said of a window, or asked of the app, before one of its rules is deleted. */
const reasons = new Set([
  'window.closing',
  'window.closeWished',
  'window.targetRefused',
  'wish.close',
  'window.closed',
]);

/** No rule is deleted long before its marker's time without a word of why. */
export function untimelyFaults(
  { stays, writes, lines }: Pick<History, 'stays' | 'writes' | 'lines'>,
  circumstances: Pick<Circumstances, 'afflictions' | 'outages'>,
): Violation[] {
  // Whoever dies before its line has had its reason; what others changed is closed in silence.
  if (mayHaveDied(circumstances, ['editors', 'clock'])) return [];
  if (ledgerLosses(circumstances).length > 0) return [];
  return writes.flatMap(({ by, method, path, status, atMs, existed }) => {
    if (by !== 'app' || method !== 'DELETE' || status >= 300 || !existed) return [];
    if (!ownRulePath.test(path)) return [];
    const stay = stays.find(
      (one) =>
        pathOf(one) === path.toLowerCase() && one.fromMs <= atMs && (one.toMs ?? atMs) >= atMs,
    );
    if (stay === undefined || stay.by !== 'app' || stay.properties.access === 'Deny') return [];
    const untilMs = markedUntilMs(stay.properties);
    if (!(atMs < untilMs - guardMs - slackMs)) return [];
    const windowId = partsOf(stay.name)?.windowId;
    const isTold = lines.some(
      ({ fields, atMs: saidAt }) =>
        saidAt <= atMs + slackMs &&
        reasons.has(String(fields['event'])) &&
        fields['windowId'] === windowId,
    );
    if (isTold) return [];
    const early = Math.round((untilMs - atMs) / 1_000);
    const what = `${stay.name} was deleted ${early} s before its time, and nobody said why`;
    return [{ invariant: 'nothing goes before its time', what, atMs }];
  });
}
