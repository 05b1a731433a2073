import { activationBehind, type Grant } from '../../../shared/domain/grant';
import { approversNow, mayAnswer } from '../../../shared/domain/caller/second';
import type { Caller } from '../../../shared/domain/caller/caller';
import { assignmentKeyBehind } from '../../../shared/domain/identity';
import { approvedWindow } from '../../../shared/domain/intake/newWindow';
import type { GrantParts } from '../../../shared/domain/policy/decide';
import type { Policy } from '../../../shared/domain/policy/policy';
import { type KeyedWrite, remembered, repeatOf } from '../../../shared/domain/request/keyedWrite';
import { type Refusal, refusal } from '../../../shared/domain/refusal';
import { isVouched } from '../../../shared/domain/window/voucher';
import type { Approval, ApprovalAnswer } from '../../../shared/domain/window/papers';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { Stored } from '../../../shared/ports/ledger';
import type { Starter } from '../../../shared/ports/starter';
import type { World } from '../../../shared/ports/world';
import { admit } from '../../activities/intake/admit';
import { closeWindow, heedEndHint } from '../../activities/intake/endWindows';
import { vouchFor } from '../../activities/intake/vouchFor';
import type { Judged } from '../request/judged';
import { judgeByClaim } from '../request/judgeByClaim';
import { judgeByRole } from '../request/judgeRequest';
import { keepLive } from '../request/keepLive';

export type Approved =
  /** `changed`: this very call approved it; else it was approved before. */
  | { readonly kind: 'approved'; readonly row: WindowRow; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'keyReused' };

/** What an approver says, and the key that it came with, if it did. */
export type Approving = { readonly remark: string; readonly keyed: KeyedWrite | null };

/** Others write such a row a few times in its life. */
const attemptsMax = 5;

/**
 * Approves a request: what it says must be what was signed, the caller another person whom policy
 * asks, and policy must grant the very same now as it did then. Only then does it take its place
 * among windows, with its clock beginning. Approved twice, or by two at once, it is one window.
 * Throws `Fault`.
 */
export async function approveRequest(
  world: World,
  starter: Starter,
  caller: Caller,
  id: string,
  said: Approving,
): Promise<Approved> {
  const { ledger, opening } = world;
  if ('faults' in opening) return no(refusal('openingsDisabled'));
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const stored = await ledger.windows.get(id);
    if (stored === null) return { kind: 'notFound' };
    const answered = await approveOnce(world, starter, opening.policy, caller, stored, said);
    if (answered !== 'changed') return answered;
  }
  return no(refusal('approvalStale'));
}

async function approveOnce(
  world: World,
  starter: Starter,
  policy: Policy,
  caller: Caller,
  { row, etag }: Stored<WindowRow>,
  { remark, keyed }: Approving,
): Promise<Approved | 'changed'> {
  const { ledger, log, deployment, verifier } = world;
  const repeat = repeatOf(row.keyed, keyed);
  if (repeat === 'reused') return { kind: 'keyReused' };
  if (repeat === 'repeat') return { kind: 'approved', row, changed: false };
  const right = rightOf(policy, row, caller, world);
  if ('code' in right) return no(right);
  if ('given' in right) return { kind: 'approved', row, changed: false };
  const { approval } = row;
  if (approval === undefined) return no(refusal('approvalNotAwaited'));
  if (!isVouched(row, deployment, verifier)) {
    await closeWindow(world, starter, row.id, 'voucherInvalid');
    return no(refusal('voucherInvalid'));
  }
  const judged = await judgeAgain(world, policy, row, approval);
  if (judged.kind === 'refused') return no(judged.refusal);
  if (!isSameAs(row.grant, judged)) return no(refusal('approvalStale'));
  const { parts, rows, ground } = judged;
  const assignmentKey = assignmentKeyBehind(activationBehind(row.grant.origin));
  const admission = await admit(world, { policy, request: row.grant, assignmentKey, parts, rows });
  if (admission.kind === 'refused') {
    await putBack(world, row.id);
    return no(admission.refusal);
  }
  const answer = answerOf(world, caller, right.groupId, remark);
  const listedAt = ground.kind === 'activation' ? ground.answeredAt : null;
  const agreed = approvedWindow(row, parts, answer, admission, listedAt);
  const approved = vouchFor(world, withKey(agreed, keyed));
  const written = await ledger.windows.replace(approved, etag);
  if (written === 'changed') {
    await putBack(world, row.id);
    return 'changed';
  }
  await keepLive(world, approved);
  log.info('window.approved', {
    windowId: row.id,
    personId: row.grant.person.objectId,
    by: caller.objectId,
    groupId: right.groupId,
    until: new Date(approved.wantedUntil).toISOString(),
  });
  await begin(world, starter, approved);
  return { kind: 'approved', row: approved, changed: true };
}

