import type { WindowLimits } from '../grant';
import type { LiveClose } from '../live';
import { guardOf, usualTimes } from './guard';

/** Of `settle`, the part that is not the network: sending a write, and a margin. */
const settleRestMs = 40_000;

/**
 * The guard of one window by itself, before it is known who else closes at the same time. How long
 * the network may take to do what it was told is the policy's own belief: it is what `settle`
 * assumes, 80 s with the times meant for work.
 */
export function windowGuardOf(
  limits: Pick<WindowLimits, 'guardMs' | 'settleMs'>,
  closes: readonly LiveClose[],
  deleteMs: number,
): number {
  const propagationMs = Math.max(0, limits.settleMs - settleRestMs);
  const rules = closes.map((close) => close.rules);
  return guardOf(
    { ...usualTimes, deleteMs, propagationMs },
    { closesAtOnce: rules.reduce((sum, one) => sum + one, 0), rulesOnNsg: Math.max(1, ...rules) },
    limits.guardMs,
  );
}
