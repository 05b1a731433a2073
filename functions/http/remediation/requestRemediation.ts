import type { HttpResponseInit } from '@azure/functions';
import {
  askedForOf,
  remediationBody,
} from '../../../shared/contract/remediation/remediationBodies';
import { runView } from '../../../shared/contract/remediation/runView';
import { remediationAskedFact } from '../../../shared/domain/audit/remediationFacts';
import {
  askedRunId,
  isAskedFor,
  rowAskedFor,
  startAsk,
} from '../../../shared/domain/remediation/askedFor';
import { isOver, type RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import { mustRecord } from '../../../shared/mustRecord';
import type { Remediation } from '../../../shared/ports/remediation';
import type { World } from '../../../shared/ports/world';
import { json } from '../answer';
import type { CallerHandler } from '../asCaller';
import { bodyOf, idempotencyKey, keyMissing, keyReused, queried } from '../writes';
import { asOperator, policyVersionOf } from './asOperator';

/**
 * `POST /api/remediations`: asks the remediator for a run. Its id comes of caller and
 * `Idempotency-Key`, so that a repeat is the same run. On record before it is asked for; its row is
 * there before the message, so that the answer of a message that was lost is a repeat.
 */
export function requestRemediation(world: World): CallerHandler {
  return asOperator(world, async (request, caller, night) => {
    const strange = queried(request);
    if (strange !== null) return strange;
    const key = idempotencyKey(request);
    if (key === null || key === '') return keyMissing();
    const body = await bodyOf(request, remediationBody);
    if ('problem' in body) return body.problem;
    const asked = askedForOf(body.value);
    const id = askedRunId(caller.objectId, key);
    const known = await night.ledger.remediations.get(id);
    if (known !== null && !isAskedFor(known.row, asked)) return keyReused();
    const row = known?.row ?? rowAskedFor(id, caller.objectId, asked, world.clock.now());
    const begun = row.phase === 'asked' ? await ask(world, night, row) : row;
    // Of two at once with one key, the one whose row came first is meant.
    return isAskedFor(begun, asked) ? answerOf(begun, world) : keyReused();
  });
}

/**
 * Whoever asked before may have died at any of these steps: each is done once, or again to no
 * effect. What is sent is what stands in the ledger, whoever has put it there.
 */
async function ask(world: World, night: Remediation, row: RemediationRow): Promise<RemediationRow> {
  const { ledger, queue } = night;
  await mustRecord(world, row, [remediationAskedFact(row, policyVersionOf(world))]);
  await ledger.remediationsLive.insert({ id: row.id, createdAt: row.createdAt });
  const inserted = await ledger.remediations.insert(row);
  const stored = inserted === 'exists' ? await ledger.remediations.get(row.id) : inserted;
  const kept = stored?.row ?? row;
  await queue.send(startAsk(kept));
  if (inserted !== 'exists') {
    const { id: runId, askedBy, scopes, dryRun, justification } = row;
    world.log.info('remediation.asked', { runId, askedBy, scopes, dryRun, justification });
  }
  return kept;
}

function answerOf(row: RemediationRow, { clock }: World): HttpResponseInit {
  const view = runView(row, clock.now());
  const location = { location: view.self };
  return isOver(row)
    ? json(view, 200, location)
    : json(view, 202, { ...location, 'retry-after': '15' });
}
