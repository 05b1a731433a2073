/**
 * Ends the process once everything that it has printed so far is handed over. `process.exit` alone
 * throws away what a slow reader of a pipe has not taken yet: a long trace would lose its end.
 */
export function exitWhenRead(code: number): void {
  process.stdout.write('', () => {
    process.stderr.write('', () => process.exit(code));
  });
}
