import { randomBytes } from 'node:crypto';

import type { ArmRequest, ArmResponse } from '../contract';
import { createDeviceCodes } from './deviceCodes';
import { discovery } from './discovery';
import { grant } from './grants';
import type { Identity } from './identity';
import { json, refused } from './respond';
import { decode, isSame } from './secrets';
import { createTokens, type TokenOptions, type Tokens } from './tokens';

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
export function createLogin(
  options: Omit<TokenOptions, 'people'> & { identities: Identity[] },
): Login {
  const { tenantId, identities } = options;
  const persons = identities.filter(({ caller }) => caller.kind === 'person');
  const people = new Map(
    persons.flatMap(({ caller, person }) => (person ? [[caller.objectId, person] as const] : [])),
  );
  const tokens = createTokens({ ...options, people });
  const deviceCodes = createDeviceCodes(persons);
  const parts = { tokens, identities, deviceCodes };
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
      const endpoint = endpointOf(url.pathname, tenantId);
      if (endpoint === 'token') return grant(parts, request, url.origin);
      if (endpoint === 'devicecode') {
        return request.method === 'POST'
          ? deviceCodes.begin(new URLSearchParams(request.body ?? ''), url.origin)
          : refused(405, 'invalid_request', 'AADSTS900561: only POST.');
      }
      if (/^\/devicelogin\/?$/i.test(url.pathname)) return deviceCodes.page(request, url);
      return discovery(request, url, tokens);
    },
  };
}

/** Of any tenant's name: this one's id, `common`, `organizations`, or AD FS. */
function endpointOf(pathname: string, tenantId: string): 'token' | 'devicecode' | undefined {
  const form = /^\/([^/]+)\/oauth2(?:\/v2\.0)?\/(token|devicecode)\/?$/i;
  const [, tenant, endpoint] = form.exec(pathname.toLowerCase()) ?? [];
  const names = ['adfs', 'common', 'organizations', tenantId.toLowerCase()];
  if (tenant === undefined || !names.includes(tenant)) return undefined;
  return endpoint === 'token' ? 'token' : 'devicecode';
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
  const { token, expiresAt } = tokens.issueToken(caller, { audience: resource, clientId });
  return json(200, {
    access_token: token,
    expires_on: String(Math.floor(expiresAt / 1000)),
    resource,
    token_type: 'Bearer',
    client_id: clientId,
  });
}
