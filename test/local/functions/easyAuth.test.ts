import { people, postern, groups } from '../../../local/tenant';
import { signInAt } from '../../support/signInAt';
import { ada, begin, good, login, olga, on, setStage, stage, text } from './easyAuthStage';

const { time } = setStage();

describe('a good token', () => {
  it.each([
    ['the client id', postern.clientId],
    ['its URI', `api://${postern.clientId}`],
  ])('for %s gets through, and says who calls', async (_what, audience) => {
    const get = await begin();
    const { token } = login.issueToken(olga, { audience });
    const answer = await get('/api/look', { Authorization: `Bearer ${token}` });
    expect([answer.status, text(answer)]).toEqual([200, 'seen']);
    expect(stage.seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'x-ms-client-principal-id': olga.objectId,
      'x-ms-client-principal-name': olga.name,
      'x-ms-client-principal-idp': 'aad',
    });
    const { claims, ...rest } = JSON.parse(
      Buffer.from(stage.seen[0]?.headers['x-ms-client-principal'] ?? '', 'base64').toString(),
    ) as { claims: { typ: string; val: string }[] };
    expect(rest).toMatchObject({ auth_typ: 'aad', name_typ: expect.stringMatching(/email/) });
    expect(claims).toEqual(
      expect.arrayContaining([
        { typ: 'aud', val: postern.clientId },
        { typ: 'groups', val: groups['on-call'].objectId },
        { typ: 'groups', val: 'g2' },
        { typ: 'name', val: 'Olga Ünï' },
        {
          typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
          val: olga.objectId,
        },
      ]),
    );
  });

  it('makes the user that the SDK shows', async () => {
    const get = await begin();
    await get('/api/look', { authorization: `Bearer ${good()}` });
    expect(stage.seen[0]?.user).toMatchObject({ type: 'AppService', id: ada.objectId });
  });

  it('is good until the second it ends', async () => {
    const get = await begin();
    const headers = { authorization: `Bearer ${good()}` };
    await time().pass(3_599_000);
    expect((await get('/api/look', headers)).status).toBe(200);
    await time().pass(1_000);
    expect((await get('/api/look', headers)).status).toBe(401);
  });
});

describe('what a caller says of themselves', () => {
  const forged = Object.fromEntries(
    [
      'X-MS-CLIENT-PRINCIPAL',
      'x-ms-client-principal-id',
      'X-Ms-Client-Principal-Name',
      'x-MS-client-principal-IDP',
      'x-ms-client-principal-anything',
      'X-MS-TOKEN-AAD-ACCESS-TOKEN',
      'x-ms-token-aad-id-token',
    ].map((name) => [name, 'forged']),
  );

  it.each([
    ['with a token', '/api/look', {}],
    ['as a persona', '/api/look', { 'x-local-persona': 'olga' }],
    ['where nobody signs in', '/api/health?code=HOSTKEY', {}],
  ])('never reaches the app: %s', async (how, url, headers) => {
    const get = await begin();
    const token = how === 'with a token' ? { authorization: `Bearer ${good()}` } : {};
    expect((await get(url, { ...forged, ...headers, ...token })).status).toBe(200);
    expect(stage.seen).toHaveLength(1);
    expect(JSON.stringify(stage.seen[0])).not.toContain('forged');
    expect(stage.seen[0]?.headers).not.toHaveProperty('x-local-persona');
  });

  it('opens nothing by itself', async () => {
    const get = await begin();
    expect((await get('/api/look', forged)).status).toBe(401);
    expect(stage.seen).toEqual([]);
  });

  it.each([{}, { WEBSITE_AUTH_ENABLED: 'false' }, { WEBSITE_AUTH_ENABLED: '' }])(
    'passes as it is where authentication is off: %j',
    async (values) => {
      const get = await begin(values);
      expect((await get('/api/look', { ...forged, 'x-local-persona': 'ada' })).status).toBe(200);
      expect(stage.seen[0]?.headers).toMatchObject({
        'x-ms-client-principal': 'forged',
        'x-ms-token-aad-id-token': 'forged',
        'x-local-persona': 'ada',
      });
    },
  );
});

