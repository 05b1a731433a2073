import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createCallers } from '../../../shared/azure/callers';

const tenantId = '0a1b2c3d-0000-4000-8000-00000000000a';
const apiClientId = '0a1b2c3d-0000-4000-8000-00000000000b';
const login = 'https://login.example.com';
const objectId = '33333333-3333-4333-8333-333333333333';
const nowMs = Date.parse('2026-01-01T10:00:00Z');
const nowSeconds = nowMs / 1_000;

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
const published = { ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig' };

const header = { alg: 'RS256', typ: 'JWT', kid: 'own' };
const claims = {
  ver: '2.0',
  iss: `${login}/${tenantId}/v2.0`,
  aud: apiClientId,
  tid: tenantId,
  oid: objectId,
  scp: 'user_impersonation',
  name: 'Ada Example',
  preferred_username: 'ada@contoso.com',
  groups: ['99999999-0000-4000-8000-000000000001', 'nonsense', 7],
  iat: nowSeconds - 60,
  nbf: nowSeconds - 60,
  exp: nowSeconds + 3_000,
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenOf(
  changes: object = {},
  head: object = header,
  key: KeyObject = own.privateKey,
): string {
  const text = `${part(head)}.${part({ ...claims, ...changes })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** Signed with the public key as the secret of an HMAC. */
function confused(): string {
  const text = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`;
  const secret = own.publicKey.export({ format: 'pem', type: 'spki' });
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

type Keys = () => Promise<Response>;
const keys: Keys = async () => Response.json({ keys: [published] });

function identify(
  token: string | null,
  { principal = objectId, fetchKeys = keys }: { principal?: string | null; fetchKeys?: Keys } = {},
) {
  const headers = new Headers();
  if (token !== null) headers.set('authorization', token);
  if (principal !== null) headers.set('x-ms-client-principal-id', principal);
  const config = { login, tenantId, apiClientId };
  return createCallers(config, () => nowMs, fetchKeys).identify(headers);
}

const bearer = (...of: Parameters<typeof tokenOf>): string => `Bearer ${tokenOf(...of)}`;

describe('a token of the tenant for this API', () => {
  it('says who calls, cleaned', async () => {
    const name = `Ada\u001b[2J\nExample${'x'.repeat(300)}`;
    expect(await identify(bearer({ name }))).toEqual({
      objectId,
      tenantId,
      name: expect.stringMatching(/^Ada \[2J Examplex{60,}$/),
      mail: 'ada@contoso.com',
      groups: ['99999999-0000-4000-8000-000000000001'],
    });
  });

  it.each([
    ['the other form of the audience', { aud: `api://${apiClientId}` }],
    ['several permissions', { scp: 'openid user_impersonation' }],
    [
      'no name and no groups',
      { name: undefined, preferred_username: undefined, groups: undefined },
    ],
    ['a clock that is half a minute behind', { nbf: nowSeconds + 30, iat: nowSeconds + 30 }],
    ['the tenant itself as the one who vouches', { idp: `https://sts.windows.net/${tenantId}/` }],
    ['a member’s account', { acct: 0 }],
  ])('%s', async (_what, changes) => {
    expect(await identify(bearer(changes))).toMatchObject({ objectId });
  });

  it.each([
    [{ _claim_names: { groups: 'src1' }, groups: undefined }, []],
    [{ hasgroups: true, groups: undefined }, []],
    [{ hasgroups: 'true', groups: undefined }, []],
    // What stands there is signed as well; only that there are others is said besides.
    [{ _claim_names: { groups: 'src1' } }, ['99999999-0000-4000-8000-000000000001']],
  ])('has more groups than a token holds: %j', async (changes, groups) => {
    expect(await identify(bearer(changes))).toMatchObject({ hasMoreGroups: true, groups });
  });

  it.each([
    [{ _claim_names: { other: 'src1' } }],
    [{ hasgroups: false }],
    [{ _claim_names: 'groups' }],
    [{ groups: undefined }],
  ])('has those groups and no others: %j', async (changes) => {
    expect(await identify(bearer(changes))).not.toHaveProperty('hasMoreGroups');
  });

  it.each([
    ['text', '99999999-0000-4000-8000-000000000001'],
    ['no ids', ['*', 'on-call', '', null, 7, {}, ['99999999-0000-4000-8000-000000000001']]],
    ['an object', { 0: '99999999-0000-4000-8000-000000000001', length: 1 }],
  ])('has no group by %s', async (_what, groups) => {
    expect(await identify(bearer({ groups }))).toMatchObject({ groups: [] });
  });

  it('is asked for its keys once, not at each call', async () => {
    let asked = 0;
    const headers = new Headers({ authorization: bearer(), 'x-ms-client-principal-id': objectId });
    const callers = createCallers(
      { login, tenantId, apiClientId },
      () => nowMs,
      async (url) => {
        asked += 1;
        expect(new Request(url).url).toBe(`${login}/${tenantId}/discovery/v2.0/keys`);
        return keys();
      },
    );
    for (let call = 0; call < 20; call++) await callers.identify(headers);
    expect(asked).toBe(1);
  });
});

const guid = '44444444-0000-4000-8000-000000000001';
const rest = tokenOf().split('.');
const bad: readonly (readonly [what: string, token: string | null, refusal: string])[] = [
  ['none', null, 'tokenMissing'],
  ['another scheme', `Basic ${tokenOf()}`, 'tokenMissing'],
  ['no scheme', tokenOf(), 'tokenMissing'],
  ['nothing behind it', 'Bearer ', 'tokenMissing'],
  ['two tokens', `Bearer ${tokenOf()} ${tokenOf()}`, 'tokenMissing'],
  ['a list of them', `${bearer()}, ${bearer()}`, 'tokenMissing'],
  ['a word', 'Bearer admin', 'tokenInvalid'],
  ['the signature cut off', `Bearer ${rest[0]}.${rest[1]}.`, 'tokenInvalid'],
  ['two parts', `Bearer ${rest[0]}.${rest[1]}`, 'tokenInvalid'],
  [
    'another payload',
    `Bearer ${rest[0]}.${part({ ...claims, oid: guid })}.${rest[2]}`,
    'tokenInvalid',
  ],
  ['no algorithm', `Bearer ${part({ alg: 'none' })}.${rest[1]}.`, 'tokenInvalid'],
  ['an HMAC by the public key', `Bearer ${confused()}`, 'tokenInvalid'],
  ['another algorithm', bearer({}, { ...header, alg: 'RS512' }), 'tokenInvalid'],
  ['an unknown key', bearer({}, { ...header, kid: 'other' }), 'tokenInvalid'],
  ['somebody else’s key', bearer({}, header, foreign.privateKey), 'tokenInvalid'],
  [
    'a key that it brings itself',
    bearer({}, { ...header, jwk: foreign.publicKey.export({ format: 'jwk' }) }, foreign.privateKey),
    'tokenInvalid',
  ],
  [
    'a place for keys of its own',
    bearer({}, { ...header, kid: 'x', jku: 'https://evil.example' }),
    'tokenInvalid',
  ],
  ['a critical header', bearer({}, { ...header, crit: ['exp'] }), 'tokenInvalid'],
  ['another audience', bearer({ aud: guid }), 'tokenInvalid'],
  ['Resource Manager’s', bearer({ aud: 'https://management.azure.com' }), 'tokenInvalid'],
  ['no audience', bearer({ aud: undefined }), 'tokenInvalid'],
  ['another issuer', bearer({ iss: `${login}/${guid}/v2.0` }), 'tokenInvalid'],
  ['another tenant under this issuer', bearer({ tid: guid }), 'tokenInvalid'],
  [
    'version 1',
    bearer({ iss: `https://sts.windows.net/${tenantId}/`, ver: '1.0' }),
    'tokenInvalid',
  ],
  ['not valid yet', bearer({ nbf: nowSeconds + 120 }), 'tokenInvalid'],
  ['no end', bearer({ exp: undefined }), 'tokenInvalid'],
  ['an end that is text', bearer({ exp: 'never' }), 'tokenInvalid'],
  ['no object id', bearer({ oid: undefined }), 'tokenInvalid'],
  ['an object id that is none', bearer({ oid: 'ada' }), 'tokenInvalid'],
  ['somebody else than the platform’s', bearer({ oid: guid }), 'tokenInvalid'],
  ['20,000 characters', `Bearer ${'a'.repeat(20_000)}`, 'tokenInvalid'],
  ['over', bearer({ exp: nowSeconds - 61 }), 'tokenExpired'],
  ['an app’s', bearer({ idtyp: 'app', scp: undefined, roles: ['Windows.Open'] }), 'notAPerson'],
  ['an app’s that claims a permission', bearer({ idtyp: 'app' }), 'notAPerson'],
  ['without the permission', bearer({ scp: 'openid profile' }), 'notAPerson'],
  ['with one that begins alike', bearer({ scp: 'user_impersonation_x' }), 'notAPerson'],
  ['a guest’s by account', bearer({ acct: 1 }), 'guest'],
  ['a guest’s by who vouches', bearer({ idp: 'live.com' }), 'guest'],
  ['a guest’s by another tenant', bearer({ idp: `https://sts.windows.net/${guid}/` }), 'guest'],
  ['a guest’s by name', bearer({ preferred_username: 'ada_x.org#EXT#@contoso.com' }), 'guest'],
];

describe('a token that is not', () => {
  it.each(bad)('%s', async (_what, token, refusal) => {
    expect(await identify(token)).toBe(refusal);
  });

  it.each([
    ['is missing', null],
    ['is empty', ''],
  ])('the platform’s principal %s: nobody has checked anything', async (_what, principal) => {
    expect(await identify(bearer(), { principal })).toBe('tokenMissing');
  });
});

describe('keys that cannot be had', () => {
  it.each<[string, Keys]>([
    ['no connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['an error', async () => new Response('no', { status: 500 })],
    ['another text', async () => new Response('<html>')],
    ['another JSON', async () => Response.json({ keys: 'none' })],
    [
      'a redirect',
      async () =>
        new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
    ],
  ])('%s: a fault, and nobody is let in', async (_what, fetchKeys) => {
    await expect(identify(bearer(), { fetchKeys })).rejects.toMatchObject({
      name: 'Fault',
      facts: { kind: 'unavailable' },
    });
  });
});
