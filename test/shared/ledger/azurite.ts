import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Azurite's published development account (learn.microsoft.com/azure/storage/common/storage-use-azurite). */
const account = 'devstoreaccount1';
const key =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const endpoints = { table: 'TableEndpoint', blob: 'BlobEndpoint', queue: 'QueueEndpoint' } as const;

export type Azurite = { readonly connectionString: string; stop(): Promise<void> };

/** One of Azurite's services alone, on a free port, holding everything in memory. */
export async function startAzurite(service: keyof typeof endpoints = 'table'): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-azurite-'));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      require.resolve(`azurite/dist/src/${service}/main.js`),
      `--${service}Host=127.0.0.1`,
      `--${service}Port=${port}`,
      '--inMemoryPersistence',
      '--skipApiVersionCheck',
      '--disableTelemetry',
      '--silent',
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await started(child);
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${account}`,
      `AccountKey=${key}`,
      `${endpoints[service]}=${endpoint}`,
    ].join(';'),
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

async function started(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('Azurite has no output.');
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (/successfully (?:started|listens)/.test(said)) return;
  }
  throw new Error(`Azurite ended before it began: ${said}`);
}
