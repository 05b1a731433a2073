/** Visible ASCII with single blanks between: nothing to clean, as in nearly every text. */
const plainText = /^[!-~]+(?: [!-~]+)*$/;

/**
 * One line of harmless text out of whatever somebody typed: control characters, line breaks, ANSI
 * escapes, bidirectional overrides and lone surrogates become blanks, and it is cut at `lengthMax`.
 * For names, reasons and tickets that end up in logs, terminals and spreadsheets.
 */
export function cleanText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax && plainText.test(text)) return text;
  const cleaned = text
    .slice(0, lengthMax * 4)
    .toWellFormed()
    // Control, format (bidi overrides, zero width) and separator characters, and the replacement sign.
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\uFFFD]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return Array.from(cleaned).slice(0, lengthMax).join('');
}
