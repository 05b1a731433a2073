import { createHash, randomBytes } from 'node:crypto';

import type { Caller } from '../contract';

/** What the directory knows of a person besides the name to sign in with. */
export type PersonDetails = {
  displayName: string;
  /** Object ids of the groups that they are in. */
  groups: readonly string[];
  /** Guests: who has signed them in, `https://sts.windows.net/{their tenant}/`. */
  homeIssuer?: string;
};

/** An API that has an app registration in the tenant. */
export type ApiRegistration = {
  clientId: string;
  /** The delegated permissions that it offers. */
  scopes: readonly string[];
};

/** From when until when a token is good, in whole seconds since 1970. */
export type Span = { startS: number; endS: number };

/** What every token tells of itself. */
function common(tenantId: string, { startS, endS }: Span) {
  const uti = randomBytes(16).toString('base64url');
  return { iat: startS, nbf: startS, exp: endS, tid: tenantId, uti };
}

/** A token for one of Azure's own resources, which take version 1. */
export function azureClaims(caller: Caller, audience: string, tenantId: string, span: Span) {
  return {
    ...common(tenantId, span),
    aud: audience,
    iss: `https://sts.windows.net/${tenantId}/`,
    oid: caller.objectId,
    sub: caller.objectId,
    name: caller.name,
    idtyp: caller.kind === 'app' ? 'app' : 'user',
    ver: '1.0',
  };
}

/** Who calls an API, through which client, and what the client may do in their name. */
export type ApiToken = {
  api: ApiRegistration;
  caller: Caller;
  person: PersonDetails | undefined;
  /** Application id of the client that asked. */
  clientId: string;
  scopes: readonly string[];
};

/**
 * A version 2 token for an API of the tenant. `acct` and `groups` are there because its registration
 * asks for them; an app calls in its own name, without scopes.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function apiClaims(wanted: ApiToken, issuer: string, tenantId: string, span: Span): object {
  const { api, caller, clientId, scopes } = wanted;
  const claims = {
    ...common(tenantId, span),
    aud: api.clientId,
    iss: issuer,
    azp: clientId,
    oid: caller.objectId,
    ver: '2.0',
  };
  if (caller.kind === 'app') return { ...claims, azpacr: '1', sub: caller.objectId };
  const { displayName, groups, homeIssuer } = detailsOf(wanted);
  return {
    ...claims,
    azpacr: '0',
    acct: homeIssuer === undefined ? 0 : 1,
    ...(groups.length > 0 ? { groups } : {}),
    ...(homeIssuer === undefined ? {} : { idp: homeIssuer }),
    name: displayName,
    preferred_username: caller.name,
    scp: scopes.join(' '),
    sub: subjectFor(api.clientId, caller),
  };
}

/** What tells a client who has signed in. */
export function idClaims(
  wanted: Pick<ApiToken, 'caller' | 'person' | 'clientId'>,
  issuer: string,
  tenantId: string,
  span: Span,
): object {
  const { caller, clientId } = wanted;
  return {
    ...common(tenantId, span),
    aud: clientId,
    iss: issuer,
    oid: caller.objectId,
    sub: subjectFor(clientId, caller),
    name: detailsOf(wanted).displayName,
    preferred_username: caller.name,
    upn: caller.name,
    ver: '2.0',
  };
}

function detailsOf({ caller, person }: Pick<ApiToken, 'caller' | 'person'>): PersonDetails {
  return person ?? { displayName: caller.name, groups: [] };
}

/** A person has another subject at each app, so that apps cannot compare notes. */
function subjectFor(clientId: string, { objectId }: Caller): string {
  return createHash('sha256').update(`${clientId}/${objectId}`).digest('base64url');
}
