import type { Policy } from '../policy/policy';
import type { Caller } from './caller';

/**
 * What somebody is to the remediation: who asks for runs, who reads what came of them, and
 * everybody else. Where policy cannot be read there is nobody who may.
 */
export type RemediationRight = 'operator' | 'reader' | 'none';

/** By policy: its operators; auditors read, as they read windows and the audit. */
export function remediationRight(
  policy: Policy | null,
  { objectId, groups }: Pick<Caller, 'objectId' | 'groups'>,
): RemediationRight {
  if (policy === null) return 'none';
  const { operators, overseers } = policy;
  const isIn = (named: readonly string[]): boolean => named.some((one) => groups.includes(one));
  if (operators.people.includes(objectId.toLowerCase()) || isIn(operators.groups)) {
    return 'operator';
  }
  return isIn(overseers.auditorGroups) ? 'reader' : 'none';
}
