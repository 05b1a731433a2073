import { createHash } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** Twenty base32 letters of the SHA-256 of a text, computed digit by digit from one large number. */
export function idOf(text: string): string {
  let number = BigInt(`0x${createHash('sha256').update(text, 'utf8').digest('hex')}`) >> 156n;
  let id = '';
  for (let at = 0; at < 20; at++) {
    id = (letters[Number(number & 31n)] ?? '') + id;
    number >>= 5n;
  }
  return id;
}

/** The id that the window of an activation must have. */
export function windowIdFor(roleAssignmentId: string, startMs: number): string {
  return idOf(`activation|${roleAssignmentId.toLowerCase()}|${startMs}`);
}
