import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { callerOf, type CallerRefusal } from '../domain/caller/caller';
import { Fault } from '../domain/fault';
import type { Callers, Headers } from '../ports/callers';

/** Whose tokens count. */
export type CallersConfig = {
  /** Origin of the cloud's sign-in: `https://login.microsoftonline.com`. */
  readonly login: string;
  readonly tenantId: string;
  /** Client id of the API's own app registration: what tokens must be issued for. */
  readonly apiClientId: string;
};

/** Longer than any token of Entra's; what is longer is not looked at. */
const tokenMax = 16_384;
/** How far the clocks of the one who issues and the one who checks may differ, in seconds. */
const toleranceSeconds = 60;

/**
 * Callers by the access tokens of one tenant, version 2.0, checked by its published keys
 * (https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens). The platform
 * has checked them before: its principal must be there, and be the same person.
 */
export function createCallers(
  { login, tenantId, apiClientId }: CallersConfig,
  now: () => number,
  fetchKeys: typeof fetch = fetch,
): Callers {
  const keys = createRemoteJWKSet(new URL(`${login}/${tenantId}/discovery/v2.0/keys`), {
    [customFetch]: fetchKeys,
  });
  return {
    async identify(headers) {
      const token = tokenOf(headers);
      const principal = headers.get('x-ms-client-principal-id') ?? '';
      if (token === null || principal === '') return 'tokenMissing';
      if (token.length > tokenMax) return 'tokenInvalid';
      const claims = await verified(token, keys, {
        issuer: `${login}/${tenantId}/v2.0`,
        audience: [apiClientId, `api://${apiClientId}`],
        currentDate: new Date(now()),
      });
      if (typeof claims === 'string') return claims;
      const caller = callerOf(claims, tenantId);
      const isSame = typeof caller === 'string' || caller.objectId === principal.toLowerCase();
      return isSame ? caller : 'tokenInvalid';
    },
  };
}

function tokenOf(headers: Headers): string | null {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { issuer: string; audience: string[]; currentDate: Date },
): Promise<object | CallerRefusal> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: ['RS256'],
      clockTolerance: toleranceSeconds,
      requiredClaims: ['exp', 'oid', 'tid'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'tokenExpired';
    if (isAboutKeys(error)) throw keysUnavailable(error);
    if (error instanceof errors.JOSEError) return 'tokenInvalid';
    throw keysUnavailable(error);
  }
}

/** An unknown key id is the token's fault; a key set that cannot be had is nobody's but ours. */
function isAboutKeys(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  // The plain class: an answer of the key set's own server that was no key set.
  return error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC';
}

function keysUnavailable(cause: unknown): Fault {
  const code = cause instanceof Error ? cause.name.slice(0, 60) : 'unknown';
  return new Fault(
    { kind: 'unavailable', code, status: 0, retryAfterMs: null },
    'read the keys of the sign-in',
  );
}
