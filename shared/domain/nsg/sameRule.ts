import type { SecurityRule } from '../networkSecurityGroup';
import { canonicalAddress } from './address';

/**
 * The rule's meaning as one text: casing, order, doubles and the spelling of addresses do not
 * matter, everything else does, the description to the letter.
 */
function meaningOf(rule: SecurityRule): string {
  return JSON.stringify([
    rule.name.toLowerCase(),
    rule.priority,
    rule.direction,
    rule.access,
    rule.protocol.toLowerCase(),
    setOf(rule.sources.map(canonicalAddress)),
    setOf(rule.sourceAsgIds),
    setOf(rule.sourcePorts),
    setOf(rule.destinations.map(canonicalAddress)),
    setOf(rule.destinationAsgIds),
    setOf(rule.destinationPorts),
    rule.description,
  ]);
}

/** Do both rules say exactly the same? */
export function sameRule(one: SecurityRule, other: SecurityRule): boolean {
  return meaningOf(one) === meaningOf(other);
}

/** The rule of this name; Azure compares names without case. */
export function ruleNamed(rules: readonly SecurityRule[], name: string): SecurityRule | undefined {
  const wanted = name.toLowerCase();
  return rules.find((rule) => rule.name.toLowerCase() === wanted);
}

function setOf(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.toLowerCase()))].sort();
}
