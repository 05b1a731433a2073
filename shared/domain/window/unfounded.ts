import { activationBehind } from '../grant';
import type { Now } from '../instant';
import type { Policy } from '../policy/policy';
import { presentRule } from '../policy/presentRule';
import { stillGranted } from '../policy/stillGranted';
import { isAwaiting } from './approval';
import { isVouched, type SignatureVerifier } from './voucher';
import type { CloseReason, WindowRow } from './windowRow';

/** What a row is judged against: our own keys, and the policy in force; `null`: it is faulty. */
export type Grounds = {
  readonly policy: Policy | null;
  readonly deployment: string;
  readonly verifier: SignatureVerifier;
};

/**
 * Why this window must not open, nor stay open, by what its row says alone; `null`: nothing does.
 * For a claim or an approval nobody can be asked again, so the row's own signature has to stand for
 * them, and the policy that is in force has to grant them. A window on a bare activation is asked
 * about at Resource Manager instead; here only whether policy wants a second person by now.
 */
export function unfounded(
  row: WindowRow,
  { policy, deployment, verifier }: Grounds,
  now: Now,
): Extract<CloseReason, 'voucherInvalid' | 'policyChanged'> | null {
  if (isAwaiting(row)) return null;
  const { grant, voucher, approval } = row;
  const isBare =
    activationBehind(grant.origin) !== null && voucher === undefined && approval === undefined;
  if (isBare) return policy !== null && wantsApproval(policy, row) ? 'policyChanged' : null;
  if (!isVouched(row, deployment, verifier)) return 'voucherInvalid';
  if (policy === null) return null;
  // Tags are the index's to know: reconcile asks it, once a minute. So it does of a longest time that
  // has become shorter; the window's own end has been signed.
  const standing = stillGranted(policy, row, () => null, now);
  const isDenied = standing.kind === 'denied' && standing.refusal !== 'tooLong';
  return isDenied ? 'policyChanged' : null;
}

function wantsApproval(policy: Policy, { grant }: WindowRow): boolean {
  if (policy.allow.every(({ approval }) => approval === null)) return false;
  const rule = presentRule(policy, grant);
  return !('code' in rule) && rule.approval !== null;
}
