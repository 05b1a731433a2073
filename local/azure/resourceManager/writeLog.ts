import { appendFileSync } from 'node:fs';
import type { Caller, WriteRecord } from '../contract';

/** Keeps every write, accepted or refused, in memory and, given a path, on disk. */
export type WriteLog = {
  /** In order of receipt. A record of a running operation is completed in place when it ends. */
  records: readonly WriteRecord[];
  /** Called when a write is answered, and again when its operation has ended. */
  onRecord(listener: (record: WriteRecord) => void): () => void;
};

/** The side of the log that writes; requests hold one record each. */
export type WriteLogKeeper = WriteLog & {
  /** Opens the record of a write. It counts as received now. */
  begin(caller: Caller, method: string, path: string): WriteRecord;
  /** The answer was given: the record joins the log (once), its line is written. */
  answered(record: WriteRecord): void;
  /** The operation ended: the line is written again under the same sequence. */
  settled(record: WriteRecord): void;
};

/**
 * A log in memory; with `path`, each answer and each end is also appended there as one JSON line
 * before the caller hears of it. The last line of a sequence number is the truth.
 */
export function createWriteLog(path?: string): WriteLogKeeper {
  const records: WriteRecord[] = [];
  const listeners = new Set<(record: WriteRecord) => void>();
  let sequence = 0;
  const tell = (record: WriteRecord): void => {
    if (path !== undefined) appendFileSync(path, `${JSON.stringify(record)}\n`);
    for (const listener of listeners) listener(record);
  };
  return {
    records,
    onRecord: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin: (caller, method, requestPath) => ({
      sequence: ++sequence,
      at: new Date().toISOString(),
      caller,
      method,
      path: requestPath,
      status: 0,
      before: null,
      after: null,
    }),
    answered: (record) => {
      records.push(record);
      tell(record);
    },
    settled: tell,
  };
}
