import type { History, Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { ledgerLosses, quietStretch } from './calm';

/** An early end is effective within this time where nothing is disturbed. */
const earlyEndMs = 210_000;
/** After a disturbance: a look that was lost is found by reconcile, which comes each minute. */
const recoveryMs = 150_000;

/** What disturbs nobody who closes; whoever was asked by a person needs no event either. */
const ofPeople = ['people', 'strangers', 'turns'];
const ofOthers = [...ofPeople, 'events', 'pim'];

/** Given back or asked to close: gone in time, or as long after whatever disturbed it. */
export function earlyFaults(
  { endedMs, windowId }: Activation,
  stays: readonly Stay[],
  { accepted }: History,
  circumstances: Circumstances,
): Violation[] {
  const { plan, endMs: runEndMs } = circumstances;
  // Timers of a host that polls seldom are half a minute late each.
  if ((plan.polling ?? 0) > 5_000) return [];
  const asked = accepted.filter((one) => one.windowId === windowId && one.untilMs === null);
  const ends = [
    // Where no event tells of it, reconcile finds out by itself, later.
    ...(endedMs === null ? [] : [{ fromMs: endedMs, besides: ofPeople }]),
    ...asked.map(({ atMs }) => ({ fromMs: atMs, besides: ofOthers })),
  ];
  const losses = ledgerLosses(circumstances);
  return ends.flatMap(({ fromMs, besides }) => {
    // Nobody knows any more whose rules these are: they go by their markers, at their deadline.
    if (losses.some((atMs) => atMs <= fromMs)) return [];
    const late = stays.filter((stay) => {
      const goneMs = stay.toMs ?? runEndMs;
      if (goneMs <= fromMs + earlyEndMs || stay.by !== 'app') return false;
      const sinceMs = Math.max(fromMs, stay.fromMs);
      const quietFor = (from: number, to: number, ms: number): boolean =>
        quietStretch(from, to, ms, circumstances, besides) !== null;
      if (quietFor(fromMs, fromMs + earlyEndMs, earlyEndMs))
        return stay.fromMs < fromMs + earlyEndMs;
      const enoughMs = earlyEndMs + recoveryMs;
      return (
        losses.length === 0 &&
        quietStretch(sinceMs, goneMs, enoughMs, circumstances, ofOthers) !== null
      );
    });
    return late.map(({ name }) => ({
      invariant: 'early end',
      what: `${name} stood more than ${earlyEndMs / 1_000} s after an early end`,
      atMs: fromMs,
    }));
  });
}
