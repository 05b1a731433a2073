import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import type { ArmRequest, Caller } from '../contract';

/** The audiences that Resource Manager accepts, in its public cloud. */
export const RESOURCE_MANAGER_AUDIENCES = [
  'https://management.azure.com',
  'https://management.core.windows.net',
];

/** A bearer token and its end, in milliseconds since 1970. */
export type IssuedToken = { token: string; expiresAt: number };

export type TokenOptions = {
  tenantId: string;
  /** How long a token lives, one hour when absent. */
  lifetimeMs?: number;
  /** Audiences Resource Manager accepts besides Azure's own: its URL in a custom cloud. */
  audiences?: string[];
  /** 32 secret bytes; random, so that tokens end with the process, when absent. */
  signingKey?: Buffer;
};

/** Makes tokens and knows its own again. */
export type Tokens = {
  tenantId: string;
  issueToken: (caller: Caller, wanted?: { audience?: string; lifetimeMs?: number }) => IssuedToken;
  /**
   * What tells a client who has signed in, for `clientId` to read. Resource Manager is no audience
   * of it: it opens nothing.
   */
  issueIdToken: (person: Caller, clientId: string) => string;
  /** Who sent this, by its bearer token; `undefined` when missing, forged, expired or for others. */
  authenticate: (request: ArmRequest) => Caller | undefined;
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

/**
 * Tokens look like those of Entra (a JWT with RS256 in its header) so that clients may read their
 * claims, but are sealed with a key of this process: nobody but it can or need verify them.
 */
export function createTokens(options: TokenOptions): Tokens {
  const key = options.signingKey ?? randomBytes(32);
  const accepted = new Set(
    [...RESOURCE_MANAGER_AUDIENCES, ...(options.audiences ?? [])].map(plainAudience),
  );
  const seal = (text: string) => createHmac('sha256', key).update(text).digest();
  const signed = (claims: object): string => {
    const text = `${encode({ typ: 'JWT', alg: 'RS256', kid: 'local' })}.${encode(claims)}`;
    return `${text}.${seal(text).toString('base64url')}`;
  };
  return {
    tenantId: options.tenantId,
    issueToken(caller, wanted = {}) {
      const lifetimeMs = wanted.lifetimeMs ?? options.lifetimeMs ?? 3_600_000;
      const nowS = Math.floor(Date.now() / 1000);
      const expiresS = Math.floor((Date.now() + lifetimeMs) / 1000);
      const claims = {
        aud: wanted.audience ?? RESOURCE_MANAGER_AUDIENCES[0],
        iss: `https://sts.windows.net/${options.tenantId}/`,
        iat: nowS,
        nbf: nowS,
        exp: expiresS,
        oid: caller.objectId,
        sub: caller.objectId,
        tid: options.tenantId,
        name: caller.name,
        idtyp: caller.kind === 'app' ? 'app' : 'user',
        uti: randomBytes(16).toString('base64url'),
        ver: '1.0',
      };
      return { token: signed(claims), expiresAt: expiresS * 1000 };
    },
    issueIdToken(person, clientId) {
      const nowS = Math.floor(Date.now() / 1000);
      return signed({
        aud: clientId,
        iss: `https://sts.windows.net/${options.tenantId}/`,
        iat: nowS,
        nbf: nowS,
        exp: nowS + 3_600,
        oid: person.objectId,
        sub: person.objectId,
        tid: options.tenantId,
        name: person.name,
        preferred_username: person.name,
        upn: person.name,
        ver: '2.0',
      });
    },
    authenticate: createAuthenticate(seal, accepted),
  };
}

/** Knows tokens again by their seal, which is checked once: the same one comes for an hour. */
function createAuthenticate(
  seal: (text: string) => Buffer,
  accepted: ReadonlySet<string>,
): Tokens['authenticate'] {
  const seen = new Map<string, { caller: Caller; expiresAt: number }>();
  return (request) => {
    const token = /^bearer\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    const known = token === undefined ? undefined : seen.get(token);
    if (known !== undefined && known.expiresAt > Date.now()) return known.caller;
    const [head, body, signature, ...rest] = token?.split('.') ?? [];
    if (head === undefined || body === undefined || signature === undefined) return undefined;
    if (rest.length > 0) return undefined;
    const sent = Buffer.from(signature, 'base64url');
    const right = seal(`${head}.${body}`);
    if (sent.length !== right.length || !timingSafeEqual(sent, right)) return undefined;
    // Sealed here, but perhaps an ID token: that is no bearer token.
    const parsed = CLAIMS.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    if (!parsed.success) return undefined;
    const claims = parsed.data;
    if (claims.exp * 1000 <= Date.now() || !accepted.has(plainAudience(claims.aud))) {
      return undefined;
    }
    const kind = claims.idtyp === 'app' ? 'app' : 'person';
    const caller: Caller = { objectId: claims.oid, name: claims.name, kind };
    if (seen.size >= SEEN_MAX) seen.clear();
    if (token !== undefined) seen.set(token, { caller, expiresAt: claims.exp * 1000 });
    return caller;
  };
}

/** Audiences come with and without a slash at the end, and from the CLI with two. */
function plainAudience(audience: string): string {
  return audience.toLowerCase().replace(/\/+$/, '');
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
