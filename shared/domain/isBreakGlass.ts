import type { Origin } from './grant';

/**
 * Does a window of this origin stand on a break-glass claim? The one place that says so: such a
 * window is told of loudly, before anything else.
 */
export function isBreakGlass(origin: Origin): boolean {
  return origin.kind === 'claim' && origin.claim.kind === 'breakGlass';
}
