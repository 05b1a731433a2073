import { problem } from '../../../shared/contract/problem';
import {
  cancelBody,
  justificationOf,
} from '../../../shared/contract/remediation/remediationBodies';
import { runView } from '../../../shared/contract/remediation/runView';
import { remediationCancelledFact } from '../../../shared/domain/audit/remediationFacts';
import { isOver } from '../../../shared/domain/remediation/remediationRow';
import { mayRecord } from '../../../shared/mustRecord';
import type { World } from '../../../shared/ports/world';
import { json } from '../answer';
import type { CallerHandler } from '../asCaller';
import { bodyOf, queried } from '../writes';
import { asOperator, policyVersionOf } from './asOperator';
import { findRun } from './findRun';

/**
 * `POST /api/remediations/{id}/cancel`: the remediator begins nothing new in this run. Asked twice it
 * is asked once; that it ends does not wait for its record.
 */
export function cancelRemediation(world: World): CallerHandler {
  return asOperator(world, async (request, caller, night) => {
    const strange = queried(request);
    if (strange !== null) return strange;
    const body = await bodyOf(request, cancelBody);
    if ('problem' in body) return body.problem;
    const found = await findRun(night.ledger, request.params['id']);
    if ('answer' in found) return found.answer;
    const { row } = found;
    const at = world.clock.now();
    const view = runView(row, at);
    if (row.phase === 'cancelled') return json(view);
    if (isOver(row)) {
      return problem('runOver', 'The run is over, and was not cancelled.', `See ${view.report}.`);
    }
    const { objectId: by } = caller;
    await night.queue.send({ kind: 'cancel', schema: 1, id: row.id, askedBy: by });
    const why = justificationOf(body.value.reason);
    world.log.info('remediation.cancelAsked', { runId: row.id, by, justification: why });
    const policyVersion = policyVersionOf(world);
    await mayRecord(world, row, [remediationCancelledFact({ by, at, why, policyVersion })]);
    return json(view, 202, { location: view.self, 'retry-after': '15' });
  });
}
