import type { Line } from '../domain/audit/verifyChain';

/** A record is a few thousand characters at most: what is longer is no record, and not kept whole. */
const lineMax = 1_000_000;

/**
 * The lines of a file as it is read, of whatever length, by line feed alone: other characters that
 * some programs end a line at belong to the line. Bytes that are no UTF-8 become U+FFFD.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield { text: cut(rest + part), isWhole: true };
      rest = '';
    }
    rest = cut(rest + last);
  }
  rest += decoder.decode();
  if (rest !== '') yield { text: rest, isWhole: false };
}

function cut(text: string): string {
  return text.length > lineMax ? text.slice(0, lineMax) : text;
}
