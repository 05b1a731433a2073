import type { HttpResponseInit } from '@azure/functions';
import { refusalProblem } from '../../shared/contract/problem';
import { reviewBody } from '../../shared/contract/requestBodies';
import { reviewView } from '../../shared/contract/reviewView';
import { reviewedFact } from '../../shared/domain/audit/requestFacts';
import type { Caller } from '../../shared/domain/caller/caller';
import { isReviewer } from '../../shared/domain/caller/second';
import { refusal } from '../../shared/domain/refusal';
import type { ReviewRow } from '../../shared/domain/review';
import { repeatOf } from '../../shared/domain/request/keyedWrite';
import { cleanText } from '../../shared/domain/text';
import { Fault } from '../../shared/domain/fault';
import { mayRecord } from '../../shared/mustRecord';
import type { Stored } from '../../shared/ports/ledger';
import { windowIdForm } from '../../shared/domain/identity';
import type { World } from '../../shared/ports/world';
import { accessOf } from './access';
import { json, notFound } from './answer';
import { secondWrite } from './approval/secondWrite';
import type { CallerHandler } from './asCaller';
import { keyReused } from './writes';

/** `GET /api/windows/{id}/review`: what is to be looked into, for those who may close it, and the user. */
export function readReview(world: World): CallerHandler {
  return async ({ params }, caller) => {
    const found = await findReview(world, caller, params['id']);
    return 'answer' in found ? found.answer : json(reviewView(found.stored.row));
  };
}

/**
 * `POST /api/windows/{id}/review`: closes it, with what was found. By an administrator of the
 * machines or a group that policy names for it, never by who has broken the glass. It asks nothing
 * of the window's row, which may be gone by then. Closed twice it is closed once.
 */
export function reviewWindow(world: World): CallerHandler {
  return async (request, caller) => {
    const write = await secondWrite(caller, request, reviewBody, 'review');
    if ('answer' in write) return write.answer;
    const { value, keyed } = write;
    const found = await findReview(world, caller, request.params['id']);
    if ('answer' in found) return found.answer;
    const known = found.stored.row.closed?.keyed ?? null;
    if (repeatOf(known === null ? [] : [known], keyed) === 'reused') return keyReused();
    if (isUser(found.stored.row, caller)) return refusalProblem(refusal('approvalOwn'));
    const remark = cleanText(value.remark, 500);
    const { objectId, tenantId } = caller;
    const said = { by: { objectId, tenantId }, remark, keyed };
    return json(reviewView(await close(world, said, found.stored)));
  };
}

async function close(
  world: World,
  said: Omit<NonNullable<ReviewRow['closed']>, 'at'>,
  { row, etag }: Stored<ReviewRow>,
): Promise<ReviewRow> {
  const { ledger, clock, log } = world;
  if (row.closed !== null) {
    // Whoever has closed it may have died before its record.
    await record(world, row.id, row.openedAt, row.closed);
    return row;
  }
  const closed = { ...said, at: clock.now() };
  const written = await ledger.reviews.replace({ ...row, closed }, etag);
  if (written === 'changed') {
    const stored = await ledger.reviews.get(row.id);
    if (stored === null) throw contended();
    return close(world, said, stored);
  }
  log.info('window.reviewed', { windowId: row.id, by: said.by.objectId, remark: said.remark });
  await record(world, row.id, row.openedAt, closed);
  return written.row;
}

async function record(
  world: World,
  id: string,
  openedAt: number,
  closed: NonNullable<ReviewRow['closed']>,
): Promise<void> {
  const createdAt = (await world.ledger.windows.get(id))?.row.createdAt ?? openedAt;
  await mayRecord(world, { id, createdAt }, [reviewedFact(closed)]);
}

function contended(): Fault {
  const facts = { kind: 'unavailable', code: 'rowContended', status: 0 } as const;
  return new Fault({ ...facts, retryAfterMs: 1_000 }, 'close a review');
}

async function findReview(
  world: World,
  caller: Caller,
  id: string | undefined,
): Promise<{ readonly stored: Stored<ReviewRow> } | { readonly answer: HttpResponseInit }> {
  const { ledger, opening } = world;
  const policy = 'policy' in opening ? opening.policy : null;
  const stored = windowIdForm.test(id ?? '') ? await ledger.reviews.get(id ?? '') : null;
  if (stored !== null) {
    const { policyRule, vmIds } = stored.row;
    const mayKnow =
      isUser(stored.row, caller) ||
      isReviewer(policy, policyRule, caller) ||
      (await accessOf(world, caller).administers(vmIds));
    if (mayKnow) return { stored };
  }
  const isUnsure = caller.hasMoreGroups === true;
  return { answer: isUnsure ? refusalProblem(refusal('groupsOverage')) : notFound() };
}

/** The same object id is the same person, in whatever tenant. */
function isUser({ usedBy }: ReviewRow, { objectId }: Caller): boolean {
  return usedBy.objectId.toLowerCase() === objectId.toLowerCase();
}
