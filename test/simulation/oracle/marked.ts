import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';

const marker = /^postern1\|(\d{1,11})\|/;

/** The deadline that a rule itself tells, epoch milliseconds; `NaN` where it has no marker. */
export function markedUntilMs({
  description,
}: Pick<SecurityRuleProperties, 'description'>): number {
  return Number(marker.exec(description ?? '')?.[1]) * 1_000;
}
