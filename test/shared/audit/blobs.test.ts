import { createAudit } from '../../../shared/audit/createAudit';
import { createAuditBlobs } from '../../../shared/azure/auditBlobs';
import { type Azurite, startAzurite } from '../ledger/azurite';
import { describeChainStore } from './auditContract';
import { throughProxy } from '../../support/blobProxy';
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
      azurite.connectionString,
      ({ isAppend, nth }) => (isAppend && nth === 1 ? 'lose' : 'pass'),
      async (through) => {
        const { store, audit } = open(through);
        await audit.append(window, [factsOf('a')], 10_000);
        await audit.append(window, [factsOf('b')], 10_000);
        const text = await store.readAll(file, 10_000);
        expect(text?.match(/"id":"[ab]"/g)).toEqual(['"id":"a"', '"id":"b"']);
      },
    );
  });

  it('are left for the next part when Azure says that they are full', async () => {
    await throughProxy(
      azurite.connectionString,
      ({ isAppend, path }) => (isAppend && path.endsWith('/w1.jsonl') ? 'full' : 'pass'),
      async (through) => {
        const { store, audit } = open(through);
        await audit.append(window, [factsOf('a')], 10_000);
        expect(await store.readAll('windows/2026/01/31/w1.2.jsonl', 10_000)).toContain('"id":"a"');
      },
    );
  });

  it('that do not answer are waited for no longer than asked', async () => {
    await throughProxy(
      azurite.connectionString,
      () => 'hang',
      async (through) => {
        const { audit } = open(through);
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
