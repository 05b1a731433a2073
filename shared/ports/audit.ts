import type { AuditFacts } from '../domain/audit/auditRecord';

/** Which window, and when it was made (epoch ms): its records are found by both. */
export type AuditedWindow = { readonly id: string; readonly createdAt: number };

/** The records of what was done: only ever added to. */
export type Audit = {
  /**
   * Writes what is not on record yet of one window, and resolves when it is kept. Ends within
   * `withinMs`: by then it is written, or a `Fault` is thrown and nobody knows; told again, it is
   * written once.
   */
  append(window: AuditedWindow, facts: readonly AuditFacts[], withinMs: number): Promise<void>;
  /**
   * The lines of all windows that were made in a period of days, a window's own in their order, as
   * they are stored: whoever reads them can verify them. Throws `Fault`.
   */
  list(period: AuditPeriod): AsyncIterable<AuditLine>;
  /** The files themselves, of windows and of days, as they are stored: what is verified. */
  files(period: AuditPeriod): AsyncIterable<AuditFile>;
};

/** Days by UTC, both included; epoch ms of any moment in them. */
export type AuditPeriod = {
  readonly from: number;
  readonly to: number;
  readonly windowId?: string;
};

export type AuditFile = { readonly name: string; readonly text: string };

export type AuditLine = { readonly chain: string; readonly line: string };

/**
 * Where chains are kept: files that only grow. Every function throws `Fault` when storage cannot be
 * reached, and ends within `withinMs`.
 */
export type ChainStore = {
  /** The last lines of a file, the first of them whole; `null`: there is no such file. */
  readTail(file: string, withinMs: number): Promise<FileTail | null>;
  /**
   * Adds `text` at `position` (bytes), making the file if that is 0. `moved`: the file is longer by
   * now, by somebody else or by an earlier attempt. `full`: nothing can be added any more.
   */
  append(
    file: string,
    text: string,
    position: number,
    withinMs: number,
  ): Promise<'appended' | 'moved' | 'full'>;
  readAll(file: string, withinMs: number): Promise<string | null>;
  /** Names of all files that begin with `prefix`, in the order of their characters. */
  names(prefix: string, withinMs: number): Promise<string[]>;
};

export type FileTail = {
  readonly text: string;
  /** Bytes in the whole file. */
  readonly length: number;
  readonly isFull: boolean;
};
