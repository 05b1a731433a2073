import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAudit } from '../../../shared/audit/createAudit';
import { createAuditBlobs } from '../../../shared/azure/auditBlobs';
import { type Azurite, startAzurite } from '../ledger/azurite';
import { describeChainStore } from './auditContract';
import { day, factsOf } from './facts';

let azurite: Azurite;
let serial = 0;

beforeAll(async () => {
  azurite = await startAzurite('blob');
}, 20_000);
afterAll(() => azurite.stop());

/** A container of its own each time. */
const freshDeployment = (): string => `d${String((serial += 1)).padStart(5, '0')}`;
const connection = (connectionString: string) => {
  return { kind: 'connectionString' as const, connectionString };
};

describeChainStore('append blobs', () =>
  createAuditBlobs(connection(azurite.connectionString), freshDeployment()),
);

describe('append blobs of the audit', () => {
  const window = { id: 'w1', createdAt: day };
  const file = 'windows/2026/01/31/w1.jsonl';

  it('are of one deployment', async () => {
    const [one, other] = [open(azurite.connectionString), open(azurite.connectionString)];
    await one.audit.append(window, [factsOf('a')], 10_000);
    expect(await one.store.names('', 10_000)).toContain(file);
    expect(await other.store.names('', 10_000)).toEqual([]);
  });

  it('are found to hold what was added when the connection broke before the answer', async () => {
    await throughProxy(
      ({ isAppend, nth }) => (isAppend && nth === 1 ? 'lose' : 'pass'),
      async ({ store, audit }) => {
        await audit.append(window, [factsOf('a')], 10_000);
        await audit.append(window, [factsOf('b')], 10_000);
        const text = await store.readAll(file, 10_000);
        expect(text?.match(/"id":"[ab]"/g)).toEqual(['"id":"a"', '"id":"b"']);
      },
    );
  });

  it('are left for the next part when Azure says that they are full', async () => {
    await throughProxy(
      ({ isAppend, path }) => (isAppend && path.endsWith('/w1.jsonl') ? 'full' : 'pass'),
      async ({ store, audit }) => {
        await audit.append(window, [factsOf('a')], 10_000);
        expect(await store.readAll('windows/2026/01/31/w1.2.jsonl', 10_000)).toContain('"id":"a"');
      },
    );
  });

  it('that do not answer are waited for no longer than asked', async () => {
    await throughProxy(
      () => 'hang',
      async ({ audit }) => {
        const began = performance.now();
        const told = audit.append(window, [factsOf('a')], 1_500);
        await expect(told).rejects.toMatchObject({ facts: { kind: 'unavailable' } });
        expect(performance.now() - began).toBeLessThan(2_000);
      },
    );
  });

  it.each([
    ['out of reach', /127\.0\.0\.1:\d+/, '127.0.0.1:9', { kind: 'unavailable', status: 0 }],
    ['refused', /AccountKey=..../, 'AccountKey=AAAA', { kind: 'denied', status: 403 }],
  ])(
    'say that storage is %s instead of pretending that nothing is there',
    async (...[, from, to, facts]) => {
      const { store, audit } = open(azurite.connectionString.replace(from, to));
      const fault = { facts: expect.objectContaining(facts) };
      await expect(audit.append(window, [factsOf('a')], 5_000)).rejects.toMatchObject(fault);
      await expect(store.readAll(file, 5_000)).rejects.toMatchObject(fault);
      await expect(store.names('', 5_000)).rejects.toMatchObject(fault);
    },
  );
});

function open(connectionString: string) {
  const store = createAuditBlobs(connection(connectionString), freshDeployment());
  return { store, audit: createAudit(store, 'abc123', () => Date.now()) };
}

type Fate = 'pass' | 'lose' | 'full' | 'hang';
type Asked = { readonly isAppend: boolean; readonly nth: number; readonly path: string };

/** Azurite behind somebody who decides what becomes of each request, as a network would. */
async function throughProxy(
  fateOf: (asked: Asked) => Fate,
  act: (opened: ReturnType<typeof open>) => Promise<void>,
): Promise<void> {
  const target = new URL(/BlobEndpoint=([^;]+)/.exec(azurite.connectionString)?.[1] ?? '');
  const counts = new Map<boolean, number>();
  const server: Server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '', target);
    const isAppend = url.searchParams.get('comp') === 'appendblock';
    const nth = (counts.get(isAppend) ?? 0) + 1;
    counts.set(isAppend, nth);
    const fate = fateOf({ isAppend, nth, path: url.pathname });
    if (fate === 'hang') return;
    if (fate === 'full') return refuse(answer);
    const passed = request(
      {
        host: target.hostname,
        port: target.port,
        path: asked.url,
        method: asked.method,
        headers: asked.headers,
      },
      (got) => {
        if (fate === 'lose') {
          got.resume();
          got.once('end', () => asked.socket.destroy());
        } else {
          answer.writeHead(got.statusCode ?? 500, got.headers);
          got.pipe(answer);
        }
      },
    );
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await act(open(azurite.connectionString.replace(`:${target.port}/`, `:${port}/`)));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As learn.microsoft.com/rest/api/storageservices/blob-service-error-codes has it. */
function refuse(answer: ServerResponse): void {
  const code = 'BlockCountExceedsLimit';
  answer.writeHead(409, { 'content-type': 'application/xml', 'x-ms-error-code': code });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>Full.</Message></Error>`);
}
