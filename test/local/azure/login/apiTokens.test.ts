import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';

import { tenantId } from '../../../../local/estate';
import { createLocalAzure } from '../../../../local/localAzure';
import {
  colleagues,
  groups,
  identities,
  localPassword,
  ownerAssignment,
  people,
  personas,
  postern,
  signInNameOf,
} from '../../../../local/tenant';
import { demonstrationEstate, subscriptionId } from '../../../../local/estate';
import { newSigningKey } from '../../../../local/azure/login/signing';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { call, login as loginOfTwo } from './identities';

const ORIGIN = 'https://localhost:10143';
const CLIENT = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const API = `api://${postern.clientId}`;
const TOKENS = `${ORIGIN}/${tenantId}/oauth2/v2.0/token`;

let time: VirtualTime;
let azure: ReturnType<typeof createLocalAzure>;
beforeEach(() => {
  time = installVirtualTime();
  const nothing = { Actions: [], NotActions: [] };
  azure = createLocalAzure({
    estate: demonstrationEstate(),
    seed: 1,
    audience: ORIGIN,
    standing: [ownerAssignment(subscriptionId)],
    customRoles: {
      opener: { Name: 'opener', ...nothing },
      sweeper: { Name: 'sweeper', ...nothing },
      reader: { Name: 'reader', ...nothing },
    },
    eventGrid: { subscriptions: [], deliver: async () => ({ status: 200, headers: {}, body: '' }) },
  });
});
afterEach(() => {
  azure.close();
  time.uninstall();
});

type Json = Record<string, unknown>;

const formOf = (username: string, change: Record<string, string> = {}): Record<string, string> => ({
  grant_type: 'password',
  client_id: CLIENT,
  username,
  password: localPassword,
  scope: `${API}/user_impersonation`,
  ...change,
});

async function signIn(name: string, change: Record<string, string> = {}) {
  const person = personas[name];
  if (person === undefined) throw new Error(name);
  return call(azure.login, 'POST', TOKENS, { form: formOf(signInNameOf(person), change) });
}

