import { problem } from '../../../shared/contract/problem';
import { pageOf, pageQuery } from '../../../shared/contract/remediation/pageQuery';
import { quarantineView } from '../../../shared/contract/remediation/quarantineView';
import {
  justificationOf,
  releaseBody,
} from '../../../shared/contract/remediation/remediationBodies';
import { quarantineReleasedFact } from '../../../shared/domain/audit/remediationFacts';
import type { StandingRow } from '../../../shared/domain/remediation/standing';
import { mustRecord } from '../../../shared/mustRecord';
import type { Remediation } from '../../../shared/ports/remediation';
import type { World } from '../../../shared/ports/world';
import { json } from '../answer';
import type { CallerHandler } from '../asCaller';
import { bodyOf, queried } from '../writes';
import { asOperator, asReader, policyVersionOf } from './asOperator';

/** `GET /api/quarantine`: VMs that are left alone since they failed too often, a page at a time. */
export function listQuarantine(world: World): CallerHandler {
  return asReader(world, async ({ url }, _caller, { ledger, cloud }) => {
    const asked = pageQuery(new URL(url).searchParams);
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    const rows = (await ledger.standings.list())
      .map(({ row }) => row)
      .filter(isQuarantined)
      .sort(byVm);
    const { page, next } = pageOf(rows, asked, '/api/quarantine');
    return json({ vms: page.map((row) => quarantineView(row, cloud)), next, count: rows.length });
  });
}

/**
 * `POST /api/quarantine/{id}/release`: the next night looks at the VM again. Named by the id that the
 * list has for it, so that what is asked for is a VM that is there, and no text of the caller's. On
 * record before it is asked for. Asked twice it is asked once.
 */
export function releaseVm(world: World): CallerHandler {
  return asOperator(world, async (request, caller, night) => {
    const strange = queried(request);
    if (strange !== null) return strange;
    const body = await bodyOf(request, releaseBody);
    if ('problem' in body) return body.problem;
    const row = await findQuarantined(night, request.params['id']);
    if (row === null) return notQuarantined();
    const { objectId: by } = caller;
    const why = justificationOf(body.value.reason);
    const told = { by, at: world.clock.now(), why, policyVersion: policyVersionOf(world) };
    const chain = { id: `quarantine-${row.id}`, createdAt: row.quarantinedAt };
    await mustRecord(world, chain, [quarantineReleasedFact(row, told)]);
    await night.queue.send({ kind: 'release', schema: 1, vmId: row.vmId, askedBy: by });
    world.log.info('quarantine.releaseAsked', { vmId: row.vmId, by, justification: why });
    return json(quarantineView(row, night.cloud), 202, { 'retry-after': '15' });
  });
}

type Quarantined = StandingRow & { readonly quarantinedAt: number };

/** Hashes, as `standings` has them. */
const idForm = /^[a-z2-7]{20}$/;

async function findQuarantined(
  { ledger }: Remediation,
  id: string | undefined,
): Promise<Quarantined | null> {
  const stored = idForm.test(id ?? '') ? await ledger.standings.get(id ?? '') : null;
  return stored !== null && isQuarantined(stored.row) ? stored.row : null;
}

function isQuarantined(row: StandingRow): row is Quarantined {
  return row.quarantinedAt !== null;
}

function byVm(one: StandingRow, other: StandingRow): number {
  return one.vmId < other.vmId ? -1 : 1;
}

function notQuarantined() {
  return problem(
    'notFound',
    'There is no such VM in quarantine.',
    'GET /api/quarantine lists those that are, each with its id and the link to release it.',
  );
}
