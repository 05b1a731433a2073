import type { PriorityBand } from '../grant';
import { hashId } from '../identity';
import type { SecurityRule } from '../networkSecurityGroup';

/** How many rules one NSG holds (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits). */
export const rulesPerNsgMax = 1_000;

/**
 * Priorities that Defender for Cloud's just-in-time access takes for its own rules: never ours,
 * wherever the band lies.
 */
export function isForbiddenPriority(priority: number): boolean {
  return (
    (priority >= 100 && priority <= 110) ||
    priority === 1_000 ||
    priority === 4_095 ||
    priority === 4_096
  );
}

/** How many free priorities are chosen among at the n-th plan: more with each conflict. */
const choices = [1, 32, 128];

/**
 * A free priority of the band for an inbound rule, `null` if there is none: the lowest at the first
 * plan. After a conflict somebody else is choosing as well, so the choice widens, by a hash of the
 * rule's name: what chooses alike would collide for ever.
 */
export function freePriority(
  band: PriorityBand,
  rules: readonly SecurityRule[],
  ruleName: string,
  plans: number,
  alsoTaken: ReadonlySet<number> = new Set(),
): number | null {
  const own = ruleName.toLowerCase();
  const taken = new Set(
    rules
      .filter(({ direction, name }) => direction === 'Inbound' && name.toLowerCase() !== own)
      .map(({ priority }) => priority),
  );
  const among = choices[plans] ?? Number.POSITIVE_INFINITY;
  const free: number[] = [];
  for (let priority = band.from; priority <= band.to && free.length < among; priority++) {
    if (!taken.has(priority) && !alsoTaken.has(priority) && !isForbiddenPriority(priority)) {
      free.push(priority);
    }
  }
  if (free.length === 0) return null;
  return free[plans === 0 ? 0 : numberOf(`${own}|${plans}`) % free.length] ?? null;
}

/** A text's hash as a number. */
function numberOf(text: string): number {
  let value = 0;
  for (const letter of hashId(text, 8)) value = (value * 31 + letter.charCodeAt(0)) >>> 0;
  return value;
}
