import { randomBytes, timingSafeEqual } from 'node:crypto';

import type { ArmRequest, ArmResponse, Caller } from '../contract';
import { discovery } from './discovery';
import { json } from './respond';
import { createTokens, type TokenOptions, type Tokens } from './tokens';

/** Somebody who can sign in: an app's managed identity, a service principal, a person. */
export type Identity = {
  caller: Caller;
  /** Application id; people have none. */
  clientId?: string;
  /** Client secret or password; without one there is no signing in by name. */
  secret?: string;
  /** True: gets its tokens from an identity endpoint of its own. */
  managed?: boolean;
};

/** What sign-in offers the estate. */
export type Login = Tokens & {
  /** Answers sign-in's own paths, `undefined` for all others. */
  handle: (request: ArmRequest) => Promise<ArmResponse | undefined>;
  /**
   * The two settings App Service gives an app with a managed identity. `baseUrl` is where `handle`
   * is served. Throws for a name that is no managed identity.
   */
  environmentOf(
    name: string,
    baseUrl: string,
  ): { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
};

/** Where resources live sign-in has no paths; nearly all requests are for them. */
const RESOURCES = /^https?:\/\/[^/?#]+\/(?:subscriptions|providers)\//i;

/** A segment that begins with a dot: one of discovery's, or one that leads elsewhere. */
const DOTS = /\/(?:\.|%2e)/i;

/** Sign-in for fixed identities of one tenant. */
export function createLogin(options: TokenOptions & { identities: Identity[] }): Login {
  const tokens = createTokens(options);
  const { tenantId, identities } = options;
  const managed = new Map(
    identities
      .filter((one) => one.managed)
      .map((identity) => [
        identity.caller.name,
        { identity, header: randomBytes(24).toString('hex') },
      ]),
  );
  return {
    ...tokens,
    environmentOf(name, baseUrl) {
      const found = managed.get(name);
      if (!found) throw new Error(`${name} is no managed identity.`);
      const IDENTITY_ENDPOINT = new URL(`/identity/${encodeURIComponent(name)}`, baseUrl).href;
      return { IDENTITY_ENDPOINT, IDENTITY_HEADER: found.header };
    },
    async handle(request) {
      if (RESOURCES.test(request.url) && !DOTS.test(request.url)) return undefined;
      const url = new URL(request.url);
      const managedName = /^\/identity\/([^/]+)\/?$/.exec(url.pathname)?.[1];
      if (managedName !== undefined) {
        return managedToken(tokens, managed.get(decode(managedName)), request, url);
      }
      if (isTokenPath(url.pathname, tenantId)) return clientToken(tokens, identities, request);
      return discovery(request, url, tenantId);
    },
  };
}

/** Of any tenant's name: this one's id, `common`, `organizations`, or AD FS. */
function isTokenPath(pathname: string, tenantId: string): boolean {
  const found = /^\/([^/]+)\/oauth2(?:\/v2\.0)?\/token\/?$/i.exec(pathname)?.[1]?.toLowerCase();
  if (found === undefined) return false;
  return ['adfs', 'common', 'organizations', tenantId.toLowerCase()].includes(found);
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
function managedToken(
  tokens: Tokens,
  found: { identity: Identity; header: string } | undefined,
  request: ArmRequest,
  url: URL,
): ArmResponse {
  const refuse = (status: number, message: string) =>
    json(status, { statusCode: status, message, correlationId: null });
  if (request.method !== 'GET') return refuse(405, 'Only GET.');
  if (!found || !isSame(request.headers['x-identity-header'], found.header)) {
    return refuse(401, 'Unauthorized: X-IDENTITY-HEADER is missing or wrong.');
  }
  if (url.searchParams.get('api-version') !== '2019-08-01') {
    return refuse(400, 'The api-version is missing or not supported.');
  }
  const resource = url.searchParams.get('resource') ?? '';
  if (resource === '') return refuse(400, 'The resource parameter is missing.');
  const { clientId = found.identity.caller.objectId, caller } = found.identity;
  const wanted = url.searchParams.get('client_id');
  if (wanted !== null && wanted.toLowerCase() !== clientId.toLowerCase()) {
    return refuse(400, `No managed identity with client id ${wanted} is assigned to this app.`);
  }
  const { token, expiresAt } = tokens.issueToken(caller, { audience: resource });
  return json(200, {
    access_token: token,
    expires_on: String(Math.floor(expiresAt / 1000)),
    resource,
    token_type: 'Bearer',
    client_id: clientId,
  });
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
function clientToken(tokens: Tokens, identities: Identity[], request: ArmRequest): ArmResponse {
  if (request.method !== 'POST') return refused(405, 'invalid_request', 'AADSTS900561: only POST.');
  const form = new URLSearchParams(request.body ?? '');
  const grant = form.get('grant_type') ?? '';
  const byName =
    grant === 'password'
      ? (one: Identity) => one.caller.kind === 'person' && one.caller.name
      : (one: Identity) => one.clientId;
  if (grant !== 'client_credentials' && grant !== 'password') {
    return refused(400, 'unsupported_grant_type', `AADSTS70003: the grant type '${grant}'.`);
  }
  const [id, secret] = grant === 'password' ? personOf(form) : clientOf(form, request);
  const found = identities.find((one) => {
    const name = byName(one);
    return typeof name === 'string' && name.toLowerCase() === id.toLowerCase();
  });
  if (!found) {
    const text = `AADSTS700016: Application with identifier '${id}' was not found in the directory.`;
    return grant === 'password'
      ? refused(400, 'invalid_grant', `AADSTS50034: The user account ${id} does not exist.`)
      : refused(400, 'unauthorized_client', text);
  }
  if (found.secret === undefined || !isSame(secret, found.secret)) {
    return grant === 'password'
      ? refused(400, 'invalid_grant', 'AADSTS50126: Invalid username or password.')
      : refused(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
  }
  const { token, expiresAt } = tokens.issueToken(found.caller, audienceOf(form));
  const expiresIn = Math.floor((expiresAt - Date.now()) / 1000);
  return json(200, {
    token_type: 'Bearer',
    expires_in: expiresIn,
    ext_expires_in: expiresIn,
    access_token: token,
    ...personalPart(tokens, found.caller, form),
  });
}

/**
 * What a person's client gets besides: the ID token that the scope `openid` asks for, and MSAL's
 * `client_info`. The Azure CLI keeps no account without the first.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc
 */
function personalPart(tokens: Tokens, caller: Caller, form: URLSearchParams): object {
  const clientId = form.get('client_id') ?? '';
  const asked = form.get('scope')?.split(/\s+/) ?? [];
  if (caller.kind !== 'person' || clientId === '' || !asked.includes('openid')) return {};
  const { tenantId, issueIdToken } = tokens;
  const info = JSON.stringify({ uid: caller.objectId, utid: tenantId });
  return {
    id_token: issueIdToken(caller, clientId),
    ...(form.get('client_info') === '1'
      ? { client_info: Buffer.from(info).toString('base64url') }
      : {}),
  };
}

function clientOf(form: URLSearchParams, request: ArmRequest): [id: string, secret: string] {
  const basic = /^basic\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (basic === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const text = Buffer.from(basic, 'base64').toString();
  const colon = text.indexOf(':');
  return [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
}

function personOf(form: URLSearchParams): [id: string, secret: string] {
  return [form.get('username') ?? '', form.get('password') ?? ''];
}

/** Version 1 names a resource, version 2 a scope that ends in `/.default`. */
function audienceOf(form: URLSearchParams): { audience?: string } {
  const scope = form
    .get('scope')
    ?.split(/\s+/)
    .find((one) => one.includes('://'));
  const audience = form.get('resource') ?? scope?.replace(/\/\.default$/i, '');
  return audience === undefined ? {} : { audience };
}

function refused(status: number, error: string, description: string): ArmResponse {
  return json(status, {
    error,
    error_description: description,
    error_codes: [Number(/^AADSTS(\d+)/.exec(description)?.[1] ?? 0)],
    timestamp: new Date().toISOString(),
  });
}

function isSame(sent: string | undefined, right: string): boolean {
  const one = Buffer.from(sent ?? '');
  const other = Buffer.from(right);
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Percent-decoding of something that may not be encoded at all. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
