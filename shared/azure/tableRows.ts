import assert from 'node:assert';
import type { TableEntityResult } from '@azure/data-tables';
import { Fault } from '../domain/fault';
import { frozen } from '../ledgerMemory';
import type { Stored } from '../ports/ledger';

/** The version of the shape of rows that name none, and the newest that this code reads. */
const schema = 1;
const newestSchema = 2;
/** A property holds 64 KiB of UTF-16; an entity 1 MiB in all (learn.microsoft.com, Table service limits). */
const chunkLength = 30_000;
const bodyLengthMax = 480_000;

/** A row as its table keeps it, keys aside. */
type Entity = { schema: number; chunks: number; [chunk: `body${number}`]: string };

/**
 * Chunks of pure ASCII: a character of several bytes that is cut in two, by us or by a store that
 * reads its requests piece by piece as Azurite does, would not survive.
 */
export function toEntity(row: { readonly id: string; readonly schema?: number }): Entity {
  const json = JSON.stringify(row);
  const ascii = json.replaceAll(
    /[\u0080-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (ascii.length > bodyLengthMax) throw tableFault('RowTooLarge');
  const body: Entity = { schema: row.schema ?? schema, chunks: 0 };
  for (let at = 0; at < ascii.length; at += chunkLength) {
    body[`body${body.chunks}`] = ascii.slice(at, at + chunkLength);
    body.chunks += 1;
  }
  return body;
}

/** Reads an entity; throws `Fault` for damaged rows and for those of a newer schema. */
export function toStored<Row extends { readonly id: string }>(
  entity: TableEntityResult<Record<string, unknown>>,
): Stored<Row> {
  const json = bodyOf(entity);
  try {
    const row: Row = JSON.parse(json);
    frozen(row);
    assert(row.id === entity.rowKey);
    assert(!('schema' in row) || row.schema === entity['schema']);
    return { row, etag: entity.etag };
  } catch {
    throw tableFault('RowDamaged');
  }
}

function bodyOf(entity: Record<string, unknown>): string {
  const { schema: version, chunks } = entity;
  if (typeof version !== 'number' || typeof chunks !== 'number') throw tableFault('RowDamaged');
  // A newer version may mean something else by the same words: nothing is guessed.
  if (version > newestSchema) throw tableFault('NewerSchema');
  let json = '';
  for (let chunk = 0; chunk < chunks; chunk++) {
    const part = entity[`body${chunk}`];
    if (typeof part !== 'string') throw tableFault('RowDamaged');
    json += part;
  }
  return json;
}

/** For what the store holds or refuses for good: repeating cannot help. */
export function tableFault(code: string): Fault {
  return new Fault({ kind: 'invalid', code, status: 0, retryAfterMs: null }, 'using the ledger');
}
