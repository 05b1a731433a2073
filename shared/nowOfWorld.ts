import { type Now, nowOf } from './domain/instant';
import type { Clock } from './ports/world';

/** Now, as the interval that host clock and measured skew leave open. */
export function nowOfWorld({ clock }: { readonly clock: Pick<Clock, 'now' | 'skew'> }): Now {
  return nowOf(clock.now(), clock.skew().skewMs);
}
