import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The journal holds a line that is not ours: it is not touched, and the host does not start. */
export class JournalDamaged extends Error {}

type Line = { seq: number; entry: unknown };

export type JournalContents = { snapshot: unknown; entries: unknown[] };

/**
 * An append-only file of JSON lines with a snapshot beside it. An append is on the disk when it
 * returns. A last line that was torn by a crash is cut off: its append had not returned.
 */
export class Journal {
  private readonly path: string;
  private readonly snapshotPath: string;
  private file = -1;
  private seq = 0;
  private bytes = 0;

  constructor(directory: string, name: string) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, `${name}.journal`);
    this.snapshotPath = join(directory, `${name}.snapshot`);
  }

  /** Bytes appended since the last snapshot. */
  get size(): number {
    return this.bytes;
  }

  /** Reads everything and opens the file for appending. */
  open(): JournalContents {
    const base = this.readSnapshot();
    this.seq = base.seq;
    const text = existsSync(this.path) ? readFileSync(this.path, 'utf8') : '';
    // Only what ends in a line feed was written whole.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.bytes = Buffer.byteLength(whole);
    const entries: unknown[] = [];
    for (const line of whole.split('\n')) {
      if (line === '') continue;
      const { seq, entry } = this.parse(line);
      // A crash between snapshot and truncation leaves lines that the snapshot already holds.
      if (seq <= this.seq) continue;
      this.seq = seq;
      entries.push(entry);
    }
    this.file = openSync(this.path, existsSync(this.path) ? 'r+' : 'w+');
    ftruncateSync(this.file, this.bytes);
    fsyncSync(this.file);
    return { snapshot: base.snapshot, entries };
  }

  private readSnapshot(): { seq: number; snapshot: unknown } {
    if (!existsSync(this.snapshotPath)) return { seq: 0, snapshot: undefined };
    return JSON.parse(readFileSync(this.snapshotPath, 'utf8')) as {
      seq: number;
      snapshot: unknown;
    };
  }

  private parse(line: string): Line {
    try {
      return JSON.parse(line) as Line;
    } catch {
      throw new JournalDamaged(`A line of ${this.path} is not JSON: ${line.slice(0, 80)}`);
    }
  }

  append(entry: unknown): void {
    this.seq += 1;
    const line = Buffer.from(`${JSON.stringify({ seq: this.seq, entry } satisfies Line)}\n`);
    writeWhole(this.file, line, this.bytes);
    fsyncSync(this.file);
    this.bytes += line.length;
  }

  /**
   * Replaces everything so far by `state`: written aside, renamed, and only then truncated.
   * Returns the size of the snapshot in bytes.
   */
  compact(state: unknown): number {
    const aside = `${this.snapshotPath}.new`;
    const file = openSync(aside, 'w');
    const data = Buffer.from(JSON.stringify({ seq: this.seq, snapshot: state }));
    writeWhole(file, data, 0);
    fsyncSync(file);
    closeSync(file);
    renameSync(aside, this.snapshotPath);
    ftruncateSync(this.file, 0);
    fsyncSync(this.file);
    this.bytes = 0;
    return data.length;
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }
}

/** `write` may take less than it is given. */
function writeWhole(file: number, data: Buffer, position: number): void {
  let done = 0;
  while (done < data.length) {
    done += writeSync(file, data, done, data.length - done, position + done);
  }
}
