import type { HttpResponseInit } from '@azure/functions';
import { plainHeaders, problem, withRetryAfter } from '../../../shared/contract/problem';
import {
  estateCsvHead,
  estateCsvRow,
} from '../../../shared/domain/remediation/readiness/estateCsv';
import type { World } from '../../../shared/ports/world';
import type { CallerHandler } from '../asCaller';
import { queried } from '../writes';
import { notAllowed, rightOf } from './asOperator';
import { joinedBytes } from './joinedBytes';
import { accountsOf, readLocalAccounts } from './readLocalAccounts';

/** More than ten times what fifty thousand VMs take. */
const bytesMax = 200_000_000;
/** So long it waits in all while closes may need the queries; then it is asked for again. */
const pausedMsMax = 60_000;

/**
 * `GET /api/readiness.csv`: every VM that this app may see, by the index, for a spreadsheet. A page
 * of a thousand is read, told and forgotten; between pages closes go first. What policy says of
 * local accounts is read before the first: asked page by page, it would take a query with a
 * thousand ids for each. For operators and auditors.
 */
export function readinessCsv(world: World): CallerHandler {
  return async (request, caller) => {
    if (rightOf(world, caller) === 'none') return notAllowed(caller, true);
    const strange = queried(request);
    if (strange !== null) return strange;
    const pause = { leftMs: pausedMsMax };
    const bytes = await joinedBytes(estate(world, pause), bytesMax);
    if (pause.leftMs < 0) return reserved(world);
    return bytes === null ? tooLarge() : served(bytes);
  };
}

type Pause = { leftMs: number };

async function* estate(world: World, pause: Pause): AsyncGenerator<string> {
  const { candidates, log } = world;
  yield estateCsvHead;
  const mayAsk = () => hasRoom(world, pause);
  const accounts = await readLocalAccounts(world, null, mayAsk);
  let token: string | null = null;
  let strange = 0;
  do {
    if (!(await mayAsk())) return;
    const page = await candidates.listCandidates([], token);
    yield page.candidates.map((one) => estateCsvRow(one, accountsOf(accounts, one.vmId))).join('');
    strange += page.strange;
    token = page.next;
  } while (token !== null);
  if (strange > 0) log.warn('readiness.strangeRows', { strange });
}

/** Waits for room in the queries; false once all the waiting is used up. */
async function hasRoom({ budget, clock }: World, pause: Pause): Promise<boolean> {
  for (let ms = budget.queryPauseMs(); ms > 0 && pause.leftMs >= 0; ms = budget.queryPauseMs()) {
    pause.leftMs -= ms;
    if (pause.leftMs >= 0) await clock.wait(Math.min(ms, 20_000));
  }
  return pause.leftMs >= 0;
}

function served(body: Uint8Array): HttpResponseInit {
  const headers = {
    ...plainHeaders,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="readiness.csv"',
  };
  return { status: 200, headers, body };
}

function reserved({ budget }: World): HttpResponseInit {
  const answer = problem(
    'requestsReserved',
    'The queries that Azure still allows are kept for closing.',
    'Send it again when Retry-After is over.',
  );
  return withRetryAfter(answer, Math.max(budget.queryPauseMs(), 1_000));
}

function tooLarge(): HttpResponseInit {
  return problem(
    'reportTooLarge',
    'There are more VMs than one answer may hold.',
    'Ask for a dry run of a part of the scopes, and for its report.',
  );
}
