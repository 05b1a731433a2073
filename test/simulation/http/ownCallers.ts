import { createCallers } from '../../../shared/azure/callers';
import type { callersBySignIn } from '../../support/callersBySignIn';
import { signInAt } from '../../support/signInAt';

/**
 * Callers as the app itself knows them, with the library that it deploys: the keys come from the
 * sign-in in this process, and the scheduler waits for the cryptography.
 */
export const ownCallers: typeof callersBySignIn = ({ login, tenantId, apiClientId }, signIn) => {
  const ask = signInAt(signIn);
  const fetchKeys = async (url: unknown): Promise<Response> => {
    const { status, body } = await ask(String(url));
    // What is read of an answer, and no more: a body that streams would take real time.
    return { status, json: async () => JSON.parse(body) as unknown } as Response;
  };
  return createCallers({ login, tenantId, apiClientId }, () => Date.now(), fetchKeys);
};
