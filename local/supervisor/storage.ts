import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Child, startChild } from './childProcess';
import type { Ports } from './ports';

/** The account and key that every storage emulator has: published by Microsoft, no secret. */
const account = 'devstoreaccount1';
const key =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** The connection string of the local storage. */
export function storageConnectionString(ports: Ports): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${key}`,
    `BlobEndpoint=http://127.0.0.1:${ports.blob}/${account}`,
    `QueueEndpoint=http://127.0.0.1:${ports.queue}/${account}`,
    `TableEndpoint=http://127.0.0.1:${ports.table}/${account}`,
  ].join(';');
}

/**
 * Starts Azurite with its data in `folder` and resolves when its three services listen. Fails with
 * what Azurite said when it ends before that.
 */
export async function startStorage(folder: string, ports: Ports): Promise<Child> {
  mkdirSync(folder, { recursive: true });
  const said: string[] = [];
  let listening = 0;
  return new Promise((resolve, reject) => {
    const child = startChild({
      script: azuriteScript(),
      args: [
        '--location',
        folder,
        '--blobPort',
        `${ports.blob}`,
        '--queuePort',
        `${ports.queue}`,
        '--tablePort',
        `${ports.table}`,
        '--skipApiVersionCheck',
        '--disableTelemetry',
      ],
      onLine: (line) => {
        if (said.length < 50) said.push(line);
        if (line.includes('successfully listening')) listening += 1;
        if (listening === 3) resolve(child);
      },
    });
    void child.ended.then(({ code }) =>
      reject(new Error(`Storage (Azurite) ended with code ${code}:\n${said.join('\n')}`)),
    );
  });
}

function azuriteScript(): string {
  const folder = dirname(require.resolve('azurite/package.json'));
  return join(folder, 'dist', 'src', 'azurite.js');
}
