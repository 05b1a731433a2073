import type { HttpResponseInit } from '@azure/functions';
import { problem } from '../../../shared/contract/problem';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import type { RunLedger } from '../../../shared/ports/remediation';

/** As `night-20261130` and `asked-…`: what can be the id of a run. */
const runIdForm = /^(?:night|asked)-[a-z0-9]{1,40}$/;

/** The run of an id, or the answer that there is none. Throws `Fault`. */
export async function findRun(
  { remediations }: Pick<RunLedger, 'remediations'>,
  id: string | undefined,
): Promise<{ readonly row: RemediationRow } | { readonly answer: HttpResponseInit }> {
  const stored = runIdForm.test(id ?? '') ? await remediations.get(id ?? '') : null;
  if (stored !== null) return { row: stored.row };
  const answer = problem(
    'notFound',
    'There is no such run.',
    'GET /api/remediations lists those that there are.',
  );
  return { answer };
}
