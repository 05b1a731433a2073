import { buildSync } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogin } from '../../../local/azure/login/createLogin';
import { ensureCertificates } from '../../../local/azure/tls/certificates';
import { createTlsServer } from '../../../local/azure/tls/server';
import { tenantId } from '../../../local/estate';
import { localPassword, people, postern } from '../../../local/tenant';

/** The bundled process over real sockets: start, keys, webhook, kill -9, resume, SIGTERM. */
const repository = join(__dirname, '../../..');
const keys = {
  master: 'm',
  host: 'h',
  functions: {},
  system: { durabletask: 'd', eventgrid: 'g' },
};

let folder: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-host-'));
  mkdirSync(join(folder, 'app'));
  const shared = { bundle: true, platform: 'node', target: 'node20', format: 'cjs' } as const;
  buildSync({
    ...shared,
    entryPoints: [join(repository, 'local/functions/main.ts')],
    outfile: join(folder, 'host.js'),
    external: ['@azure/functions-core'],
  });
  buildSync({
    ...shared,
    entryPoints: [join(__dirname, 'processApp.ts')],
    outfile: join(folder, 'app/main.js'),
    external: ['@azure/functions-core'],
  });
  const host = { version: '2.0', extensions: { durableTask: { hubName: '%HUB%' } } };
  writeFileSync(join(folder, 'app/host.json'), JSON.stringify(host));
  writeFileSync(join(folder, 'seen'), '');
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

type Host = { child: ChildProcess; origin: string; started: Record<string, unknown> };

/** Starts the process and waits for its first line of that event. */
async function startHost(
  port: string,
  awaited = 'hostStarted',
  values: Record<string, string> = {},
): Promise<Host> {
  const child = spawn(process.execPath, [join(folder, 'host.js')], {
    env: {
      PATH: process.env['PATH'],
      FUNCTIONS_HOST_APP: join(folder, 'app'),
      FUNCTIONS_HOST_PORT: port,
      FUNCTIONS_HOST_STATE: join(folder, 'state'),
      FUNCTIONS_HOST_KEYS: JSON.stringify(keys),
      FUNCTIONS_HOST_TIMING: 'exact',
      SEEN_FILE: join(folder, 'seen'),
      HUB: 'TestHub',
      QUEUE_NAME: 'events',
      ...values,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const started = await new Promise<Record<string, unknown>>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString('utf8');
      for (const line of text.split('\n').slice(0, -1)) {
        const record = JSON.parse(line) as Record<string, unknown>;
        if (record['event'] === awaited) resolve(record);
      }
    });
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${text}`)));
  });
  return { child, origin: String(started['origin']), started };
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve));

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('serves, is killed, resumes from its journal, and drains on SIGTERM', async () => {
  const first = await startHost('0');
  expect(first.started['functions']).toEqual(
    expect.arrayContaining(['look', 'sleeper', 'start', 'received', 'queued']),
  );
  const url = `${first.origin}/api/start/w1`;
  expect((await fetch(url, { method: 'POST' })).status).toBe(401);
  const answer = await fetch(url, { method: 'POST', headers: { 'x-functions-key': 'h' } });
  expect([answer.status, await answer.json()]).toEqual([202, { id: 'w1' }]);

  const grid = `${first.origin}/runtime/webhooks/eventgrid?functionName=received&code=g`;
  const event = { id: 'e1', eventType: 'x', data: {} };
  const headers = { 'aeg-event-type': 'Notification', 'content-type': 'application/json' };
  const body = JSON.stringify([event]);
  expect((await fetch(grid, { method: 'POST', headers, body })).status).toBe(202);
  expect((await fetch(grid, { method: 'OPTIONS' })).status).toBe(200);
  expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe('look 0\nevent e1\n');

  const { port } = new URL(first.origin);
  const taken = await startHost(port, 'portInUse');
  expect(taken.started['message']).toContain(`Port ${port}`);
  expect(await exitOf(taken.child)).toBe(1);

  first.child.kill('SIGKILL');
  await exitOf(first.child);
  const second = await startHost(port);
  expect(second.started['unfinishedInstances']).toBe(1);
  const status = `${second.origin}/runtime/webhooks/durabletask/instances/w1?code=d`;
  const output = await until(async () => {
    const instance = (await (await fetch(status)).json()) as { output: unknown };
    return instance.output ?? undefined;
  });
  expect(output).toBe('closed');
  expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe('look 0\nevent e1\nlook 1\n');
  second.child.kill('SIGTERM');
  expect(await exitOf(second.child)).toBe(0);
}, 60_000);

it('lets people in by tokens that it verifies over the network, and says where they are', async () => {
  const { cert, key, caPath } = await ensureCertificates(join(folder, 'tls'));
  const { objectId, upn } = people.ada;
  const ada = { objectId, name: upn, kind: 'person' as const };
  const login = createLogin({
    tenantId,
    apis: [postern],
    identities: [{ caller: ada, secret: localPassword }],
  });
  const handle = async (request: Parameters<typeof login.handle>[0]) =>
    (await login.handle(request)) ?? { status: 404, headers: {} };
  const signIn = await createTlsServer({ handle, port: 0, cert, key });
  const host = await startHost('0', 'hostStarted', {
    FUNCTIONS_HOST_STATE: join(folder, 'state-of-the-guarded'),
    NODE_EXTRA_CA_CERTS: caPath,
    WEBSITE_AUTH_ENABLED: 'true',
    API_TENANT_ID: tenantId,
    API_CLIENT_ID: postern.clientId,
    LOGIN_ENDPOINT: signIn.url,
  });
  const get = async (headers: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`${host.origin}/api/who`, { headers });
    return answer.ok ? answer.json() : answer.status;
  };
  const forged = { 'X-MS-CLIENT-PRINCIPAL-NAME': 'eve', 'X-Forwarded-For': '1.1.1.1' };
  const expected = {
    name: upn,
    from: expect.stringMatching(/^1\.1\.1\.1, 127\.0\.0\.1:\d+$/),
  };
  expect(await get(forged)).toBe(401);
  expect(await get({ ...forged, 'x-local-persona': 'ada' })).toEqual(expected);
  const wanted = { audience: postern.clientId, origin: signIn.url };
  const { token } = login.issueToken(ada, wanted);
  expect(await get({ ...forged, authorization: `Bearer ${token}` })).toEqual(expected);
  expect(await get({ authorization: `Bearer ${token}x` })).toBe(401);
  await signIn.close();
  expect(await get({ 'x-local-persona': 'ada' })).toMatchObject({ name: upn });
}, 60_000);
