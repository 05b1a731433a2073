import { createHash } from 'node:crypto';

/** What happened in a run, line by line, and the hash of it. */
export type Trace = {
  add(atMs: number, line: string): void;
  hash(): string;
  lines(): readonly string[];
};

/** `keep`: the lines are kept for reading; the hash is the same either way. */
export function createTrace(startMs: number, keep: boolean): Trace {
  const hash = createHash('sha256');
  const lines: string[] = [];
  let pending = '';
  const flush = (): void => {
    hash.update(pending);
    pending = '';
  };
  return {
    add: (atMs, line) => {
      const text = `${((atMs - startMs) / 1_000).toFixed(3)} ${line}`;
      pending += `${text}\n`;
      if (pending.length > 65_536) flush();
      if (keep) lines.push(text);
    },
    hash: () => {
      flush();
      return hash.copy().digest('hex').slice(0, 16);
    },
    lines: () => lines,
  };
}
