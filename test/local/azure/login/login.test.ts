import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { newSigningKey } from '../../../../local/azure/login/signing';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import {
  ada,
  BASE,
  bearerOf,
  call,
  cli,
  CLI,
  login,
  opener,
  OPENER_CLIENT,
  sweeper,
  TENANT,
} from './identities';

const RESOURCE = 'https://management.azure.com/';
const FIXTURES = join(__dirname, '../../../fixtures/events/login');

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));
}

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

describe('a token', () => {
  it('says who its bearer is, until it ends', async () => {
    const target = login({ lifetimeMs: 60_000 });
    const { token, expiresAt } = target.issueToken(opener);
    expect(expiresAt).toBe(Date.now() + 60_000);
    expect(bearerOf(target, token)).toEqual(opener);
    await time.pass(59_000);
    expect(bearerOf(target, token)).toEqual(opener);
    await time.pass(1000);
    expect(bearerOf(target, token)).toBeUndefined();
  });

  it('can be read like one of Entra', () => {
    const [head = '', body = ''] = login().issueToken(ada).token.split('.');
    const read = (part: string) =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    expect(read(head)).toMatchObject({ typ: 'JWT', alg: 'RS256' });
    expect(read(body)).toMatchObject({ tid: TENANT, oid: ada.objectId, idtyp: 'user' });
  });

  it('is worth nothing when forged, of another process, for others, or malformed', () => {
    const target = login();
    const { token } = target.issueToken(opener);
    const [head, , seal] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ oid: 'oid-admin', exp: 9e9 })).toString(
      'base64url',
    );
    const bad = [
      `${head}.${forged}.${seal}`,
      token.slice(0, -2),
      `${token}.x`,
      'x',
      '',
      login({ signingKey: newSigningKey() }).issueToken(opener).token,
      target.issueToken(opener, { audience: 'https://vault.azure.net' }).token,
    ];
    for (const one of bad) expect(bearerOf(target, one)).toBeUndefined();
    const headers = { authorization: `Basic ${token}` };
    expect(target.authenticate({ method: 'GET', url: BASE, headers })).toBeUndefined();
    expect(target.authenticate({ method: 'GET', url: BASE, headers: {} })).toBeUndefined();
  });

  it('may be for any name Resource Manager has', () => {
    const target = login({ audiences: [`${BASE}/`] });
    for (const audience of [
      'https://management.azure.com',
      'https://management.core.windows.net//',
      BASE,
    ]) {
      expect(bearerOf(target, target.issueToken(opener, { audience }).token)).toEqual(opener);
    }
  });
});

describe('the identity endpoint', () => {
  const query = `?resource=${encodeURIComponent(RESOURCE)}&api-version=2019-08-01`;

  it('gives each app tokens of its own identity', async () => {
    const target = login();
    for (const caller of [opener, sweeper]) {
      const settings = target.environmentOf(caller.name, BASE);
      const headers = { 'x-identity-header': settings.IDENTITY_HEADER };
      const answer = await call(target, 'GET', settings.IDENTITY_ENDPOINT + query, { headers });
      expect(answer.status).toBe(200);
      expect(bearerOf(target, answer.body['access_token'])).toEqual(caller);
      expect(answer.body).toMatchObject({
        token_type: 'Bearer',
        resource: RESOURCE,
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      });
    }
  });

  it('refuses the header of another app, and what is missing', async () => {
    const target = login();
    const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header } = target.environmentOf(
      'opener',
      BASE,
    );
    const other = target.environmentOf('sweeper', BASE).IDENTITY_HEADER;
    const ask = async (tail: string, sent?: string) =>
      (
        await call(target, 'GET', url + tail, {
          headers: sent ? { 'x-identity-header': sent } : {},
        })
      ).status;
    expect(await ask(query)).toBe(401);
    expect(await ask(query, other)).toBe(401);
    expect(await ask('?api-version=2019-08-01', header)).toBe(400);
    expect(await ask(`?resource=${RESOURCE}`, header)).toBe(400);
    expect(await ask(`${query}&client_id=${OPENER_CLIENT}`, header)).toBe(200);
    expect(await ask(`${query}&client_id=${CLI}`, header)).toBe(400);
    expect((await call(target, 'GET', `/identity/nobody${query}`)).status).toBe(401);
    expect(() => target.environmentOf('cli-reader', BASE)).toThrow('no managed identity');
  });
});

