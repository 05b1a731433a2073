import { z } from 'zod';

import type { ArmRequest, Caller } from '../contract';
import {
  apiClaims,
  type ApiRegistration,
  azureClaims,
  idClaims,
  type PersonDetails,
  type Span,
} from './claims';
import { type KeySet, keySet, openSigned, processKey, signed, type SigningKey } from './signing';

/** The audiences that Resource Manager accepts, in its public cloud. */
export const RESOURCE_MANAGER_AUDIENCES = [
  'https://management.azure.com',
  'https://management.core.windows.net',
];

/** Whose name the issuer bears where sign-in has no address of its own. */
const PUBLIC_ORIGIN = 'https://login.microsoftonline.com';

/** A bearer token and its end, in milliseconds since 1970. */
export type IssuedToken = { token: string; expiresAt: number };

export type TokenOptions = {
  tenantId: string;
  /** How long a token lives, one hour when absent. */
  lifetimeMs?: number;
  /** Audiences Resource Manager accepts besides Azure's own: its URL in a custom cloud. */
  audiences?: string[];
  /** The process's own, so that tokens end with it, when absent. */
  signingKey?: SigningKey;
  /** Where sign-in is served, as issuers name it; the address that a client used when absent. */
  origin?: string;
  /** APIs that have an app registration here: their tokens are of version 2. */
  apis?: ApiRegistration[];
  /** What tokens tell of people, by object id. */
  people?: ReadonlyMap<string, PersonDetails>;
};

/** What a token is to be for. */
export type WantedToken = {
  /** Resource Manager when absent. An API is named by its client id, with `api://` or without. */
  audience?: string;
  lifetimeMs?: number;
  /** The client that asks, by its application id; the API's own when absent. */
  clientId?: string;
  /** All that the API offers when absent. */
  scopes?: readonly string[];
  /** The address that the client used. */
  origin?: string;
};

/** Makes tokens and knows its own again. */
export type Tokens = {
  tenantId: string;
  issueToken: (caller: Caller, wanted?: WantedToken) => IssuedToken;
  /**
   * What tells a client who has signed in, for `clientId` to read. Resource Manager is no audience
   * of it: it opens nothing.
   */
  issueIdToken: (person: Caller, clientId: string, origin?: string) => string;
  /** Who sent this, by its bearer token; `undefined` when missing, forged, expired or for others. */
  authenticate: (request: ArmRequest) => Caller | undefined;
  /** The API that this audience names. */
  apiOf: (audience: string | undefined) => ApiRegistration | undefined;
  /** What everybody may verify tokens with. */
  keySet: (origin?: string) => KeySet;
  /** The issuer of version 2 tokens. */
  issuerAt: (origin?: string) => string;
};

/** Tokens remembered as good; each test and each start of a process needs a handful. */
const SEEN_MAX = 1_000;

const CLAIMS = z.object({
  aud: z.string(),
  exp: z.number(),
  oid: z.string(),
  name: z.string(),
  idtyp: z.enum(['app', 'user']),
});

/** Tokens as Entra makes them: JWTs signed with RS256, which anybody can verify by the key set. */
export function createTokens(options: TokenOptions): Tokens {
  const { tenantId, people, apis = [] } = options;
  const key = () => options.signingKey ?? processKey();
  const issuerAt = (origin = PUBLIC_ORIGIN) => `${options.origin ?? origin}/${tenantId}/v2.0`;
  const apiOf = (audience = '') => {
    const plain = plainAudience(audience);
    return apis.find(({ clientId }) => {
      const id = clientId.toLowerCase();
      return plain === id || plain === `api://${id}`;
    });
  };
  return {
    tenantId,
    apiOf,
    issuerAt,
    keySet: (origin) => keySet(key(), issuerAt(origin)),
    issueToken(caller, wanted = {}) {
      const span = spanOf(wanted.lifetimeMs ?? options.lifetimeMs ?? 3_600_000);
      const { audience = RESOURCE_MANAGER_AUDIENCES[0] ?? '', origin } = wanted;
      const api = apiOf(audience);
      const { clientId = api?.clientId ?? '', scopes = api?.scopes ?? [] } = wanted;
      const person = people?.get(caller.objectId);
      const claims = api
        ? apiClaims({ api, caller, person, clientId, scopes }, issuerAt(origin), tenantId, span)
        : azureClaims(caller, audience, tenantId, span);
      return { token: signed(claims, key()), expiresAt: span.endS * 1000 };
    },
    issueIdToken(caller, clientId, origin) {
      const person = people?.get(caller.objectId);
      const wanted = { caller, clientId, person };
      return signed(idClaims(wanted, issuerAt(origin), tenantId, spanOf(3_600_000)), key());
    },
    authenticate: createAuthenticate(
      key,
      new Set([...RESOURCE_MANAGER_AUDIENCES, ...(options.audiences ?? [])].map(plainAudience)),
    ),
  };
}

function spanOf(lifetimeMs: number): Span {
  const now = Date.now();
  return { startS: Math.floor(now / 1000), endS: Math.floor((now + lifetimeMs) / 1000) };
}

/** Knows tokens again by their signature, which is checked once: the same one comes for an hour. */
function createAuthenticate(
  key: () => SigningKey,
  accepted: ReadonlySet<string>,
): Tokens['authenticate'] {
  const seen = new Map<string, { caller: Caller; expiresAt: number }>();
  return (request) => {
    const token = /^bearer\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (token === undefined) return undefined;
    const known = seen.get(token);
    if (known !== undefined && known.expiresAt > Date.now()) return known.caller;
    // Signed here, but perhaps an ID token or one for an API: those are no bearer tokens here.
    const parsed = CLAIMS.safeParse(openSigned(token, key()));
    if (!parsed.success) return undefined;
    const claims = parsed.data;
    if (claims.exp * 1000 <= Date.now() || !accepted.has(plainAudience(claims.aud))) {
      return undefined;
    }
    const kind = claims.idtyp === 'app' ? 'app' : 'person';
    const caller: Caller = { objectId: claims.oid, name: claims.name, kind };
    if (seen.size >= SEEN_MAX) seen.clear();
    seen.set(token, { caller, expiresAt: claims.exp * 1000 });
    return caller;
  };
}

/** Audiences come with and without a slash at the end, and from the CLI with two. */
function plainAudience(audience: string): string {
  return audience.toLowerCase().replace(/\/+$/, '');
}
