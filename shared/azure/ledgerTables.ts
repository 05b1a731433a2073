import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TableServiceClientOptions } from '@azure/data-tables';
import { TableClient } from '@azure/data-tables';
import { classify } from '../domain/classify';
import { Fault } from '../domain/fault';
import { assertRowId, frozenCopy } from '../ledgerMemory';
import type { Ledger, Stored, Table } from '../ports/ledger';
import type { NightLedger } from '../ports/nightLedger';
import { tableFault, toEntity, toStored } from './tableRows';

/** Where a storage service is: a connection string, or the service's URI and an identity. */
export type StoragePlace =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'identity'; readonly uri: string; readonly credential: TokenCredential };

const callMsMax = 15_000;

/**
 * The ledger in Azure Tables. Tables are named after the deployment, so that two of them can share
 * a storage account, and are made when the first row is written. Rows are JSON in chunks beside
 * their schema version. A write whose answer was lost and that is sent again may come back as
 * `exists` or `changed` although it was ours: callers read again in both cases.
 */
export function createLedgerTables(
  place: StoragePlace,
  deployment: string,
  httpClient?: HttpClient,
): Ledger {
  const table = tablesOf(place, deployment, httpClient);
  const byPrefix = (id: string) => id.slice(0, 2);
  return {
    windows: table('windows', byPrefix),
    // Timers read it whole, every few seconds: one partition is one range to read.
    live: table('live', () => 'live'),
    hints: table('hints', byPrefix),
    addresses: table('addresses', byPrefix),
    endHints: table('endHints', byPrefix),
    meta: table('meta', () => 'meta'),
    heartbeats: table('heartbeats', () => 'heartbeat'),
    answers: table('answers', byPrefix),
    turns: table('turns', byPrefix),
    // As `live`, read whole by a timer; what is told is removed.
    notices: table('notices', () => 'notices'),
    noticeChannels: table('noticeChannels', () => 'channels'),
    reviews: table('reviews', () => 'reviews'),
  };
}

/** The tables of the remediation, beside the ledger's own and under the same name. */
export function createNightTables(
  place: StoragePlace,
  deployment: string,
  httpClient?: HttpClient,
): NightLedger {
  const table = tablesOf(place, deployment, httpClient);
  return {
    remediations: table('remediations', () => 'remediations'),
    remediationsLive: table('remediationsLive', () => 'live'),
    // A partition for a hundred batches of a run: no single one takes the whole night's writes.
    remediationBatches: table('remediationBatches', (id) => id.slice(0, -2)),
    standings: table('standings', () => 'standings'),
    remediationScopes: table('remediationScopes', () => 'scopes'),
  };
}

/** Tables by name, each with its own way to partitions. */
function tablesOf(place: StoragePlace, deployment: string, httpClient?: HttpClient) {
  return <Row extends { readonly id: string }>(
    name: string,
    partitionOf: (id: string) => string,
  ): Table<Row> =>
    createTable(connect(place, `postern${deployment}${name}`, httpClient), partitionOf);
}

function connect(place: StoragePlace, name: string, httpClient?: HttpClient): TableClient {
  const options: TableServiceClientOptions = {
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 },
    ...(httpClient === undefined ? {} : { httpClient }),
  };
  const client =
    place.kind === 'identity'
      ? new TableClient(place.uri, name, place.credential, options)
      : TableClient.fromConnectionString(place.connectionString, name, {
          ...options,
          // Only the local emulator speaks plain http: the settings' reader refuses it elsewhere.
          allowInsecureConnection: true,
        });
  client.pipeline.removePolicy({ name: 'redirectPolicy' });
  return client;
}

