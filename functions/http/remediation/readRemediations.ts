import { problem } from '../../../shared/contract/problem';
import { pageOf, pageQuery } from '../../../shared/contract/remediation/pageQuery';
import { runView } from '../../../shared/contract/remediation/runView';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import type { World } from '../../../shared/ports/world';
import { json } from '../answer';
import type { CallerHandler } from '../asCaller';
import { asReader } from './asOperator';
import { findRun } from './findRun';

/** `GET /api/remediations`: every run there was, newest first, a page at a time. */
export function listRemediations(world: World): CallerHandler {
  return asReader(world, async ({ url }, _caller, { ledger }) => {
    const asked = pageQuery(new URL(url).searchParams);
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    const rows = (await ledger.remediations.list()).map(({ row }) => row).sort(byAge);
    const { page, next } = pageOf(rows, asked, '/api/remediations');
    const now = world.clock.now();
    return json({ runs: page.map((row) => runView(row, now)), next });
  });
}

/** `GET /api/remediations/{id}`: one run as it stands now. */
export function getRemediation(world: World): CallerHandler {
  return asReader(world, async ({ params }, _caller, { ledger }) => {
    const found = await findRun(ledger, params['id']);
    return 'answer' in found ? found.answer : json(runView(found.row, world.clock.now()));
  });
}

function byAge(one: RemediationRow, other: RemediationRow): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1);
}
