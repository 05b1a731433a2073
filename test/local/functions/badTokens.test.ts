import { createHmac, sign } from 'node:crypto';
import { newSigningKey, type SigningKey } from '../../../local/azure/login/signing';
import { tenantId } from '../../../local/estate';
import { postern } from '../../../local/tenant';
import { signInAt } from '../../support/signInAt';
import { ada, begin, good, key, login, olga, on, origin, setStage, stage } from './easyAuthStage';

const { time } = setStage();

type Json = Record<string, unknown>;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const head = { typ: 'JWT', alg: 'RS256', kid: key.kid };
const other = newSigningKey();

function claims(change: Json = {}): Json {
  const body = JSON.parse(Buffer.from(good().split('.')[1] ?? '', 'base64url').toString()) as Json;
  return { ...body, ...change };
}

function made(body: unknown, header: Json = head, { privateKey }: SigningKey = key): string {
  const signed = `${part(header)}.${part(body)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function withSecret(secret: string): string {
  const signed = `${part({ ...head, alg: 'HS256' })}.${part(claims())}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const elsewhere = '99999999-2222-4222-8222-222222222222';
const nowS = (): number => Math.floor(Date.now() / 1000);

/** Each is a whole Authorization header. */
const bad: [what: string, header: () => string][] = [
  ['nothing', () => ''],
  ['no token', () => 'Bearer'],
  ['another scheme', () => `Basic ${good()}`],
  ['a token without its scheme', () => good()],
  ['alg none, without a signature', () => `Bearer ${part({ alg: 'none' })}.${part(claims())}.`],
  ['alg none, with one', () => `Bearer ${made(claims(), { ...head, alg: 'none' })}`],
  [
    'HS256 with the public key as its secret',
    () => `Bearer ${withSecret(String(key.publicKey.export({ type: 'spki', format: 'pem' })))}`,
  ],
  ['HS256 with an empty secret', () => `Bearer ${withSecret('')}`],
  ['an algorithm of another name', () => `Bearer ${made(claims(), { ...head, alg: 'PS256' })}`],
  ['the key of somebody else', () => `Bearer ${made(claims(), head, other)}`],
  ['a key nobody knows', () => `Bearer ${made(claims(), { ...head, kid: other.kid }, other)}`],
  ['no name of a key', () => `Bearer ${made(claims(), { alg: 'RS256' })}`],
  ['a key of its own', () => `Bearer ${made(claims(), { ...head, jwk: {}, jku: 'x' }, other)}`],
  ['a kid that is a path', () => `Bearer ${made(claims(), { ...head, kid: '../../etc/passwd' })}`],
  ['a kid that all objects have', () => `Bearer ${made(claims(), { ...head, kid: '__proto__' })}`],
  ['another issuer', () => `Bearer ${made(claims({ iss: 'https://evil.example/v2.0' }))}`],
  [
    'the issuer of another tenant',
    () => `Bearer ${made(claims({ iss: `${origin}/${elsewhere}/v2.0`, tid: elsewhere }))}`,
  ],
  [
    'the issuer of version 1',
    () => `Bearer ${made(claims({ iss: `https://sts.windows.net/${tenantId}/` }))}`,
  ],
  ['no issuer', () => `Bearer ${made(claims({ iss: undefined }))}`],
  ['another audience', () => `Bearer ${made(claims({ aud: elsewhere }))}`],
  ['no audience', () => `Bearer ${made(claims({ aud: undefined }))}`],
  [
    'an audience that begins alike',
    () => `Bearer ${made(claims({ aud: `${postern.clientId}0` }))}`,
  ],
  ['a token for Resource Manager', () => `Bearer ${login.issueToken(ada).token}`],
  ['an ID token of another client', () => `Bearer ${login.issueIdToken(ada, elsewhere)}`],
  ['its end past', () => `Bearer ${made(claims({ exp: nowS() - 1 }))}`],
  ['its end now', () => `Bearer ${made(claims({ exp: nowS() }))}`],
  ['no end', () => `Bearer ${made(claims({ exp: undefined }))}`],
  ['an end that is a text', () => `Bearer ${made(claims({ exp: '9999999999' }))}`],
  ['its beginning to come', () => `Bearer ${made(claims({ nbf: nowS() + 60 }))}`],
  ['nobody it is about', () => `Bearer ${made(claims({ oid: undefined }))}`],
  ['a body changed afterwards', () => `Bearer ${swapped(claims({ oid: olga.objectId }))}`],
  ['a body that is no object', () => `Bearer ${made('ada')}`],
  [
    'a body that is no JSON',
    () => `Bearer ${part(head)}.${Buffer.from('{').toString('base64url')}.x`,
  ],
  ['the end cut off', () => `Bearer ${good().slice(0, -4)}`],
  ['no signature', () => `Bearer ${good().split('.').slice(0, 2).join('.')}.`],
  ['only two parts', () => `Bearer ${good().split('.').slice(0, 2).join('.')}`],
  ['a header only', () => `Bearer ${good().split('.')[0] ?? ''}`],
  ['a fourth part', () => `Bearer ${good()}.x`],
  ['twice the same', () => `Bearer ${good()}, Bearer ${good()}`],
  ['two tokens', () => `Bearer ${good()} ${good()}`],
  ['a good one behind a bad one', () => `Bearer x.y.z, Bearer ${good()}`],
  ['10,000 dots', () => `Bearer ${'.'.repeat(10_000)}`],
  ['a megabyte', () => `Bearer ${'a'.repeat(1_000_000)}.b.c`],
];

/** The header and signature of a good token around another body. */
function swapped(body: unknown): string {
  const [first = '', , last = ''] = good().split('.');
  return `${first}.${part(body)}.${last}`;
}

describe('a bad token', () => {
  it.each(bad)('with %s is turned away before the app', async (_what, header) => {
    const get = await begin({ ...on, LOCAL_PERSONA: 'ada' });
    const answer = await get('/api/look', { authorization: header() });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*authorization_uri="https:/);
    expect(stage.seen).toEqual([]);
    expect((await get('/api/look', { authorization: `Bearer ${good()}` })).status).toBe(200);
  });

  it('does not have sign-in asked again and again', async () => {
    const asked: string[] = [];
    const signIn = signInAt(login);
    const get = await begin(on, async (url, form) => {
      asked.push(url);
      return signIn(url, form);
    });
    const authorization = `Bearer ${made(claims(), { ...head, kid: 'new' }, other)}`;
    for (let i = 0; i < 1_000; i += 1) await get('/api/look', { authorization });
    expect(asked).toHaveLength(2);
    await time().pass(31_000);
    for (let i = 0; i < 1_000; i += 1) await get('/api/look', { authorization });
    expect(asked).toHaveLength(4);
  });
});
