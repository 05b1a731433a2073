import { refusalProblem } from '../../shared/contract/problem';
import { denyBody } from '../../shared/contract/requestBodies';
import { windowView } from '../../shared/contract/windowView';
import { cleanText } from '../../shared/domain/text';
import type { World } from '../../shared/ports/world';
import { json, notFound } from './answer';
import { denyRequest } from './approval/denyRequest';
import { findSecond } from './approval/findSecond';
import { secondWrite } from './approval/secondWrite';
import type { CallerHandler } from './asCaller';
import { keyReused } from './writes';

/** `POST /api/windows/{id}/deny`: by whoever could approve it; that is the request's end. */
export function denyWindow(world: World): CallerHandler {
  return async (request, caller) => {
    const write = await secondWrite(caller, request, denyBody, 'deny');
    if ('answer' in write) return write.answer;
    const { value, keyed } = write;
    const found = await findSecond(world, caller, request.params['id']);
    if ('answer' in found) return found.answer;
    const remark = cleanText(value.reason, 500);
    const said = await denyRequest(world, caller, found.row.id, { remark, keyed });
    if (said === null) return notFound();
    if (said === 'keyReused') return keyReused();
    return 'code' in said ? refusalProblem(said) : json(windowView(said));
  };
}
