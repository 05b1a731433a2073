import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { ada, BASE, bearerOf, call, CLI, login, TENANT } from './identities';

let time: VirtualTime;
let target: ReturnType<typeof login>;
beforeEach(() => {
  time = installVirtualTime();
  target = login();
});
afterEach(() => time.uninstall());

const scope = 'openid https://management.azure.com/.default';
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

async function begin(): Promise<{ device: string; user: string; page: string }> {
  const { status, body } = await call(target, 'POST', `/${TENANT}/oauth2/v2.0/devicecode`, {
    form: { client_id: CLI, scope },
  });
  expect([status, body['expires_in'], body['interval']]).toEqual([200, 900, 5]);
  const page = String(body['verification_uri']);
  expect(body['message']).toContain(page);
  return { device: String(body['device_code']), user: String(body['user_code']), page };
}

async function poll(device: string, change: Record<string, string> = {}) {
  const form = { grant_type: GRANT, client_id: CLI, device_code: device, ...change };
  return call(target, 'POST', `/${TENANT}/oauth2/v2.0/token`, { form });
}

async function decide(form: Record<string, string>, method = 'POST') {
  const body = new URLSearchParams(form).toString();
  return target.handle({ method, url: `${BASE}/devicelogin`, headers: {}, body });
}

it('signs in whoever approves, once', async () => {
  const { device, user, page } = await begin();
  expect(page).toBe(`${BASE}/devicelogin`);
  expect((await poll(device)).body['error']).toBe('authorization_pending');
  expect((await decide({ code: user.toLowerCase(), person: 'ada' }))?.status).toBe(200);
  const { status, body } = await poll(device);
  expect([status, bearerOf(target, body['access_token'])]).toEqual([200, ada]);
  expect(body).toHaveProperty('id_token');
  expect((await poll(device)).body['error']).toBe('bad_verification_code');
});

it('signs nobody in who declines, or comes too late', async () => {
  const declined = await begin();
  await decide({ code: declined.user, person: 'nobody' });
  expect((await poll(declined.device)).body['error']).toBe('authorization_declined');
  const late = await begin();
  await time.pass(900_000);
  expect((await decide({ code: late.user, person: 'ada' }))?.status).toBe(400);
  expect((await poll(late.device)).body['error']).toBe('expired_token');
});

it('believes neither a wrong code nor somebody who is not there', async () => {
  const { device, user } = await begin();
  for (const form of [{ code: 'BBBBBBBBB', person: 'ada' }, { person: 'ada' }, {}]) {
    expect((await decide(form))?.status).toBe(400);
  }
  for (const person of ['eve', '', 'opener', 'cli-reader', 'constructor']) {
    expect((await decide({ code: user, person }))?.status).toBe(400);
  }
  expect((await decide({ code: user, person: 'ada' }, 'GET'))?.status).toBe(200);
  expect((await poll(device)).body['error']).toBe('authorization_pending');
  for (const change of [{ client_id: TENANT }, { device_code: user }, { device_code: '' }]) {
    expect((await poll(device, change)).body['error']).toBe('bad_verification_code');
  }
});

it('cannot be given another scope by whoever polls', async () => {
  const { device, user } = await begin();
  await decide({ code: user, person: 'ada@contoso.com' });
  const { body } = await poll(device, { scope: 'https://vault.azure.net/.default' });
  expect(bearerOf(target, body['access_token'])).toEqual(ada);
});

it('shows a page for the code that shows nothing else of the address', async () => {
  const page = async (code: string) =>
    (await target.handle({ method: 'GET', url: `${BASE}/devicelogin?code=${code}`, headers: {} }))
      ?.body ?? '';
  expect(await page('BCDFGHJKL')).toContain('value="BCDFGHJKL"');
  const hostile = await page(encodeURIComponent('"><script>alert(1)</script>'));
  expect(hostile).not.toContain('script');
  expect(hostile).toContain('value="ada"');
});

it('remembers no more than it has to', async () => {
  const first = await begin();
  for (let i = 0; i < 1_000; i += 1) await begin();
  expect((await poll(first.device)).body['error']).toBe('bad_verification_code');
  const last = await begin();
  expect((await poll(last.device)).body['error']).toBe('authorization_pending');
});

it.each([
  ['GET', 405],
  ['POST', 400],
])('is not begun by %s without a client', async (method, status) => {
  const path = `/${TENANT}/oauth2/v2.0/devicecode`;
  expect((await call(target, method, path)).status).toBe(status);
});
