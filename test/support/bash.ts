import { execFileSync } from 'node:child_process';

/**
 * What bash makes of lines: the arguments of each command, as it would be handed them. The command
 * itself is not run: a function stands in for every one, and prints what it was given.
 */
export function argumentsOf(lines: readonly string[]): string[][] {
  const script = lines.map((line) => `show ${line}`).join('\nprintf "\\0"\n');
  const show = `show() { for one in "$@"; do printf '%s\\0' "x$one"; done; }\n`;
  const options = { input: `${show}${script}\n`, env: { HOME: '/nowhere', LC_ALL: 'C.UTF-8' } };
  const said = execFileSync('/bin/bash', ['--norc', '-s'], options).toString('utf8');
  // Each argument begins with an x, so that an empty one is not taken for the end of a line.
  return said.split('\0\0').map((line) =>
    line
      .split('\0')
      .filter((one) => one !== '')
      .map((one) => one.slice(1)),
  );
}
