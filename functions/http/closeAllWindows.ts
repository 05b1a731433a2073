import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import { problem } from '../../shared/contract/problem';
import { closeAllBody } from '../../shared/contract/requestBodies';
import { isAtOrUnder } from '../../shared/domain/armId';
import { placesOf } from '../../shared/domain/caller/standing';
import type { ClosedAll } from '../../shared/domain/request/keyedCloseAll';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';
import { askToClose } from '../wishes/askToClose';
import { carryOut } from '../wishes/carryOut';
import { accessOf } from './access';
import { json } from './answer';
import type { CallerHandler } from './asCaller';
import { closedBefore, rememberCloseAll } from './closeAllOnce';
import { livingWindows } from './listWindows';
import { bodyOf, keyedBy, keyReused } from './writes';

const width = 8;

/**
 * `POST /api/windows/close-all`: everything that lives and that the caller administers, of one
 * person or scope if they are named. Every wish is saved before the answer, which is 202: each
 * window's own look tells when it is gone. With a key it is done once in a day. Policy is asked for
 * nothing but who administers.
 */
export function closeAllWindows(
  world: World,
  starterOf: (context: InvocationContext) => Starter,
): CallerHandler {
  return async (request, caller, context) => {
    const body = await bodyOf(request, closeAllBody);
    if ('problem' in body) return body.problem;
    const keyed = keyedBy(request, caller, 'close-all', body.value);
    if (keyed !== null && 'problem' in keyed) return keyed.problem;
    const before = await closedBefore(world, caller, keyed);
    if (before === 'reused') return keyReused();
    if (before !== null) return closingList(before);
    const { person, scope, reason } = body.value;
    const meant = (await livingWindows(world)).filter(
      (row) =>
        (person === undefined || row.grant.person.objectId.toLowerCase() === person) &&
        (scope === undefined || placesOf(row).every((place) => isAtOrUnder(place, scope))),
    );
    const { of, isWhole } = await accessOf(world, caller).standings(meant, 'administrator');
    const rows = meant.filter((row) => of(row) === 'administrator');
    if (rows.length === 0) return nothingToClose(isWhole);
    await rememberCloseAll(world, caller, keyed, null);
    const closing: string[] = [];
    await eachOf(rows, width, async ({ id }) => {
      const answer = await askToClose(world, id, { by: caller.objectId, reason });
      if (answer.kind !== 'accepted') return;
      closing.push(id);
      await carryOut(world, starterOf(context), answer);
    });
    const closed = { ids: closing.sort(), isWhole };
    await rememberCloseAll(world, caller, keyed, closed);
    return closingList(closed);
  };
}

function closingList({ ids, isWhole }: ClosedAll): HttpResponseInit {
  return json({ closing: ids.length, isWhole, windows: ids.map(linkOf) }, 202);
}

function linkOf(id: string): { readonly id: string; readonly self: string } {
  return { id, self: `/api/windows/${id}` };
}

function nothingToClose(isWhole: boolean) {
  return isWhole
    ? problem(
        'nothingToClose',
        'No window that lives, is meant and is administered by you was found.',
        'See GET /api/windows; Owner at the VM’s scope is what counts, unless policy names more.',
      )
    : problem(
        'unavailable',
        'Resource Manager did not say which windows you administer.',
        'Send it again; or close single windows of your own.',
      );
}
