import { guardMs } from '../units';
import { quietStretch } from './calm';
import { byAppAt, type History, ownRulePath, pathOf } from './history';
import type { Circumstances, Violation } from './judge';
import { markedUntilMs } from './marked';

/** A timer, an episode, a read before the first DELETE. */
const slackMs = 45_000;
/** Whoever closes early on the NSG may keep the turn for so long. */
const turnMs = 30_000;
const besides = ['events', 'pim', 'people', 'strangers'];

/** Closing begins at the guard: what is left of it is for what may go wrong. */
export function guardFaults(
  { stays, writes }: Pick<History, 'stays' | 'writes'>,
  circumstances: Circumstances,
): Violation[] {
  const { plan, endMs } = circumstances;
  const isSlow = (plan.polling ?? 0) > 5_000;
  if (isSlow) return [];
  return stays.flatMap(({ by, name, nsgId, properties, toMs, fromMs }) => {
    const untilMs = markedUntilMs(properties);
    const beginMs = untilMs - guardMs;
    const lastMs = beginMs + slackMs;
    if (by !== 'app' || properties.access === 'Deny' || !Number.isFinite(untilMs)) return [];
    if (fromMs > beginMs || lastMs > endMs || (toMs !== null && toMs <= lastMs)) return [];
    // Who sleeps for a window may be lost by what happened long before: then the sweep is in time.
    const livedMs = lastMs - fromMs;
    const quiet = quietStretch(fromMs, lastMs, livedMs, circumstances, besides);
    if (quiet === null) return [];
    const path = pathOf({ nsgId, name });
    const isAsked = byAppAt({ writes }, { nsgId, name }, 'DELETE').some(
      ({ atMs }) => atMs <= lastMs + queueMs(),
    );
    const what = `${name} was not deleted within ${slackMs / 1_000} s from its guard on`;
    return isAsked ? [] : [{ invariant: 'closing begins at the guard', what, atMs: beginMs }];

    /** On one NSG a DELETE waits for those before it, and for a turn that was taken just before. */
    function queueMs(): number {
      const nsg = `${nsgId}/`.toLowerCase();
      const others = writes.filter(
        (one) =>
          one.by === 'app' &&
          one.method === 'DELETE' &&
          ownRulePath.test(one.path) &&
          one.status < 300 &&
          one.path.toLowerCase().startsWith(nsg) &&
          one.path.toLowerCase() !== path &&
          one.atMs >= beginMs - turnMs &&
          one.atMs <= lastMs,
      );
      const before = others.filter(({ atMs }) => atMs >= beginMs);
      const heldMs = before.length < others.length ? turnMs : 0;
      return heldMs + before.length * (plan.latency.write + plan.latency.remove);
    }
  });
}
