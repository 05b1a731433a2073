/** A source of numbers in [0, 1), like `Math.random`; tests hand in a seeded one. */
export type Random = () => number;

const DIGITS = '0123456789abcdef';

/** A version 4 GUID, lower case. Not secret: ids are printed everywhere. */
export function newGuid(random: Random): string {
  const hex = (length: number): string => {
    let text = '';
    for (let at = 0; at < length; at++) text += DIGITS.charAt(Math.floor(random() * 16));
    return text;
  };
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

/** Letters and digits, as in token ids. */
export function randomText(random: Random, length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => letters.charAt(Math.floor(random() * letters.length))).join(
    '',
  );
}
