import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Login } from '../../local/azure/login/createLogin';
import { callerOf } from '../../shared/domain/caller/caller';
import type { Callers } from '../../shared/ports/callers';
import { signInAt } from './signInAt';

type Place = { readonly login: string; readonly tenantId: string; readonly apiClientId: string };

/**
 * Callers by the tokens of a local Azure in this process, as the app knows them, but for the
 * signature: that is verified while virtual time stands still, which the app's own library does not.
 */
export function callersBySignIn(
  { login, tenantId, apiClientId }: Place,
  signIn: Pick<Login, 'handle'>,
): Callers {
  return {
    identify: async (headers) => {
      const token = /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1];
      const principal = headers.get('x-ms-client-principal-id');
      if (token === undefined || principal === null) return 'tokenMissing';
      const { body } = await signInAt(signIn)(`${login}/${tenantId}/discovery/v2.0/keys`);
      const [key] = (JSON.parse(body) as { keys: { n: string; e: string }[] }).keys;
      if (key === undefined) return 'tokenInvalid';
      const publicKey = createPublicKey({ key: { ...key, kty: 'RSA' }, format: 'jwk' });
      try {
        const claims = jwt.verify(token, publicKey, {
          algorithms: ['RS256'],
          audience: apiClientId,
          issuer: `${login}/${tenantId}/v2.0`,
        });
        const caller = callerOf(claims, tenantId);
        return typeof caller === 'string' || caller.objectId === principal
          ? caller
          : 'tokenInvalid';
      } catch {
        return 'tokenInvalid';
      }
    },
  };
}
