import { z } from 'zod';

import { localPassword, personas, signInNameOf } from '../../tenant';
import type { EasyAuthSettings } from './settings';
import { said, type SignIn } from './signIn';

/** The application id that the Azure CLI has everywhere: a persona calls as somebody in a shell. */
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** A token is fetched anew so long before its end. */
const renewMs = 60_000;

const ANSWER = z.object({ access_token: z.string(), expires_in: z.number() });

/** Those whom `x-local-persona` may name. */
export const personaNames: readonly string[] = Object.keys(personas);

/** Signs a persona in for the app's API, once an hour. Throws SignInFailed. */
export function createPersonaTokens(
  { loginEndpoint, tenantId, clientId }: EasyAuthSettings,
  signIn: SignIn,
): (persona: string) => Promise<string> {
  const kept = new Map<string, { token: string; untilMs: number }>();
  return async (persona) => {
    const known = kept.get(persona);
    if (known !== undefined && known.untilMs > Date.now()) return known.token;
    const person = personas[persona];
    if (person === undefined) throw new Error(`There is no persona ${persona}.`);
    const form = {
      grant_type: 'password',
      client_id: azureCli,
      scope: `api://${clientId}/.default`,
      username: signInNameOf(person),
      password: localPassword,
    };
    const url = `${loginEndpoint}/${tenantId}/oauth2/v2.0/token`;
    const { access_token: token, expires_in: lifetimeS } = await said(ANSWER, [url, form], signIn);
    kept.set(persona, { token, untilMs: Date.now() + lifetimeS * 1000 - renewMs });
    return token;
  };
}
