import { hostTimeOf, type Now } from '../instant';
import { deadlineOf } from './deadline';
import type { Placement, WindowRow } from './windowRow';

const pauseMinMs = 2_000;
const pauseMaxMs = 30_000;
/** Of the time between now and the deadline, the part that one pause may take. */
const share = 8;

/**
 * A delete that failed is asked for again the sooner the nearer its deadline is, on either side of
 * it: what is left of the guard always holds several attempts, whatever the pauses have grown to
 * and whatever somebody asked us to wait. Between two and thirty seconds.
 */
export function hurry(row: WindowRow, placement: Placement, now: Now): Placement {
  const { phase, fault, notBefore } = placement;
  if (phase !== 'closing' || fault === null || notBefore === null) return placement;
  const leftMs = Math.abs(hostTimeOf(deadlineOf(row), now) - now.hostMs);
  const latest = now.hostMs + Math.min(pauseMaxMs, Math.max(pauseMinMs, Math.ceil(leftMs / share)));
  return notBefore > latest ? { ...placement, notBefore: latest } : placement;
}
