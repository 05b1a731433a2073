import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import { preferWait } from '../../shared/contract/preferWait';
import { refusalProblem } from '../../shared/contract/problem';
import { extendBody } from '../../shared/contract/requestBodies';
import { windowView } from '../../shared/contract/windowView';
import { isExtending } from '../../shared/domain/window/deadline';
import { repeatOf } from '../../shared/domain/request/keyedWrite';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { askToExtend, judgeExtend } from '../wishes/askToExtend';
import { carryOut } from '../wishes/carryOut';
import { json, notFound } from './answer';
import type { CallerHandler } from './asCaller';
import { awaitRow } from './awaitRow';
import { dryExtend } from './dryRun';
import { type Write, writeTo } from './writeTo';
import { keyReused } from './writes';

/**
 * `POST /api/windows/{id}/extend`: a later, absolute deadline. 200 when every rule is proved with
 * it, 202 while that is under way: until then the old deadline holds, and `until` says so.
 */
export function extendWindow(
  world: World,
  starterOf: (context: InvocationContext) => Starter,
): CallerHandler {
  return async (request, caller, context) => {
    const write = await writeTo(world, caller, request, extendBody, 'extend');
    if ('answer' in write) return write.answer;
    const { value, keyed } = write;
    const { until, reason } = value;
    if (write.dryRun) return dryAnswer(world, write, until);
    const wish = { by: caller.objectId, until, reason, keyed };
    const answer = await askToExtend(world, write.row.id, wish);
    if (answer.kind === 'notFound') return notFound();
    if (answer.kind === 'keyReused') return keyReused();
    if (answer.kind === 'refused') return refusalProblem(answer.refusal);
    await carryOut(world, starterOf(context), answer);
    const waitMs = preferWait(request.headers.get('prefer'), 0);
    const row = await awaitRow(world, answer.row, waitMs, (one) => !isExtending(one));
    const view = windowView(row);
    if (isExtending(row)) return json(view, 202, { location: view.self, 'retry-after': '2' });
    return json(view);
  };
}

async function dryAnswer(
  world: World,
  { row, keyed }: Pick<Write<unknown>, 'row' | 'keyed'>,
  until: number,
): Promise<HttpResponseInit> {
  // The real call would tell what became of it.
  if (repeatOf(row.keyed, keyed) === 'repeat') return dryExtend(world, row);
  const wished = await judgeExtend(world, row, until);
  return 'refused' in wished ? refusalProblem(wished.refused) : dryExtend(world, wished);
}
