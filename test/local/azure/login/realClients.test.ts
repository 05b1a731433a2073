import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ClientSecretCredential, ManagedIdentityCredential } from '@azure/identity';

import { ensureCertificates } from '../../../../local/azure/tls/certificates';
import {
  createHttpServer,
  createTlsServer,
  type RunningServer,
} from '../../../../local/azure/tls/server';
import { bearerOf, cli, CLI, login, opener, TENANT } from './identities';

const SCOPE = 'https://management.azure.com/.default';

let folder: string;
let servers: RunningServer[];
let saved: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'login-'));
  servers = [];
  saved = { ...process.env };
});

afterEach(async () => {
  process.env = saved;
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

function handleOf(target: ReturnType<typeof login>) {
  return async (request: Parameters<typeof target.handle>[0]) =>
    (await target.handle(request)) ?? { status: 501, headers: {} };
}

async function overTls(target: ReturnType<typeof login>) {
  const { ca, cert, key } = await ensureCertificates(folder);
  const server = await createTlsServer({ handle: handleOf(target), port: 0, cert, key });
  servers.push(server);
  const credential = (secret: string) =>
    new ClientSecretCredential(TENANT, CLI, secret, {
      authorityHost: server.url,
      disableInstanceDiscovery: true,
      tlsOptions: { ca },
      retryOptions: { maxRetries: 0 },
    });
  return credential;
}

it('ClientSecretCredential signs in over TLS, and not with a wrong secret', async () => {
  const target = login();
  const credential = await overTls(target);
  const token = await credential('s3cret:+&').getToken(SCOPE);
  expect(bearerOf(target, token.token)).toEqual(cli);
  expect(token.expiresOnTimestamp).toBeGreaterThan(Date.now());
  await expect(credential('guess').getToken(SCOPE)).rejects.toThrow('AADSTS7000215');
});

it('ManagedIdentityCredential signs in as it would on App Service', async () => {
  const target = login();
  const server = await createHttpServer({ handle: handleOf(target), port: 0 });
  servers.push(server);
  Object.assign(process.env, target.environmentOf('opener', server.url));
  const token = await new ManagedIdentityCredential().getToken(SCOPE);
  expect(bearerOf(target, token.token)).toEqual(opener);
  expect(token.expiresOnTimestamp).toBeGreaterThan(Date.now());
});
