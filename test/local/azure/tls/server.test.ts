import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ArmRequest } from '../../../../local/azure/contract';
import { ensureCertificates, type Certificates } from '../../../../local/azure/tls/certificates';
import {
  createHttpServer,
  createTlsServer,
  type Handle,
  type RunningServer,
} from '../../../../local/azure/tls/server';

let folder: string;
let certificates: Certificates;
const running: RunningServer[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'server-'));
  certificates = await ensureCertificates(folder);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const echo: Handle = async (request) => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'x-ms-request-id': '1' },
  body: JSON.stringify(request),
});

async function tls(handle: Handle = echo, settings: { maxBodyBytes?: number } = {}) {
  const { cert, key } = certificates;
  const server = await createTlsServer({ handle, port: 0, cert, key, ...settings });
  running.push(server);
  return server;
}

async function plain(handle: Handle = echo, onFault?: (error: unknown) => void) {
  const server = await createHttpServer({ handle, port: 0, ...(onFault ? { onFault } : {}) });
  running.push(server);
  return server;
}

type Got = { status: number; headers: Record<string, unknown>; body: string };

function send(url: string, options: RequestOptions & { body?: string } = {}): Promise<Got> {
  const { body, ...rest } = options;
  const start = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = start(url, rest, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

it('hands over what was sent, and back what was answered', async () => {
  const { url } = await tls();
  const { ca } = certificates;
  const path = '/subscriptions/1?api-version=2020-10-01&$filter=a%20b';
  const answer = await send(url + path, {
    ca,
    method: 'PUT',
    headers: { Authorization: 'Bearer x', 'X-Ms-Client-Request-Id': '7' },
    body: '{"name":"ä"}',
  });
  expect(answer).toMatchObject({ status: 200, headers: { 'x-ms-request-id': '1' } });
  expect(JSON.parse(answer.body) as ArmRequest).toMatchObject({
    method: 'PUT',
    url: url + path,
    headers: { authorization: 'Bearer x', 'x-ms-client-request-id': '7' },
    body: '{"name":"ä"}',
  });
  const empty = JSON.parse((await send(url, { ca })).body) as ArmRequest;
  expect(empty).not.toHaveProperty('body');
});

it('is trusted with its own authority, under both names, and only with it', async () => {
  const { url, port } = await tls();
  const { ca } = certificates;
  expect((await send(url, { ca })).status).toBe(200);
  expect((await send(`https://127.0.0.1:${port}`, { ca })).status).toBe(200);
  await expect(send(url)).rejects.toThrow(/certificate|issuer|signed/i);
  const other = await ensureCertificates(join(folder, 'other'));
  await expect(send(url, { ca: other.ca })).rejects.toThrow(/certificate|signature|issuer/i);
});

it('answers 413 to a body that is too long, and goes on', async () => {
  const { url } = await tls(echo, { maxBodyBytes: 1000 });
  const { ca } = certificates;
  const long = await send(url, { ca, method: 'PUT', body: 'x'.repeat(200_000) });
  expect(long).toMatchObject({ status: 413, headers: { connection: 'close' } });
  expect((await send(url, { ca, method: 'PUT', body: 'x'.repeat(1000) })).status).toBe(200);
});

it('keeps connections alive', async () => {
  const { url } = await tls();
  const agent = new TlsAgent({ keepAlive: true, maxSockets: 1, ca: certificates.ca });
  const first = await send(url, { agent });
  expect(first.headers['connection']).toBe('keep-alive');
  await send(url, { agent });
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  agent.destroy();
});

it('breaks the connection where the handler says so', async () => {
  const { url } = await plain(async () => {
    throw Object.assign(new Error('down'), { code: 'ECONNRESET' });
  });
  await expect(send(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('answers 500 without the inside of a failure, which is told apart', async () => {
  const faults: unknown[] = [];
  const { url } = await plain(
    async () => {
      throw new Error('secret detail');
    },
    (error) => faults.push(error),
  );
  const answer = await send(url);
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('secret');
  expect(faults).toEqual([new Error('secret detail')]);
});

it('answers 400 to a Host that cannot be one, and outlives nonsense', async () => {
  const { url, port } = await plain();
  expect((await send(url, { headers: { host: 'a b' } })).status).toBe(400);
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('NONSENSE\r\n\r\n'));
    socket.on('close', () => resolve());
    socket.resume();
  });
  expect((await send(url)).status).toBe(200);
});

it('sends no body with 204', async () => {
  const { url } = await plain(async () => ({ status: 204, headers: {} }));
  const answer = await send(url, { method: 'DELETE' });
  expect(answer).toMatchObject({ status: 204, body: '' });
  expect(answer.headers).not.toHaveProperty('content-length');
});

it('names the port that is taken', async () => {
  const { port } = await plain();
  await expect(createHttpServer({ handle: echo, port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `Port ${port} on 127.0.0.1 is taken by another process.`,
  });
});

it('closes: running calls end, idle connections go, new ones are refused', async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = await createHttpServer({
    port: 0,
    async handle() {
      await held;
      return { status: 200, headers: {}, body: 'done' };
    },
  });
  const agent = new Agent({ keepAlive: true });
  const answer = send(server.url, { agent });
  await new Promise((resolve) => setTimeout(resolve, 30));
  const closed = server.close();
  release();
  expect((await answer).body).toBe('done');
  await closed;
  await expect(send(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  agent.destroy();
});
