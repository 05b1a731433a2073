import type { History, Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { quietStretch } from './calm';

/** An early end is effective within this time where nothing is disturbed. */
const earlyEndMs = 210_000;
/** After a disturbance: a look that was lost is found by reconcile, which comes each minute. */
const recoveryMs = 150_000;

/** Given back or asked to close: gone in time, or as long after whatever disturbed it. */
export function earlyFaults(
  { endedMs, windowId }: Activation,
  stays: readonly Stay[],
  { accepted }: History,
  circumstances: Circumstances,
): Violation[] {
  const { plan, endMs: runEndMs, afflictions } = circumstances;
  // Timers of a host that polls seldom are half a minute late each.
  if ((plan.polling ?? 0) > 5_000) return [];
  const asked = accepted.filter((one) => one.windowId === windowId && one.untilMs === null);
  const ends = [...(endedMs === null ? [] : [endedMs]), ...asked.map(({ atMs }) => atMs)];
  const isLost = afflictions.some(({ kind }) => kind === 'ledger lost');
  return ends.flatMap((fromMs) => {
    const late = stays.filter((stay) => {
      const goneMs = stay.toMs ?? runEndMs;
      if (goneMs <= fromMs + earlyEndMs || stay.by !== 'app') return false;
      const sinceMs = Math.max(fromMs, stay.fromMs);
      const isUndisturbed = quietStretch(fromMs, fromMs + earlyEndMs, earlyEndMs, circumstances);
      if (isUndisturbed !== null) return stay.fromMs < fromMs + earlyEndMs;
      return (
        !isLost && quietStretch(sinceMs, goneMs, earlyEndMs + recoveryMs, circumstances) !== null
      );
    });
    return late.map(({ name }) => ({
      invariant: 'early end',
      what: `${name} stood more than ${earlyEndMs / 1_000} s after an early end`,
      atMs: fromMs,
    }));
  });
}
