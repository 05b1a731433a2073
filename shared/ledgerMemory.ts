import assert from 'node:assert';
import type { Ledger, Stored, Table } from './ports/ledger';
import type { NightLedger } from './ports/nightLedger';

/**
 * A ledger that lives and dies with the process, for tests and for trying things out. Rows pass
 * through JSON and come back frozen, so that nobody can lean on what a real store does not keep:
 * shared references, `undefined`, dates. Everything happens before the first `await`, hence atomically.
 */
export function createLedgerMemory(): Ledger {
  return {
    windows: createTable(),
    live: createTable(),
    hints: createTable(),
    addresses: createTable(),
    endHints: createTable(),
    meta: createTable(),
    heartbeats: createTable(),
    answers: createTable(),
    turns: createTable(),
    notices: createTable(),
    noticeChannels: createTable(),
    reviews: createTable(),
  };
}

/** The remediation's part, likewise. */
export function createNightMemory(): NightLedger {
  return {
    remediations: createTable(),
    remediationsLive: createTable(),
    remediationBatches: createTable(),
    standings: createTable(),
    remediationScopes: createTable(),
  };
}

/** What every store accepts as an id; anything else is a bug of the caller, never input. */
const idForm = /^[A-Za-z0-9._-]{1,200}$/;

/** Throws unless `id` can be a key in every store: Azure Tables refuses slashes, `#`, `?` and controls. */
export function assertRowId(id: string): void {
  assert.match(id, idForm, 'a row id holds letters, digits, dot, dash and underscore only');
}

function createTable<Row extends { readonly id: string }>(): Table<Row> {
  const rows = new Map<string, Stored<Row>>();
  // One counter per table, never used again: a row that was removed and inserted anew has another ETag.
  let writes = 0;

  const store = (row: Row): Stored<Row> => {
    writes += 1;
    const stored = Object.freeze({ row: frozenCopy(row), etag: `"${writes}"` });
    rows.set(row.id, stored);
    return stored;
  };

  return {
    insert: async (row) => {
      assertRowId(row.id);
      return rows.has(row.id) ? 'exists' : store(row);
    },
    get: async (id) => {
      assertRowId(id);
      return rows.get(id) ?? null;
    },
    replace: async (row, etag) => {
      assertRowId(row.id);
      return rows.get(row.id)?.etag === etag ? store(row) : 'changed';
    },
    remove: async (id, etag) => {
      assertRowId(id);
      if (rows.get(id)?.etag !== etag) return 'changed';
      rows.delete(id);
      return 'removed';
    },
    list: async () => [...rows.values()],
  };
}

/**
 * The row as a store would hand it out: what JSON keeps of it, frozen to the bottom. Texts, numbers
 * and plain objects are copied by hand, which takes a quarter of the time; the rest goes as text.
 */
export function frozenCopy<Row>(row: Row): Row {
  return jsonValue(row);
}

function jsonValue<Value>(value: Value): Value;
function jsonValue(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has neither infinities nor a negative zero.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (value === null || value === undefined) return value;
  if (Array.isArray(value))
    return Object.freeze(Array.from(value, (item) => jsonValue(item) ?? null));
  return isPlain(value) ? jsonRecord(value) : throughText(value);
}

function isPlain(value: object): value is Record<string, unknown> {
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    !('toJSON' in value) &&
    !Object.hasOwn(value, '__proto__')
  );
}

function jsonRecord(record: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(record)) {
    const value = jsonValue(record[name]);
    if (value !== undefined) copy[name] = value;
  }
  return Object.freeze(copy);
}

/** Dates, and whatever else a row should not hold; nothing of what JSON has no text for. */
function throughText(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : frozen(JSON.parse(text) as unknown);
}

/**
 * Freezes what was parsed to the bottom and hands it back: rows are values, whichever store keeps
 * them. No reviver, which would visit every number and text and makes parsing slower.
 */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const name in value) {
    const part = value[name];
    if (typeof part === 'object' && part !== null) frozen(part);
  }
  return Object.freeze(value);
}
