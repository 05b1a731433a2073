import type { InvocationContext } from '@azure/functions';
import { preferWait } from '../../shared/contract/preferWait';
import { refusalProblem } from '../../shared/contract/problem';
import { approveBody } from '../../shared/contract/requestBodies';
import { windowView } from '../../shared/contract/windowView';
import { cleanText } from '../../shared/domain/text';
import { windowPhase } from '../../shared/domain/window/phase';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { json, notFound } from './answer';
import { approveRequest } from './approval/approveRequest';
import { findSecond } from './approval/findSecond';
import { secondWrite } from './approval/secondWrite';
import type { CallerHandler } from './asCaller';
import { awaitRow, isDecided } from './awaitRow';
import { heldBack } from './heldBack';
import { keyReused } from './writes';

/**
 * `POST /api/windows/{id}/approve`: by a member of a group that policy asks, never by who asked for
 * it. 202 while it opens, 201 where `Prefer: wait=30` was long enough to prove it open, 200 where it
 * was approved before.
 */
export function approveWindow(
  world: World,
  starterOf: (context: InvocationContext) => Starter,
): CallerHandler {
  return async (request, caller, context) => {
    const write = await secondWrite(caller, request, approveBody, 'approve');
    if ('answer' in write) return write.answer;
    const { value, keyed } = write;
    const found = await findSecond(world, caller, request.params['id']);
    if ('answer' in found) return found.answer;
    const held = heldBack(world);
    if (held !== null) return held;
    const remark = cleanText(value.remark ?? '', 500);
    const said = await approveRequest(world, starterOf(context), caller, found.row.id, {
      remark,
      keyed,
    });
    if (said.kind === 'notFound') return notFound();
    if (said.kind === 'keyReused') return keyReused();
    if (said.kind === 'refused') return refusalProblem(said.refusal);
    if (!said.changed) return json(windowView(said.row));
    const waitMs = preferWait(request.headers.get('prefer'), 0);
    const row = await awaitRow(world, said.row, waitMs, isDecided);
    const view = windowView(row);
    return windowPhase(row) === 'open'
      ? json(view, 201, { location: view.self })
      : json(view, 202, { location: view.self, 'retry-after': '2' });
  };
}
