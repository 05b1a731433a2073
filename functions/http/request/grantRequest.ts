import {
  type RecordedRequest,
  requestedFact,
  requestRefusedFact,
} from '../../../shared/domain/audit/requestFacts';
import type { Caller } from '../../../shared/domain/caller/caller';
import type { TargetRefusal } from '../../../shared/domain/grant';
import { assignmentKeyBehind, windowIdOf } from '../../../shared/domain/identity';
import {
  grantedWindow,
  type Request,
  waitingWindow,
} from '../../../shared/domain/intake/newWindow';
import type { GrantParts } from '../../../shared/domain/policy/decide';
import type { ApprovalRule } from '../../../shared/domain/policy/policy';
import { refusal, type Refusal } from '../../../shared/domain/refusal';
import type { Asked } from '../../../shared/domain/request/asked';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { mayRecord, mustRecord } from '../../../shared/mustRecord';
import type { AuditedWindow } from '../../../shared/ports/audit';
import type { Starter } from '../../../shared/ports/starter';
import type { World } from '../../../shared/ports/world';
import { wouldAdmit } from '../../activities/intake/admit';
import { type Granting, grantWindow } from '../../activities/intake/grantWindow';
import { vouchFor } from '../../activities/intake/vouchFor';
import { awaitApproval } from './awaitApproval';
import { judgeRequest } from './judgeRequest';
import { keepLive } from './keepLive';

export type GrantedRequest = { readonly kind: 'granted'; readonly row: WindowRow } | RefusedRequest;

export type RefusedRequest = {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly targets: readonly TargetRefusal[];
};

/** What a request says, and where it came from. */
export type RequestedWindow = {
  readonly key: string;
  readonly bodyHash: string;
  readonly asked: Asked;
  /** As the platform saw it; `null` where it did not say. */
  readonly address: string | null;
};

/**
 * Grants a request or refuses it. Sent twice at once it is one window: whoever comes second answers
 * with the first one's. A refusal leaves nothing behind, so the same key may be sent again when
 * what it named has been mended. Throws `Fault`.
 */
export async function grantRequest(
  world: World,
  starter: Starter,
  caller: Caller,
  what: RequestedWindow,
): Promise<GrantedRequest> {
  const { ledger } = world;
  const at = world.clock.now();
  const judged = await judge(world, caller, what);
  const id = windowIdOf({ kind: 'request', callerId: caller.objectId, key: what.key });
  const onRecord = { window: { id, createdAt: at }, request: recordedOf(world, caller, what, at) };
  if (judged.kind === 'refused') return refuse(world, onRecord, judged);
  const { parts } = judged;
  const granting = { ...judged.granting, at };
  // What nobody could show later is not granted.
  await mustRecord(world, onRecord.window, [requestedFact(onRecord.request)]);
  if (judged.approval !== null) {
    const waiting = waitingRow(world, caller, what, judged, judged.approval, at);
    const answer = await awaitApproval(world, granting.policy, waiting);
    return answer.kind === 'granted' ? answer : refuse(world, onRecord, refused(answer.refusal));
  }
  const granted = await grantWindow(world, starter, granting, parts);
  if (granted.kind === 'granted') {
    await keepLive(world, granted.row);
    return granted;
  }
  const other = await ledger.windows.get(id);
  if (other !== null) return { kind: 'granted', row: other.row };
  if (granted.kind === 'taken') throw new Error('A row that was there is gone.');
  await forgetLive(world, id);
  return refuse(world, onRecord, refused(granted.refusal));
}

type OnRecord = { readonly window: AuditedWindow; readonly request: RecordedRequest };

/** A refusal opens nothing: it does not wait long for its record, and stands without it. */
async function refuse(
  world: World,
  { window, request }: OnRecord,
  said: RefusedRequest,
): Promise<RefusedRequest> {
  const facts = [requestedFact(request), requestRefusedFact(request, said.refusal)];
  await mayRecord(world, window, facts);
  return said;
}

function recordedOf(
  { opening }: World,
  caller: Caller,
  { asked, bodyHash }: RequestedWindow,
  at: number,
): RecordedRequest {
  const policyVersion = 'policy' in opening ? opening.policy.version : '';
  return { caller, asked, bodyHash, policyVersion, at };
}

/** What `grantRequest` would answer now, and the row that it would write. Nothing is written. */
export async function wouldGrant(
  world: World,
  caller: Caller,
  what: RequestedWindow,
): Promise<GrantedRequest> {
  const judged = await judge(world, caller, what);
  if (judged.kind === 'refused') return judged;
  const { granting, parts, approval } = judged;
  if (approval !== null) {
    const row = waitingRow(world, caller, what, judged, approval, world.clock.now());
    return { kind: 'granted', row };
  }
  const assignmentKey = assignmentKeyBehind(granting.activation);
  const admission = await wouldAdmit(world, { ...granting, assignmentKey, parts });
  if (admission.kind === 'refused') return refused(admission.refusal);
  const row = grantedWindow(granting.request, parts, world.clock.now(), admission);
  return { kind: 'granted', row };
}

type Judged =
  | {
      readonly kind: 'granted';
      readonly granting: Granting;
      readonly parts: GrantParts;
      readonly approval: ApprovalRule | null;
    }
  | RefusedRequest;

async function judge(
  world: World,
  caller: Caller,
  { key, bodyHash, asked, address }: RequestedWindow,
): Promise<Judged> {
  const { opening } = world;
  if ('faults' in opening) return refused(refusal('openingsDisabled'));
  const { policy } = opening;
  const judged = await judgeRequest(world, policy, caller, asked, address);
  if (judged.kind === 'refused') return judged;
  const { parts, ground, rows, approval } = judged;
  const { objectId, name, mail } = caller;
  const asking = { callerId: objectId, key, bodyHash };
  const request: Request = {
    origin:
      ground.kind === 'claim'
        ? { kind: 'claim', ...asking, claim: ground.claim }
        : { kind: 'request', ...asking, activation: ground.activation },
    person: { objectId, name, mail },
    reason: asked.reason,
    ticket: asked.ticket,
  };
  const [activation, answeredAt] =
    ground.kind === 'claim' ? [null, null] : [ground.activation, ground.answeredAt];
  const granting = { policy, request, activation, answeredAt, rows };
  return { kind: 'granted', granting, parts, approval };
}

/** The request as it waits: signed, so that nobody can put other words into the caller's mouth. */
function waitingRow(
  world: World,
  { objectId, tenantId }: Caller,
  { asked, address }: RequestedWindow,
  { granting, parts }: { readonly granting: Granting; readonly parts: GrantParts },
  { groups, waitsMs }: ApprovalRule,
  at: number,
): WindowRow {
  const requester = { objectId, tenantId };
  const approval = { requester, groups, expiresAt: at + waitsMs, asked, address, answer: null };
  return vouchFor(world, waitingWindow(granting.request, parts, at, approval));
}

async function forgetLive({ ledger }: World, id: string): Promise<void> {
  const stored = await ledger.live.get(id);
  if (stored === null || (await ledger.windows.get(id)) !== null) return;
  await ledger.live.remove(id, stored.etag);
}

function refused(said: Refusal): RefusedRequest {
  return { kind: 'refused', refusal: said, targets: [] };
}
