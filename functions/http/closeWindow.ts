import type { InvocationContext } from '@azure/functions';
import { preferWait } from '../../shared/contract/preferWait';
import { closeBody } from '../../shared/contract/requestBodies';
import { windowView } from '../../shared/contract/windowView';
import { isGone } from '../../shared/domain/window/phase';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { askToClose } from '../wishes/askToClose';
import { carryOut } from '../wishes/carryOut';
import { json, notFound } from './answer';
import type { CallerHandler } from './asCaller';
import { awaitRow } from './awaitRow';
import { dryClose, isDryRun } from './dryRun';
import { findWindow } from './findWindow';
import { bodyOf } from './writes';

const waitMaxMs = 60_000;

/**
 * `POST /api/windows/{id}/close`: the wish is saved first, then waited for. 200 when each rule was
 * read as gone, else 202: it is closed all the same. By its owner or an administrator of its scope;
 * neither policy nor anything else that opens is asked.
 */
export function closeWindow(
  world: World,
  starterOf: (context: InvocationContext) => Starter,
): CallerHandler {
  return async (request, caller, context) => {
    const dryRun = isDryRun(request);
    if (typeof dryRun === 'object') return dryRun;
    const body = await bodyOf(request, closeBody);
    if ('problem' in body) return body.problem;
    const allowed = ['owner', 'administrator'] as const;
    const found = await findWindow(world, caller, request.params['id'], allowed);
    if ('answer' in found) return found.answer;
    if (dryRun) return dryClose(world, found.row);
    const reason = body.value.reason ?? '';
    const answer = await askToClose(world, found.row.id, { by: caller.objectId, reason });
    if (answer.kind !== 'accepted') return notFound();
    await carryOut(world, starterOf(context), answer);
    const waitMs = preferWait(request.headers.get('prefer'), waitMaxMs, waitMaxMs);
    const row = await awaitRow(world, answer.row, waitMs, isGone);
    const view = windowView(row);
    return isGone(row) ? json(view) : json(view, 202, { location: view.self, 'retry-after': '5' });
  };
}
