import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { problem } from '../../shared/contract/problem';
import { windowView } from '../../shared/contract/windowView';
import type { World } from '../../shared/ports/world';
import { answering, json } from './answer';

const idForm = /^[a-z2-7]{20}$/;

/** `GET /api/windows/{id}`: one window, living, closed or refused. */
export function getWindow(world: Pick<World, 'ledger' | 'log'>): HttpHandler {
  return answering(world, async ({ params }) => {
    const id = params['id'] ?? '';
    const stored = idForm.test(id) ? await world.ledger.windows.get(id) : null;
    return stored === null ? notFound() : json(windowView(stored.row));
  });
}

function notFound(): HttpResponseInit {
  return problem(
    'notFound',
    'There is no such window.',
    'GET /api/windows?all=true lists those that there are.',
  );
}
