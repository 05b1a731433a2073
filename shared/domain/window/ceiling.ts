import { activationBehind } from '../grant';
import type { Now } from '../instant';
import { longestEndOf } from '../policy/lengths';
import type { AllowRule, Policy } from '../policy/policy';
import { ruleFor } from '../policy/ruleFor';
import type { Refusal } from '../refusal';
import type { WindowRow } from './windowRow';
import type { Ceiling } from './wishExtend';

/**
 * How far policy, as it is now, and PIM let this window be extended; or why policy does not allow
 * the window any more.
 */
export function ceilingOf(policy: Policy, row: WindowRow, now: Now): Ceiling | Refusal {
  const rule = presentRule(policy, row);
  if ('code' in rule) return rule;
  return {
    activationEndAt: activationBehind(row.grant.origin).endAt,
    policyEndAt: longestEndOf(policy, rule, row, now),
  };
}

function presentRule(policy: Policy, { grant }: WindowRow): AllowRule | Refusal {
  const { origin, person } = grant;
  const { roleDefinitionGuid, scope } = activationBehind(origin);
  const asker = { roleDefinitionGuid, scope, personId: person.objectId, principalType: 'User' };
  return ruleFor(policy, asker);
}

/** True for the answer of `ceilingOf` that is a refusal. */
export function isRefused(answer: Ceiling | Refusal): answer is Refusal {
  return 'code' in answer;
}
