import type { Caller } from '../../../shared/domain/caller/caller';
import { approversNow, mayAnswer } from '../../../shared/domain/caller/second';
import { factsOfRow } from '../../../shared/domain/audit/rowFacts';
import { type Refusal, refusal } from '../../../shared/domain/refusal';
import { endUnapproved } from '../../../shared/domain/window/judgeRow';
import type { ApprovalAnswer } from '../../../shared/domain/window/papers';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { mayRecord } from '../../../shared/mustRecord';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { World } from '../../../shared/ports/world';
import { tellEnd } from '../../activities/window/events';
import { changeRow } from '../../wishes/changeRow';
import { keyedChange } from '../../wishes/keyedChange';
import type { Approving } from './approveRequest';

/**
 * Says no to a request: that is its end, and asked twice it is one. Like a close it works also
 * while policy is faulty; then the groups that the request was made with count. Throws `Fault`.
 */
export async function denyRequest(
  world: World,
  caller: Caller,
  id: string,
  { remark, keyed }: Approving,
): Promise<WindowRow | Refusal | 'keyReused' | null> {
  const deny = (row: WindowRow) => denied(world, row, caller, remark);
  const answer = await changeRow(world, id, keyedChange<Refusal>(keyed, deny));
  if (answer === null) return null;
  if ('refused' in answer) return answer.refused;
  const { row, changed } = answer;
  if (changed) {
    world.log.info('window.approvalDenied', { windowId: id, by: caller.objectId, remark });
    tellEnd(world, row);
  }
  await forget(world, row);
  return row;
}

function denied(
  world: World,
  row: WindowRow,
  { objectId, tenantId, name, ...caller }: Caller,
  remark: string,
): WindowRow | { readonly refused: Refusal } {
  const { opening } = world;
  const now = nowOfWorld(world);
  const wanted = 'policy' in opening ? approversNow(opening.policy, row) : null;
  // What policy would not grant any more may be denied all the same.
  const rule = wanted !== null && 'code' in wanted ? null : wanted;
  const by = { objectId, tenantId };
  const right = mayAnswer(row, rule, { ...caller, ...by }, 'denied', now);
  if ('code' in right) return { refused: right };
  if ('given' in right || row.approval === undefined) return row;
  const { groupId } = right;
  const answer: ApprovalAnswer = { kind: 'denied', by, name, groupId, at: now.hostMs, remark };
  const said = refusal('approvalDenied', { remark });
  const approval = { ...row.approval, answer };
  return endUnapproved({ ...row, approval }, 'approvalDenied', said, now);
}

/** On record, and out of the live table; whatever fails here reconcile does. */
async function forget(world: World, row: WindowRow): Promise<void> {
  const { ledger, clock } = world;
  if (!(await mayRecord(world, row, factsOfRow(row, clock.now())))) return;
  const live = await ledger.live.get(row.id);
  if (live !== null) await ledger.live.remove(row.id, live.etag);
}