function createTable<Row extends { readonly id: string }>(
  client: TableClient,
  partitionOf: (id: string) => string,
): Table<Row> {
  const keysOf = (id: string) => {
    assertRowId(id);
    return { partitionKey: partitionOf(id), rowKey: id };
  };
  return {
    insert: async (row) => insertRow(client, { ...keysOf(row.id), ...toEntity(row) }, row),
    get: async (id) => {
      const { partitionKey, rowKey } = keysOf(id);
      const result = await attempt('reading a row', (abortSignal) =>
        client.getEntity(partitionKey, rowKey, { abortSignal }),
      );
      if ('done' in result) return toStored<Row>(result.done);
      if (result.status === 404) return null;
      throw result.fault;
    },
    replace: async (row, etag) => {
      const entity = { ...keysOf(row.id), ...toEntity(row) };
      const result = await attempt('replacing a row', (abortSignal) =>
        client.updateEntity(entity, 'Replace', { etag, abortSignal }),
      );
      if ('done' in result) return { row: frozenCopy(row), etag: etagOf(result.done) };
      if (result.status === 412 || result.status === 404) return 'changed';
      throw result.fault;
    },
    remove: async (id, etag) => {
      const { partitionKey, rowKey } = keysOf(id);
      const result = await attempt('removing a row', (abortSignal) =>
        client.deleteEntity(partitionKey, rowKey, { etag, abortSignal }),
      );
      if ('done' in result) return 'removed';
      if (result.status === 412 || result.status === 404) return 'changed';
      throw result.fault;
    },
    list: async () => {
      const result = await attempt('listing rows', async (abortSignal) => {
        const rows: Stored<Row>[] = [];
        // The iterator follows every continuation token: a page is at most 1,000 rows.
        for await (const entity of client.listEntities({ abortSignal })) {
          rows.push(toStored<Row>(entity));
        }
        return rows;
      });
      if ('done' in result) return result.done;
      if (result.status === 404) return [];
      throw result.fault;
    },
  };
}

/** Inserts a row, and makes the table if this is its first. */
async function insertRow<Row>(
  client: TableClient,
  entity: { readonly partitionKey: string; readonly rowKey: string },
  row: Row,
): Promise<Stored<Row> | 'exists'> {
  const insert = () =>
    attempt('inserting a row', (abortSignal) => client.createEntity(entity, { abortSignal }));
  let result = await insert();
  if ('code' in result && result.code === 'TableNotFound') {
    const made = await attempt('making a table', (abortSignal) =>
      client.createTable({ abortSignal }),
    );
    if ('fault' in made) throw made.fault;
    result = await insert();
  }
  if ('done' in result) return { row: frozenCopy(row), etag: etagOf(result.done) };
  if (result.code === 'EntityAlreadyExists') return 'exists';
  throw result.fault;
}

type Attempt<Value> =
  | { readonly done: Value }
  | { readonly status: number; readonly code: string; readonly fault: Fault };

/** Runs one call within a time limit; what the service refused comes back as a value. */
async function attempt<Value>(
  doing: string,
  call: (abortSignal: AbortSignal) => Promise<Value>,
): Promise<Attempt<Value>> {
  try {
    return { done: await call(AbortSignal.timeout(callMsMax)) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { status, code } = errorOf(error);
    const facts =
      status === 0
        ? classify({ errorCode: code })
        : classify({ status, headers: {}, body: JSON.stringify({ code }) });
    return { status, code, fault: new Fault(facts, `ledger, ${doing}`) };
  }
}

/** Status and code out of what the client throws: `RestError` with the service's code deep inside. */
function errorOf(error: unknown): { readonly status: number; readonly code: string } {
  const status = member(error, 'statusCode');
  const odata = member(member(error, 'details'), 'odataError');
  const code = member(odata, 'code') ?? member(error, 'code') ?? member(error, 'name');
  return {
    status: typeof status === 'number' ? status : 0,
    code: typeof code === 'string' ? code : 'Unknown',
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const descriptor: unknown = Reflect.get(value, name);
  return descriptor;
}

function etagOf(headers: { readonly etag?: string }): string {
  if (headers.etag === undefined || headers.etag === '') throw tableFault('NoETag');
  return headers.etag;
}
