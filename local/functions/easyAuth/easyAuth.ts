import { answerText, type HttpAnswer } from '../host/http';
import { claimsOf } from './bearer';
import { createTrust } from './keys';
import { createPersonaTokens, personaNames } from './personas';
import { principalHeaders, withoutReserved } from './principal';
import type { EasyAuthSettings } from './settings';
import type { SignIn } from './signIn';

/** Either the headers that the app gets to see, or the answer in its stead. */
type Passage = { headers: Record<string, string> } | { answer: HttpAnswer };

/** App Service authentication before one app. */
export type EasyAuth = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Passage>;

export type EasyAuthOptions = EasyAuthSettings & {
  /** Paths that nobody has to sign in for, in lower case. */
  excludedPaths: readonly string[];
};

/** The host's own doors, which keep their keys. */
const OWN_DOORS = /^\/(?:admin\/|runtime\/webhooks\/(?:eventgrid$|durabletask\/))/;

/** Whoever wants to be turned away although a default persona is set. */
const NOBODY = 'nobody';

/**
 * What App Service does with `requireAuthentication` and `Return401`: a request comes through with
 * a good token only, and what it says of the caller in reserved headers is taken away. Locally
 * `x-local-persona` stands for a token of that person. Throws SignInFailed.
 */
export function createEasyAuth(options: EasyAuthOptions, signIn: SignIn): EasyAuth {
  const trust = createTrust(options, signIn);
  const tokenOf = createPersonaTokens(options, signIn);
  const { excludedPaths } = options;
  return async (url, sent) => {
    const { 'x-local-persona': wanted, ...headers } = withoutReserved(sent);
    const path = url.pathname.toLowerCase();
    if (OWN_DOORS.test(path) || excludedPaths.includes(path)) return { headers };
    if (headers['authorization'] === undefined) {
      const persona = wanted ?? options.persona ?? NOBODY;
      if (persona === NOBODY) return { answer: unauthorized(url, options) };
      if (!personaNames.includes(persona)) return { answer: unknownPersona() };
      headers['authorization'] = `Bearer ${await tokenOf(persona)}`;
    }
    const claims = await claimsOf(headers['authorization'], options, trust);
    if (claims === null) return { answer: unauthorized(url, options) };
    return { headers: { ...headers, ...principalHeaders(claims) } };
  };
}

function unauthorized(
  url: URL,
  { loginEndpoint, tenantId, clientId }: EasyAuthSettings,
): HttpAnswer {
  const where = `${loginEndpoint}/${tenantId}/oauth2/v2.0/authorize`;
  return answerText(401, 'You do not have permission to view this directory or page.', {
    'content-type': 'text/html',
    'www-authenticate': `Bearer realm="${url.host}" authorization_uri="${where}" resource_id="${clientId}"`,
  });
}

function unknownPersona(): HttpAnswer {
  const names = [...personaNames, NOBODY].join(', ');
  return answerText(400, `x-local-persona is one of ${names}.\n`, { 'content-type': 'text/plain' });
}