describe('the token endpoint', () => {
  const form = {
    grant_type: 'client_credentials',
    client_id: CLI,
    client_secret: 's3cret:+&',
    scope: 'https://management.core.windows.net//.default',
  };
  const paths = [`/${TENANT}/oauth2/v2.0/token`, '/adfs/oauth2/token', '/adfs/oauth2/v2.0/token'];

  it.each(paths)('%s signs a service principal in', async (path) => {
    const target = login();
    const answer = await call(target, 'POST', path, { form });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
    expect(bearerOf(target, answer.body['access_token'])).toEqual(cli);
  });

  it('takes the secret from a Basic header too', async () => {
    const target = login();
    const pair = Buffer.from(`${CLI}:${encodeURIComponent('s3cret:+&')}`).toString('base64');
    const headers = { authorization: `Basic ${pair}` };
    const { grant_type, scope } = form;
    const answer = await call(target, 'POST', '/adfs/oauth2/token', {
      headers,
      form: { grant_type, scope },
    });
    expect(answer.status).toBe(200);
  });

  it('signs a person in by password, for a token to try things with', async () => {
    const target = login();
    const sent = { grant_type: 'password', username: 'Ada@contoso.com', password: 'pa55word' };
    const path = `/${TENANT}/oauth2/v2.0/token`;
    const answer = await call(target, 'POST', path, { form: sent });
    expect(bearerOf(target, answer.body['access_token'])).toEqual(ada);
    const wrong = await call(target, 'POST', path, { form: { ...sent, password: 'guess' } });
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it.each([
    ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: TENANT }, 400, 'unauthorized_client'],
    ['a managed identity', { client_id: OPENER_CLIENT, client_secret: '' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'magic' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_what, change, status, error) => {
    const sent = { ...form, ...change };
    const answer = await call(login(), 'POST', paths[0] ?? '', { form: sent });
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body).not.toHaveProperty('access_token');
  });

  it('is not there for other tenants', async () => {
    const answer = await call(login(), 'POST', '/contoso/oauth2/v2.0/token', { form });
    expect(answer.status).toBe(0);
  });
});

describe('discovery', () => {
  it('has every field the Azure CLI was seen to read', async () => {
    const target = login();
    const cloud = await target.handle({
      method: 'GET',
      url: `${BASE}/metadata/endpoints?api-version=2019-05-01`,
      headers: {},
    });
    const [shown] = JSON.parse(cloud?.body ?? '[]') as Record<string, unknown>[];
    const [seen] = fixture('metadata-endpoints.json') as Record<string, unknown>[];
    expect(Object.keys(shown ?? {}).sort()).toEqual(Object.keys(seen ?? {}).sort());
    expect(shown).toMatchObject({
      authentication: { audiences: ['https://management.core.windows.net/', RESOURCE] },
      suffixes: seen?.['suffixes'],
      resourceManager: `${BASE}/`,
    });
  });

  it.each([`/${TENANT}/v2.0`, '/common/v2.0', '/adfs'])('%s names its endpoints', async (path) => {
    const target = login();
    const answer = await call(target, 'GET', `${path}/.well-known/openid-configuration`);
    const seen = fixture('openid-configuration.json') as Record<string, unknown>;
    expect(Object.keys(answer.body).sort()).toEqual(Object.keys(seen).sort());
    const form = {
      grant_type: 'client_credentials',
      client_id: CLI,
      client_secret: 's3cret:+&',
    };
    const signedIn = await call(target, 'POST', String(answer.body['token_endpoint']), { form });
    expect(signedIn.status).toBe(200);
  });

  it('names this host for any authority, refuses unknown tenants, leaves other paths', async () => {
    const target = login();
    const instance = await call(target, 'GET', '/common/discovery/instance?api-version=1.1');
    expect(instance.body).toMatchObject({ metadata: [{ preferred_network: 'localhost:18443' }] });
    const unknown = await call(target, 'GET', '/contoso/v2.0/.well-known/openid-configuration');
    expect(unknown).toMatchObject({ status: 400, body: { error: 'invalid_tenant' } });
    expect((await call(target, 'GET', '/subscriptions')).status).toBe(0);
    expect((await call(target, 'POST', '/metadata/endpoints')).status).toBe(0);
  });
});
