/**
 * Texts as the bytes of one answer; `null` where they are more than `bytesMax`. Hosts take an answer
 * whole: what a Functions worker is given as a stream it reads to its end before anything is sent,
 * and a fault in the middle would be an answer cut short. So the bytes are put together here, and
 * what they are made of is not kept.
 */
export async function joinedBytes(
  texts: AsyncIterable<string>,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const text of texts) {
    const part = Buffer.from(text, 'utf8');
    length += part.length;
    if (length > bytesMax) return null;
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}
