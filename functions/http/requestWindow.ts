import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { preferWait } from '../../shared/contract/preferWait';
import { type Problem, problem, refusalProblem } from '../../shared/contract/problem';
import { askedOf, requestBody } from '../../shared/contract/requestBodies';
import { refusalViews, windowView } from '../../shared/contract/windowView';
import type { Caller } from '../../shared/domain/caller/caller';
import { callerAddress } from '../../shared/domain/caller/callerAddress';
import { hashId, windowIdOf } from '../../shared/domain/identity';
import { isRefusalCode } from '../../shared/domain/refusal';
import type { Asked } from '../../shared/domain/request/asked';
import { windowPhase } from '../../shared/domain/window/phase';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { noteRefusedRequest } from '../../shared/notices/noteOwing';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { json } from './answer';
import type { CallerHandler } from './asCaller';
import { awaitRow, isDecided } from './awaitRow';
import { dryRequest, isDryRun } from './dryRun';
import { heldBack } from './heldBack';
import {
  grantRequest,
  type RefusedRequest,
  type RequestedWindow,
  wouldGrant,
} from './request/grantRequest';
import { bodyOf, idempotencyKey, keyMissing, keyReused } from './writes';

/**
 * `POST /api/windows`: a window on the caller's own active role, or a group of theirs. Its id comes of caller and
 * `Idempotency-Key`, so that a repeat is the same window. 202 with the place to look, or 201 where
 * `Prefer: wait=30` was long enough to prove it open.
 */
export function requestWindow(
  world: World,
  starterOf: (context: InvocationContext) => Starter,
): CallerHandler {
  return async (request, caller, context) => {
    const dryRun = isDryRun(request);
    if (typeof dryRun === 'object') return dryRun;
    const key = idempotencyKey(request);
    if (key === null || key === '') return keyMissing();
    const body = await bodyOf(request, requestBody);
    if ('problem' in body) return body.problem;
    const asked = askedOf(body.value);
    const bodyHash = hashId(JSON.stringify(asked));
    const id = windowIdOf({ kind: 'request', callerId: caller.objectId, key });
    const known = await world.ledger.windows.get(id);
    if (known !== null) return answerKnown(world, request, known.row, bodyHash);
    const held = heldBack(world);
    if (held !== null) return held;
    const address = callerAddress(request.headers.get('x-forwarded-for'));
    const what = { key, bodyHash, asked, address };
    if (dryRun) return dryAnswer(world, caller, what);
    const made = await grantRequest(world, starterOf(context), caller, what);
    if (made.kind === 'refused') {
      await noteRefusedRequest(world, caller, asked, made);
      return refused(world, caller, asked, made);
    }
    return answerKnown(world, request, made.row, bodyHash);
  };
}

async function dryAnswer(
  world: World,
  caller: Caller,
  what: RequestedWindow,
): Promise<HttpResponseInit> {
  const would = await wouldGrant(world, caller, what);
  return would.kind === 'refused' ? refusedProblem(would) : dryRequest(world, would.row);
}

async function answerKnown(
  world: World,
  request: HttpRequest,
  known: WindowRow,
  bodyHash: string,
): Promise<HttpResponseInit> {
  const { origin } = known.grant;
  if (origin.kind === 'activation' || origin.bodyHash !== bodyHash) {
    return keyReused();
  }
  const waitMs = preferWait(request.headers.get('prefer'), 0);
  const row = await awaitRow(world, known, waitMs, isDecided);
  const phase = windowPhase(row);
  const view = windowView(row);
  if (phase === 'refused') return refusedLater(row);
  if (phase === 'open') return json(view, 201, { location: view.self });
  if (phase === 'awaitingApproval') return json(view, 202, { location: view.self, ...slowly });
  const isUnderWay = phase === 'planned' || phase === 'opening';
  return isUnderWay
    ? json(view, 202, { location: view.self, 'retry-after': '2' })
    : json(view, 200, { location: view.self });
}

/** People answer more slowly than machines. */
const slowly = { 'retry-after': '15' } as const;

/** Open, refused, waiting for somebody, or on its way to the end: nothing more is to be waited for. */
/** Granted, and refused when the network was read: the first machine's reason stands for all. */
function refusedLater(row: WindowRow): Problem {
  const refusals = refusalViews(row);
  const [first] = refusals;
  const said = row.refusals.find(({ code }) => isRefusalCode(code));
  const code = said !== undefined && isRefusalCode(said.code) ? said.code : 'planFailed';
  const title = first?.rule ?? 'It could not be planned.';
  return problem(code, title, first?.next ?? 'Ask again.', { refusals });
}

function refused(
  { log }: World,
  caller: Caller,
  asked: Asked,
  { refusal: said, targets }: RefusedRequest,
): Problem {
  log.info('request.refused', {
    personId: caller.objectId,
    refusal: said.code,
    rule: said.rule,
    next: said.next,
    vms: asked.vms.slice(0, 40),
    refused: targets.map(({ vmId, code }) => ({ vmId, refused: code })),
  });
  return refusedProblem({ refusal: said, targets });
}

function refusedProblem({ refusal: said, targets }: Pick<RefusedRequest, 'refusal' | 'targets'>) {
  return targets.length === 0
    ? refusalProblem(said)
    : refusalProblem(said, { refusals: refusalViews({ refusals: targets }) });
}
