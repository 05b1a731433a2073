const plainArgument = /^[A-Za-z0-9_/.:=@%+,-]+$/;
const printableAscii = /^[ -~]*$/;

/**
 * One line for bash out of the arguments of one command: what bash makes of it are exactly these
 * arguments, whatever they hold. A NUL byte is left out, because no argument can hold one.
 */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ');
}

/**
 * One argument, quoted for bash. What is not printable ASCII is written as bytes inside `$'…'`: a
 * terminal that such a line is pasted into acts on control characters even between quotes.
 * https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
 */
function shellQuote(text: string): string {
  if (plainArgument.test(text)) return text;
  if (printableAscii.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const bytes = new TextEncoder().encode(text.replaceAll('\0', ''));
  return `$'${Array.from(bytes, escaped).join('')}'`;
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9_/.:=@ -]/.test(character)) return character;
  // Three octal digits: a hexadecimal escape would swallow a digit that follows it.
  return `\\${byte.toString(8).padStart(3, '0')}`;
}
