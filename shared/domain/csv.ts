/**
 * What a spreadsheet takes for a formula (owasp.org, "CSV Injection"), full-width forms included.
 */
const formula = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/**
 * A line of CSV by RFC 4180, line break included. No cell is a formula to a spreadsheet: what could
 * be one has an apostrophe before it.
 */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
