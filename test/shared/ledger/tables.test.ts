import { TableClient } from '@azure/data-tables';
import { createLedgerTables } from '../../../shared/azure/ledgerTables';
import type { Ledger } from '../../../shared/ports/ledger';
import type { Azurite } from './azurite';
import { startAzurite } from './azurite';
import { describeLedger } from './ledgerContract';

let azurite: Azurite;
let ledger: Ledger;

beforeAll(async () => {
  azurite = await startAzurite();
  ledger = open('abc123');
}, 20_000);

afterAll(() => azurite.stop());

function open(deployment: string): Ledger {
  const { connectionString } = azurite;
  return createLedgerTables({ kind: 'connectionString', connectionString }, deployment);
}

function rawTable(name: string): TableClient {
  return TableClient.fromConnectionString(azurite.connectionString, name, {
    allowInsecureConnection: true,
  });
}

describeLedger('Azure Tables', () => ledger);

describe('tables of the ledger', () => {
  const row = { id: 'ab1', schema: 1 };

  it('are those of one deployment', async () => {
    const other = open('xyz789');
    await other.endHints.insert({ id: 'only', eventAt: 1, receivedAt: 1, state: 'open' });
    expect(await ledger.endHints.get('only')).toBeNull();
    expect(await other.endHints.list()).toHaveLength(1);
  });

  it('follow every page of a list', async () => {
    const other = open('pages0');
    const first = { id: 'p0', eventAt: 1, receivedAt: 1, state: 'open' as const };
    await other.endHints.insert(first);
    const raw = rawTable('posternpages0endHints');
    const rows = Array.from({ length: 1_100 }, (_, at) => ({ ...first, id: `q${at}` }));
    for (let at = 0; at < rows.length; at += 100) {
      await raw.submitTransaction(
        rows.slice(at, at + 100).map((entry) => [
          'create',
          {
            partitionKey: 'q',
            rowKey: entry.id,
            schema: 1,
            chunks: 1,
            body0: JSON.stringify(entry),
          },
        ]),
      );
    }
    expect(await other.endHints.list()).toHaveLength(1_101);
  }, 15_000);

  it.each([
    ['of a newer schema', { schema: 3, chunks: 1, body0: JSON.stringify(row) }, 'NewerSchema'],
    [
      'that says two things of its schema',
      { schema: 1, chunks: 1, body0: JSON.stringify({ ...row, schema: 2 }) },
      'RowDamaged',
    ],
    ['without its chunks', { schema: 1, chunks: 2, body0: '{"id":"ab1",' }, 'RowDamaged'],
    ['that is no JSON', { schema: 1, chunks: 1, body0: '{"id":"ab1",' }, 'RowDamaged'],
    ['of another id', { schema: 1, chunks: 1, body0: '{"id":"ab2"}' }, 'RowDamaged'],
    ['that is nothing', { schema: 1, chunks: 1, body0: 'null' }, 'RowDamaged'],
    ['without a version', { chunks: 1, body0: JSON.stringify(row) }, 'RowDamaged'],
  ])('refuse a row %s by name', async (_what, entity, code) => {
    const other = open('damage');
    const raw = rawTable('posterndamagewindows');
    await raw.createTable();
    await raw.upsertEntity({ partitionKey: 'ab', rowKey: 'ab1', ...entity }, 'Replace');
    const facts = { facts: expect.objectContaining({ kind: 'invalid', code }) };
    await expect(other.windows.get('ab1')).rejects.toMatchObject(facts);
    await expect(other.windows.list()).rejects.toMatchObject(facts);
  });

  it('refuse a row that is too large before sending it', async () => {
    const note = 'x'.repeat(500_000);
    const huge = { id: 'huge', eventAt: 1, receivedAt: 1, state: 'open' as const, note };
    await expect(ledger.endHints.insert(huge)).rejects.toMatchObject({
      facts: { kind: 'invalid', code: 'RowTooLarge' },
    });
  });

  it('say that storage is out of reach instead of pretending an empty ledger', async () => {
    const connectionString = azurite.connectionString.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:9');
    const lost = createLedgerTables({ kind: 'connectionString', connectionString }, 'abc123');
    const facts = { facts: expect.objectContaining({ kind: 'unavailable', code: 'ECONNREFUSED' }) };
    await expect(lost.live.list()).rejects.toMatchObject(facts);
    await expect(lost.live.get('x')).rejects.toMatchObject(facts);
  });

  it('say that the key was refused', async () => {
    const connectionString = azurite.connectionString.replace(/AccountKey=..../, 'AccountKey=AAAA');
    const denied = createLedgerTables({ kind: 'connectionString', connectionString }, 'abc123');
    await expect(denied.live.list()).rejects.toMatchObject({
      facts: expect.objectContaining({ kind: 'denied', status: 403 }),
    });
  });
});
