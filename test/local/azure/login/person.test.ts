import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { ada, bearerOf, CLI, call, login, TENANT } from './identities';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const form = {
  grant_type: 'password',
  username: 'ada@contoso.com',
  password: 'pa55word',
  client_id: CLI,
  client_info: '1',
  scope: 'openid profile offline_access https://management.core.windows.net//.default',
};

function read(part: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(part), 'base64url').toString()) as Record<string, unknown>;
}

it('tells the client who has signed in, by what MSAL keeps an account of', async () => {
  const target = login();
  const { status, body } = await call(target, 'POST', '/adfs/oauth2/token', { form });
  expect(status).toBe(200);
  expect(bearerOf(target, body['access_token'])).toEqual(ada);
  const nowS = Math.floor(Date.now() / 1000);
  expect(read(String(body['id_token']).split('.')[1])).toMatchObject({
    aud: CLI,
    tid: TENANT,
    oid: ada.objectId,
    preferred_username: 'ada@contoso.com',
    exp: nowS + 3_600,
  });
  expect(read(body['client_info'])).toEqual({ uid: ada.objectId, utid: TENANT });
});

it('takes an ID token for no bearer token, whatever client it was made for', async () => {
  const target = login();
  for (const client_id of [CLI, 'https://management.azure.com']) {
    const asked = { ...form, client_id };
    const { body } = await call(target, 'POST', '/adfs/oauth2/token', { form: asked });
    expect(bearerOf(target, body['id_token'])).toBeUndefined();
  }
});

it('gives none where nobody asked for it, and none to a service principal', async () => {
  const target = login();
  const plain = { ...form, scope: 'https://management.azure.com/.default' };
  const client = {
    ...form,
    grant_type: 'client_credentials',
    client_secret: 's3cret:+&',
  };
  for (const asked of [plain, client]) {
    const { status, body } = await call(target, 'POST', '/adfs/oauth2/token', { form: asked });
    expect([status, body['id_token'], body['client_info']]).toEqual([200, undefined, undefined]);
  }
});
