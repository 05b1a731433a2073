import { type AuditRecord, parseRecord } from '../domain/audit/auditRecord';
import type { Line } from '../domain/audit/verifyChain';

/** The lines of one chain, and the record they begin with; `null` where that is none. */
export type ChainLines = {
  readonly first: AuditRecord | null;
  readonly lines: AsyncIterable<Line>;
};

/**
 * The chains of a file that holds several, one after the other, as an export of a period does: the
 * next one begins with the first record of another chain. Each is read to its end before the next
 * is asked for.
 */
export async function* chainsOf(lines: AsyncIterable<Line>): AsyncGenerator<ChainLines> {
  const source = lines[Symbol.asyncIterator]();
  let ahead = await source.next();
  const rest = async function* (first: AuditRecord | null): AsyncGenerator<Line> {
    let chain = first?.chain ?? null;
    let record = first;
    while (ahead.done !== true) {
      const isNext = record?.sequence === 1 && chain !== null && record.chain !== chain;
      if (isNext) return;
      chain ??= record?.chain ?? null;
      const line = ahead.value;
      ahead = await source.next();
      record = ahead.done === true ? null : parseRecord(ahead.value.text);
      yield line;
    }
  };
  while (ahead.done !== true) {
    const first = parseRecord(ahead.value.text);
    yield { first, lines: rest(first) };
  }
}
