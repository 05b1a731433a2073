import type { InvocationContext } from '@azure/functions';
import { preferWait, waitMaxMs } from '../../shared/contract/preferWait';
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
import { dryClose } from './dryRun';
import { writeTo } from './writeTo';
import { keyReused } from './writes';

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
    const write = await writeTo(world, caller, request, closeBody, 'close');
    if ('answer' in write) return write.answer;
    if (write.dryRun) return dryClose(world, write.row);
    const { value, keyed } = write;
    const wish = { by: caller.objectId, reason: value.reason ?? '', keyed };
    const answer = await askToClose(world, write.row.id, wish);
    if (answer.kind === 'keyReused') return keyReused();
    if (answer.kind !== 'accepted') return notFound();
    await carryOut(world, starterOf(context), answer);
    const waitMs = preferWait(request.headers.get('prefer'), waitMaxMs);
    const row = await awaitRow(world, answer.row, waitMs, isGone);
    const view = windowView(row);
    return isGone(row) ? json(view) : json(view, 202, { location: view.self, 'retry-after': '5' });
  };
}
