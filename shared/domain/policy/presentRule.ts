import { isAtOrUnder } from '../armId';
import { activationBehind, type ClaimKind, type Grant } from '../grant';
import { refusal, type Refusal } from '../refusal';
import type { AllowRule, ClaimRule, Policy } from './policy';
import { ruleFor } from './ruleFor';

/** What both kinds of rules say of a window. */
export type GrantingRule = Pick<
  AllowRule,
  'name' | 'portSets' | 'longestMs' | 'approval' | 'sources'
>;

/** The rule by which this policy grants what a window was granted for; or why there is none. */
export function presentRule(policy: Policy, grant: Grant): GrantingRule | Refusal {
  const { origin, person, targets } = grant;
  const activation = activationBehind(origin);
  if (activation !== null) {
    const { roleDefinitionGuid, scope } = activation;
    const personId = person.objectId;
    return ruleFor(policy, { roleDefinitionGuid, scope, personId, principalType: 'User' });
  }
  if (origin.kind !== 'claim') return refusal('noClaim', { kind: 'onCall' });
  const { kind, groupId } = origin.claim;
  const rule = claimRules(policy, [groupId], kind).find(({ name }) => name === grant.policyRule);
  const isCovered = targets.every(({ vmId }) => rule !== undefined && coversVm(rule, vmId));
  return rule !== undefined && isCovered ? rule : refusal('noClaim', { kind });
}

/** The rules of one kind for somebody in these groups. */
export function claimRules(
  { claims }: Policy,
  groups: readonly string[],
  kind: ClaimKind,
): readonly ClaimRule[] {
  return claims.filter((rule) => rule.kind === kind && groups.includes(rule.group));
}

/** Does the machine lie in one of the rule's scopes? */
export function coversVm({ scopes }: ClaimRule, vmId: string): boolean {
  return scopes.some((scope) => isAtOrUnder(vmId, scope));
}
