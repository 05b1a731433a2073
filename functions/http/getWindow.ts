import { windowView } from '../../shared/contract/windowView';
import type { World } from '../../shared/ports/world';
import { json } from './answer';
import type { CallerHandler } from './asCaller';
import { findWindow } from './findWindow';

/** `GET /api/windows/{id}`: one window, living, closed or refused, for whoever may see it. */
export function getWindow(world: World): CallerHandler {
  return async ({ params }, caller) => {
    const found = await findWindow(world, caller, params['id'], [
      'owner',
      'administrator',
      'second',
      'auditor',
    ]);
    return 'answer' in found ? found.answer : json(windowView(found.row));
  };
}
