import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureCertificates } from '../../../local/azure/tls/certificates';
import { createTlsServer, type RunningServer } from '../../../local/azure/tls/server';
import { demonstrationEstate, nicId, subscriptionId } from '../../../local/estate';
import { createLocalAzure, type LocalAzure } from '../../../local/localAzure';
import { administratorLogin, people } from '../../../local/tenant';

const repository = join(__dirname, '../../..');
const role = (name: string): unknown =>
  JSON.parse(readFileSync(join(repository, 'infra/roles', `${name}.json`), 'utf8'));

let folder: string;
let azure: LocalAzure;
let server: RunningServer;
let caPath: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const { cert, key, ...certificates } = await ensureCertificates(folder);
  caPath = certificates.caPath;
  server = await createTlsServer({ handle: (sent) => azure.handle(sent), port: 0, cert, key });
  azure = createLocalAzure({
    estate: demonstrationEstate(),
    seed: 1,
    customRoles: { opener: role('opener'), sweeper: role('sweeper'), reader: role('reader') },
    eventGrid: { subscriptions: [], deliver: async () => ({ status: 200, headers: {}, body: '' }) },
    pim: { assignmentDelayMs: 0, listingLagMs: 0 },
    audience: server.url,
  });
  azure.pim.activate({
    person: people.ada.upn,
    role: administratorLogin,
    scope: `/subscriptions/${subscriptionId}/resourceGroups/rg-app`,
    duration: 'PT1H',
  });
});

afterAll(async () => {
  azure.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

it("Azure's own libraries sign in over TLS, list, get and query", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(repository, 'local/clients/sdk.mjs'), server.url],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: caPath } },
  );
  expect(JSON.parse(stdout)).toMatchObject({
    networkSecurityGroups: ['nsg-snet-app', 'nsg-vm-app-01'],
    vm: { name: 'vm-app-01', power: 'PowerState/running' },
    activations: expect.arrayContaining([
      { who: people.ada.displayName, end: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]) as unknown,
    targets: [{ nicId: nicId('nic-vm-app-01').toLowerCase(), privateIp: '10.10.1.4' }],
  });
}, 15_000);
