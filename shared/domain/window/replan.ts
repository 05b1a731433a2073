import type { PriorityBand } from '../grant';
import type { SecurityRule } from '../networkSecurityGroup';
import { freePriority } from './priority';
import type { Placement } from './windowRow';

/** More plans than this are a refusal: somebody else is faster each time. */
export const plansMax = 5;

/**
 * The same rule at another priority; `null` if none is free or too many were tried. Name, content
 * and marker stay, so what an earlier PUT may still bring is covered by the same deadline.
 */
export function replanPlacement(
  placement: Placement,
  band: PriorityBand,
  rules: readonly SecurityRule[],
  plans: number,
): Placement | null {
  if (plans >= plansMax) return null;
  const priority = freePriority(band, rules, placement.rule.name, plans);
  if (priority === null) return null;
  return {
    ...placement,
    phase: 'planned',
    rule: { ...placement.rule, priority },
    notBefore: null,
    fault: null,
  };
}
