import type { Origin } from '../grant';

/** What an origin may say of the group claim that it stands on. */
type MaybeClaimed = { readonly claim?: { readonly kind?: unknown } };

/**
 * Does a window of this origin stand on a break-glass claim? The one place that says so: such a
 * window is told of loudly, before anything else.
 */
export function isBreakGlass(origin: Origin): boolean {
  const { claim }: Origin & MaybeClaimed = origin;
  return claim?.kind === 'breakGlass';
}
