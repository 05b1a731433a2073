import type { ApprovalRule, Policy } from '../policy/policy';
import { presentRule } from '../policy/presentRule';
import { type Refusal, refusal } from '../refusal';
import type { Now } from '../instant';
import { isSecondPerson, isTooLateToApprove } from '../window/approval';
import type { ApprovalAnswer } from '../window/papers';
import type { WindowRow } from '../window/windowRow';
import type { Caller } from './caller';

type Member = Pick<Caller, 'objectId' | 'tenantId' | 'groups'>;

/** May this caller see the window, as somebody who could approve it or look into it? */
export function isSecond(policy: Policy | null, row: WindowRow, caller: Member): boolean {
  const { approval } = row;
  if (approval === undefined) return isReviewer(policy, row.grant.policyRule, caller);
  return isSecondPerson(approval, caller) && commonOf(approval.groups, caller) !== null;
}

/** Is one of the caller's groups named for reviews of what this rule has opened? */
export function isReviewer(policy: Policy | null, policyRule: string, caller: Member): boolean {
  const rule = policy?.claims.find(
    ({ name, kind }) => name === policyRule && kind === 'breakGlass',
  );
  return rule !== undefined && commonOf(rule.reviewers, caller) !== null;
}

/** What may come of an answer: it is taken by this group's right; it was given before; or why not. */
export type AnswerRight = { readonly groupId: string } | { readonly given: true } | Refusal;

/**
 * May this caller approve, or deny, now? `wanted`: whom the policy that is in force asks; `null`:
 * nobody any more, or it cannot be read, and the groups that the request was made with count.
 */
export function mayAnswer(
  row: WindowRow,
  wanted: ApprovalRule | null,
  caller: Member,
  kind: ApprovalAnswer['kind'],
  now: Now,
): AnswerRight {
  const { approval, grant } = row;
  if (approval === undefined) return refusal('approvalNotAwaited');
  const own = [grant.person.objectId, approval.requester.objectId];
  if (own.some((one) => one.toLowerCase() === caller.objectId.toLowerCase())) {
    return refusal('approvalOwn');
  }
  if (!isSecondPerson(approval, caller)) return refusal('notAnApprover');
  const groups = approval.groups.filter((one) => wanted?.groups.includes(one) ?? true);
  const groupId = commonOf(groups, caller);
  if (groupId === null) return refusal('notAnApprover');
  const { answer } = approval;
  if (answer !== null) {
    return answer.kind === kind ? { given: true } : refusal('approvalAnswered', answer);
  }
  if (row.closeReason === 'approvalExpired') return refusal('approvalExpired');
  if (row.concludedAt !== null || row.wish === 'closed') return refusal('approvalNotAwaited');
  return isTooLateToApprove(row, now) ? refusal('approvalExpired') : { groupId };
}

/** Whom the policy in force asks about this request; a refusal where it would not grant it at all. */
export function approversNow(policy: Policy, { grant }: WindowRow): ApprovalRule | null | Refusal {
  const rule = presentRule(policy, grant);
  return 'code' in rule ? refusal('approvalStale') : rule.approval;
}

function commonOf(groups: readonly string[], caller: Member): string | null {
  return groups.find((group) => caller.groups.includes(group)) ?? null;
}