/** The claims of a token, once the published key set has verified it. */
async function verified(token: unknown, at = `/${tenantId}/discovery/v2.0/keys`): Promise<Json> {
  const { body } = await call(azure.login, 'GET', `${ORIGIN}${at}`);
  const [head = '', claims = '', signature = ''] = String(token).split('.');
  const { alg, kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as Json;
  const jwk = (body['keys'] as (JsonWebKey & { kid: string; use: string })[]).find(
    (one) => one.kid === kid,
  );
  expect([alg, jwk?.kty, jwk?.use]).toEqual(['RS256', 'RSA', 'sig']);
  expect(Object.keys(jwk ?? {})).not.toContain('d');
  const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' });
  const text = Buffer.from(`${head}.${claims}`);
  expect(verify('RSA-SHA256', text, key, Buffer.from(signature, 'base64url'))).toBe(true);
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Json;
}

describe('a person’s token for the API', () => {
  it('has the claims that Entra documents', async () => {
    const { status, body } = await signIn('ada');
    expect([status, body['expires_in']]).toEqual([200, 3_600]);
    const nowS = Math.floor(Date.now() / 1000);
    expect(await verified(body['access_token'])).toEqual({
      ver: '2.0',
      iss: `${ORIGIN}/${tenantId}/v2.0`,
      aud: postern.clientId,
      tid: tenantId,
      oid: people.ada.objectId,
      sub: expect.stringMatching(/^[\w-]{43}$/),
      azp: CLIENT,
      azpacr: '0',
      acct: 0,
      scp: 'user_impersonation',
      name: 'Ada Example',
      preferred_username: 'ada@contoso.com',
      iat: nowS,
      nbf: nowS,
      exp: nowS + 3_600,
      uti: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it.each([
    ['ben', { groups: [groups.platform.objectId] }],
    ['olga', { groups: [groups['on-call'].objectId] }],
    ['cleo', { groups: [groups.auditors.objectId] }],
    ['dora', {}],
    ['sam', {}],
    [
      'gus',
      {
        acct: 1,
        idp: colleagues.gus.homeIssuer,
        preferred_username: 'gus@fabrikam.com',
        name: 'Gus Guest',
      },
    ],
  ])('tells who %s is', async (name, expected: Json) => {
    const { body } = await signIn(name, { scope: `openid ${API}/.default` });
    const claims = await verified(body['access_token']);
    expect(claims).toMatchObject({ acct: 0, scp: 'user_impersonation', ...expected });
    expect(claims['oid']).toBe(personas[name]?.objectId);
    expect('groups' in claims).toBe('groups' in expected);
    expect('idp' in claims).toBe('idp' in expected);
  });

  it('has a subject that is another for each person and each app', async () => {
    const subjects = [];
    for (const name of ['ada', 'ben']) {
      const { body } = await signIn(name, { scope: `openid ${API}/.default` });
      for (const part of ['access_token', 'id_token']) {
        subjects.push((await verified(body[part]))['sub']);
      }
    }
    expect(new Set(subjects).size).toBe(4);
  });

  it.each([
    ['its URI', `${API}/.default`],
    ['its client id', `${postern.clientId}/.default`],
    ['a scope of sign-in besides', `openid profile offline_access ${API}/user_impersonation`],
    ['the scope twice', `${API}/user_impersonation ${API}/user_impersonation`],
    ['another case', `API://${postern.clientId.toUpperCase()}/.default`],
  ])('is asked for by %s', async (_what, scope) => {
    const { body } = await signIn('ada', { scope });
    expect((await verified(body['access_token']))['aud']).toBe(postern.clientId);
  });

  it.each([
    ['a scope that there is none of', { scope: `${API}/everything` }, 'invalid_scope'],
    ['a scope without a name', { scope: `${API}/` }, 'invalid_scope'],
    ['scopes of two', { scope: `${API}/.default https://x.example/.default` }, 'invalid_scope'],
    ['an API of nobody', { scope: `api://${tenantId}/.default` }, 'invalid_resource'],
    ['no client', { client_id: '' }, 'invalid_request'],
    ['a wrong password', { password: 'guess' }, 'invalid_grant'],
    ['nobody', { username: 'eve@contoso.com' }, 'invalid_grant'],
    ['the guest’s name in the directory', { username: colleagues.gus.upn }, 'invalid_grant'],
  ])('is not had with %s', async (_what, change: Record<string, string>, error) => {
    const { status, body } = await signIn('ada', change);
    expect([status, body['error'], body['access_token']]).toEqual([400, error, undefined]);
  });

  it('opens nothing at Resource Manager, nor does its token open the API', async () => {
    const { body } = await signIn('dora');
    const authorization = `Bearer ${String(body['access_token'])}`;
    expect(
      azure.login.authenticate({ method: 'GET', url: ORIGIN, headers: { authorization } }),
    ).toBe(undefined);
    const other = await signIn('dora', {
      scope: 'https://management.azure.com/user_impersonation',
    });
    const claims = await verified(other.body['access_token']);
    expect(claims).toMatchObject({ aud: 'https://management.azure.com', ver: '1.0' });
  });
});

describe('an app’s token for the API', () => {
  const form = {
    grant_type: 'client_credentials',
    client_id: identities.reader.objectId,
    client_secret: localPassword,
  };

  it('says which app it is, and nothing of a person', async () => {
    const sent = { form: { ...form, scope: `${API}/.default` } };
    const { body } = await call(azure.login, 'POST', TOKENS, sent);
    const claims = await verified(body['access_token']);
    const { objectId } = identities.reader;
    expect(claims).toMatchObject({ aud: postern.clientId, azp: objectId, oid: objectId });
    for (const absent of ['scp', 'preferred_username', 'groups', 'acct', 'name']) {
      expect(claims).not.toHaveProperty(absent);
    }
  });

  it('is not had for a scope that a person gives', async () => {
    const sent = { form: { ...form, scope: `${API}/user_impersonation` } };
    const { status, body } = await call(azure.login, 'POST', TOKENS, sent);
    expect([status, body['error']]).toEqual([400, 'invalid_scope']);
  });

  it('is given to a managed identity too', async () => {
    const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header } = azure.login.environmentOf(
      'opener',
      ORIGIN,
    );
    const { body } = await call(
      azure.login,
      'GET',
      `${url}?resource=${API}&api-version=2019-08-01`,
      {
        headers: { 'x-identity-header': header },
      },
    );
    expect(await verified(body['access_token'])).toMatchObject({
      oid: identities.opener.objectId,
      iss: `${ORIGIN}/${tenantId}/v2.0`,
    });
  });
});

describe('the key set', () => {
  it.each([`/${tenantId}/v2.0`, '/common/v2.0', '/organizations/v2.0', '/adfs'])(
    'is where the configuration at %s says, and verifies both kinds of token',
    async (authority) => {
      const configuration = `${ORIGIN}${authority}/.well-known/openid-configuration`;
      const { body } = await call(azure.login, 'GET', configuration);
      expect(body['issuer']).toBe(`${ORIGIN}/${tenantId}/v2.0`);
      const { pathname } = new URL(String(body['jwks_uri']));
      const { body: had } = await signIn('ada', { scope: `openid ${API}/.default` });
      await verified(had['access_token'], pathname);
      expect((await verified(had['id_token'], pathname))['iss']).toBe(body['issuer']);
      await verified(azure.login.issueToken(identities.opener).token, pathname);
    },
  );

  it.each([
    `/${tenantId}/discovery/keys`,
    '/common/discovery/v2.0/keys',
    '/Common/discovery/keys/',
  ])('is at %s', async (path) => {
    const { body } = await call(azure.login, 'GET', `${ORIGIN}${path}`);
    expect(body).toEqual(JSON.parse(JSON.stringify(azure.login.keySet())));
  });

  it('is not there for another tenant, and another process has another', async () => {
    const { status } = await call(azure.login, 'GET', `${ORIGIN}/contoso/discovery/v2.0/keys`);
    expect(status).toBe(400);
    const [theirs] = loginOfTwo({ signingKey: newSigningKey() }).keySet().keys;
    expect(theirs?.kid).not.toBe(azure.login.keySet().keys[0]?.kid);
  });

  it('has one issuer, whatever name sign-in is asked by', async () => {
    const url = `https://127.0.0.1:10143/${tenantId}/v2.0/.well-known/openid-configuration`;
    const { body } = await call(azure.login, 'GET', url);
    expect(body['issuer']).toBe(`${ORIGIN}/${tenantId}/v2.0`);
  });
});

it('Dora owns the group of machines, and neither she nor the others may log on', () => {
  const roles = Object.entries(personas).map(([name, { objectId }]) => [
    name,
    azure.pim.roleSource(objectId).map(({ scope }) => scope),
    azure.pim.resolve({ person: objectId }).eligible.length,
  ]);
  expect(Object.fromEntries(roles.map(([name, ...rest]) => [name, rest]))).toEqual({
    ada: [[], 1],
    ben: [[], 1],
    olga: [[], 0],
    cleo: [[], 0],
    dora: [[`/subscriptions/${subscriptionId}/resourcegroups/rg-app`], 0],
    gus: [[], 0],
    sam: [[], 0],
  });
});
