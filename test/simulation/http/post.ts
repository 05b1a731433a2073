import { idOf, windowIdFor } from '../oracle/ids';
import type { Person } from '../people';
import type { Stage } from '../stage';
import type { Call } from './call';
import type { TokenBook } from './callers';
import type { Meant } from './errand';
import type { Envelope } from './wire';
import { personOf } from './callers';

const paths: Readonly<Record<Call['door'], readonly [method: string, path: string]>> = {
  requestWindow: ['POST', 'windows'],
  extendWindow: ['POST', 'windows/{id}/extend'],
  closeWindow: ['POST', 'windows/{id}/close'],
  closeAllWindows: ['POST', 'windows/close-all'],
  listWindows: ['GET', 'windows'],
  getWindow: ['GET', 'windows/{id}'],
};

/** What a call is made of before it is one. */
export type Draft = Pick<Call, 'door' | 'windowId' | 'key' | 'body' | 'isDry'> & {
  readonly person: Person;
  readonly address: string;
  readonly prefer: string | null;
};

/** A call in somebody's own name. */
export function envelopeOf(tokens: TokenBook, draft: Draft): Envelope {
  const { person, prefer, ...rest } = draft;
  const [method, path] = paths[draft.door];
  const query = draft.isDry ? '?dryRun=true' : '';
  return {
    call: {
      ...rest,
      callerId: person.objectId,
      arrivedMs: null,
      isOrphaned: false,
      answer: null,
    },
    method,
    url: `/api/${path.replace('{id}', draft.windowId)}${query}`,
    headers: {
      authorization: `Bearer ${tokens.of(person)}`,
      ...(draft.key === '' ? {} : { 'idempotency-key': draft.key }),
      ...(draft.body === null ? {} : { 'content-type': 'application/json' }),
      ...(prefer === null ? {} : { prefer }),
    },
    isPastPlatform: false,
  };
}

/** The id that the window of a request must have. */
export function requestedId(callerId: string, key: string): string {
  return idOf(`request|${callerId.toLowerCase()}|${key}`);
}

/** The id of the window that is meant; '' where there is none yet. */
export function meantId(stage: Pick<Stage, 'simulation'>, { person, key }: Meant): string {
  const { objectId } = personOf(person);
  if (key !== null) return requestedId(objectId, key);
  const own = stage
    .simulation()
    .azure.pim.truth()
    .findLast(({ principalId }) => principalId === objectId);
  return own === undefined ? '' : windowIdFor(own.roleAssignmentId, Date.parse(own.startAt));
}
