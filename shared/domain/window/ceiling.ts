import { activationBehind } from '../grant';
import type { Now } from '../instant';
import { longestEndOf } from '../policy/lengths';
import type { Policy } from '../policy/policy';
import { presentRule } from '../policy/presentRule';
import type { Refusal } from '../refusal';
import { beginningOf, isApproved } from './approval';
import type { WindowRow } from './windowRow';
import type { Ceiling } from './wishExtend';

/**
 * How far policy, as it is now, and PIM let this window be extended; or why policy does not allow
 * the window any more.
 */
export function ceilingOf(policy: Policy, row: WindowRow, now: Now): Ceiling | Refusal {
  const rule = presentRule(policy, row.grant);
  if ('code' in rule) return rule;
  const createdAt = beginningOf(row);
  return {
    approvedEndAt: isApproved(row) ? row.grant.untilAt : null,
    activationEndAt: activationBehind(row.grant.origin)?.endAt ?? null,
    policyEndAt: longestEndOf(policy, rule, { createdAt }, now),
  };
}

/** True for the answer of `ceilingOf` that is a refusal. */
export function isRefused(answer: Ceiling | Refusal): answer is Refusal {
  return 'code' in answer;
}