describe('a path that nobody signs in for', () => {
  it.each([
    ['/api/health?code=HOSTKEY', {}, 200],
    ['/API/Health', { 'x-functions-key': 'HOSTKEY' }, 200],
    ['/api/health', {}, 401],
    ['/api/Ready', {}, 200],
    ['/api/health?code=wrong', {}, 401],
    ['/runtime/webhooks/eventgrid?functionName=received&code=wrong', {}, 401],
    ['/admin/host/status', { 'x-functions-key': 'MASTERKEY' }, 200],
    ['/admin/host/status', {}, 401],
    ['/runtime/webhooks/durabletask/instances/x?code=DURABLEKEY', {}, 404],
    ['/runtime/webhooks/durabletask/instances/x', {}, 401],
  ])('%s %j is a matter of its key', async (url, headers, status) => {
    const get = await begin();
    const answer = await get(url, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
  });

  it('is Event Grid’s webhook with its key', async () => {
    await begin();
    const answer = await stage.story?.host.http({
      method: 'POST',
      url: '/runtime/webhooks/eventgrid?functionName=received&code=EVENTGRIDKEY',
      headers: { 'aeg-event-type': 'Notification' },
      body: '[]',
    });
    expect(answer?.status).toBe(202);
  });

  it.each([
    '/api/look',
    '/api/look?code=MASTERKEY',
    '/api/health/x',
    '/api/ready/x',
    '/api/readyx',
    '/api/health/',
    '/api/health/../look',
    '/api/look?x=/api/health',
    '/api/look#/api/health',
    '//api/health',
    '/api/nothing',
    '/',
    '/runtime/webhooks/eventgrid/../../../api/look',
    '/runtime/webhooks/eventgridx',
    '/runtime/webhooks/other/x',
    '/adminx/',
  ])('is not %s', async (url) => {
    const get = await begin();
    const answer = await get(url, { 'x-functions-key': 'MASTERKEY' });
    expect([answer.status, stage.seen]).toEqual([401, []]);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  });
});

describe('a persona', () => {
  it('calls with a token of its own, fetched once an hour', async () => {
    const tokens: string[] = [];
    const signIn = signInAt(login);
    const get = await begin(on, async (url, form) => {
      if (form !== undefined) tokens.push(form['username'] ?? '');
      return signIn(url, form);
    });
    for (let i = 0; i < 3; i += 1) await get('/api/look', { 'X-Local-Persona': 'olga' });
    expect(tokens).toEqual([olga.name]);
    await time().pass(3_600_000);
    expect((await get('/api/look', { 'x-local-persona': 'olga' })).status).toBe(200);
    expect(tokens).toEqual([olga.name, olga.name]);
    expect(stage.seen).toHaveLength(4);
    for (const { headers } of stage.seen) {
      expect(headers['x-ms-client-principal-id']).toBe(olga.objectId);
      expect(headers['authorization']).toMatch(/^Bearer \S+$/);
    }
  });

  it('may stand in settings, and whoever calls may be another, or nobody', async () => {
    const get = await begin({ ...on, LOCAL_PERSONA: 'ada' });
    await get('/api/look');
    await get('/api/look', { 'x-local-persona': 'olga' });
    const { token } = login.issueToken(olga, { audience: postern.clientId });
    await get('/api/look', { 'x-local-persona': 'ada', authorization: `Bearer ${token}` });
    const ids = stage.seen.map(({ headers }) => headers['x-ms-client-principal-id']);
    expect(ids).toEqual([ada.objectId, olga.objectId, olga.objectId]);
    expect((await get('/api/look', { 'x-local-persona': 'nobody' })).status).toBe(401);
    expect(stage.seen).toHaveLength(3);
  });

  it.each(['eve', '', 'ada, olga', 'constructor', '__proto__', 'ADA', people.ada.upn])(
    'must be one that there is: %j',
    async (name) => {
      const get = await begin({ ...on, LOCAL_PERSONA: 'ada' });
      const answer = await get('/api/look', { 'x-local-persona': name });
      expect([answer.status, stage.seen]).toEqual([400, []]);
      expect(text(answer)).toContain('ada, ben, olga');
    },
  );

  it('cannot sign in where sign-in does not know them', async () => {
    const get = await begin();
    expect((await get('/api/look', { 'x-local-persona': 'sam' })).status).toBe(503);
    expect(stage.log.map(({ message }) => message)).toEqual([
      expect.stringContaining('answered 400'),
    ]);
  });
});

describe('settings', () => {
  it.each(['API_TENANT_ID', 'API_CLIENT_ID', 'LOGIN_ENDPOINT'])(
    'without %s there is no host',
    async (name) => {
      await expect(begin({ ...on, [name]: '' })).rejects.toThrow(name);
    },
  );

  it.each([
    ['does not answer well', { status: 500, body: '' }],
    ['answers nonsense', { status: 200, body: '<html>' }],
    ['answers something else', { status: 200, body: '{"keys":[]}' }],
  ])('that lead to a sign-in that %s let nobody in, until it does', async (_how, answer) => {
    let isBroken = true;
    const signIn = signInAt(login);
    const get = await begin(on, async (url, form) => (isBroken ? answer : signIn(url, form)));
    const headers = { authorization: `Bearer ${good()}` };
    expect((await get('/api/look', headers)).status).toBe(503);
    expect(stage.seen).toEqual([]);
    isBroken = false;
    expect((await get('/api/look', headers)).status).toBe(200);
  });
});