function rightOf(policy: Policy, row: WindowRow, caller: Caller, world: World) {
  const wanted = approversNow(policy, row);
  const isOver = row.concludedAt !== null || row.approval?.answer !== null;
  // How it ended says more than that policy has changed since.
  if (wanted !== null && 'code' in wanted && !isOver) return wanted;
  const rule = wanted !== null && 'code' in wanted ? null : wanted;
  return mayAnswer(row, rule, caller, 'approved', nowOfWorld(world));
}

/** The question that was asked then, in the same words, answered by what is true now. */
async function judgeAgain(
  world: World,
  policy: Policy,
  { grant }: WindowRow,
  { asked, address, requester }: Approval,
): Promise<Judged> {
  const { origin } = grant;
  if (origin.kind !== 'claim') return judgeByRole(world, policy, requester, asked, address);
  const { kind, groupId } = origin.claim;
  const claimant = { ...requester, groups: [groupId] };
  return judgeByClaim(world, policy, claimant, kind, asked, address);
}

/** Would exactly what the approver was shown be granted, on the same ground? */
function isSameAs(grant: Grant, { parts, ground }: Extract<Judged, { kind: 'granted' }>): boolean {
  const activation = activationBehind(grant.origin);
  const isSameGround =
    ground.kind === 'activation'
      ? activation?.roleAssignmentId.toLowerCase() ===
          ground.activation.roleAssignmentId.toLowerCase() &&
        activation.startAt === ground.activation.startAt
      : activation === null && grant.policyRule === parts.policyRule;
  return isSameGround && contentOf(grant) === contentOf(parts);
}

function contentOf({ source, portSets, targets }: GrantParts): string {
  const machines = targets.map(({ vmId, vmGuid }) => `${vmId}|${vmGuid}`.toLowerCase()).sort();
  return JSON.stringify([source.prefixes, portSets, machines]);
}

function answerOf(
  { clock }: World,
  { objectId, tenantId, name }: Caller,
  groupId: string,
  remark: string,
): ApprovalAnswer {
  const by = { objectId, tenantId };
  return { kind: 'approved', by, name, groupId, at: clock.now(), remark };
}

/**
 * A sleeper of its own: nobody has slept for the row while it waited. Should this be lost,
 * reconcile finds the look overdue.
 */
async function begin(world: World, starter: Starter, row: WindowRow): Promise<void> {
  const activation = activationBehind(row.grant.origin);
  if (activation !== null) {
    await heedEndHint(world, starter, activation.roleAssignmentId, row.id);
  }
  await starter.start('accessWindow', row.id, { id: row.id, successor: 0 });
}

/** The key is saved by the very write that approves. */
function withKey(row: WindowRow, keyed: KeyedWrite | null): WindowRow {
  if (keyed === null) return row;
  const { generation } = row;
  return { ...row, keyed: remembered(row.keyed, { ...keyed, generation }) };
}

/** It waits on: it takes no place among windows unless somebody else has approved it meanwhile. */
async function putBack({ ledger }: World, id: string): Promise<void> {
  const stored = await ledger.live.get(id);
  const row = (await ledger.windows.get(id))?.row;
  if (stored === null || row?.approval?.answer !== null) return;
  const waiting = { ...stored.row, kind: 'waiting' as const, closes: [], closeFrom: null };
  await ledger.live.replace(waiting, stored.etag);
}

function no(said: Refusal): Approved {
  return { kind: 'refused', refusal: said };
}
