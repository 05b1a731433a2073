import { timingSafeEqual } from 'node:crypto';

/** Compares what was sent with what is right, in a time that tells nothing but the length. */
export function isSame(sent: string | undefined, right: string): boolean {
  const one = Buffer.from(sent ?? '');
  const other = Buffer.from(right);
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Percent-decoding of something that may not be encoded at all. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
