import { CommanderError } from 'commander';
import { commandLine } from './commandLine';
import { Ending, exitCodes } from './ending';
import { createSession } from './session';
import type { Surroundings } from './surroundings';
import { jsonText } from './words';

/**
 * Runs the command with `argv` (without node and file), and answers the exit code. What was asked
 * for goes to stdout, everything else to stderr. Rejects for mistakes of ours alone.
 */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let exitCode: number = exitCodes.done;
  const command = commandLine(async (flags, verb) => {
    try {
      await verb(createSession(flags, surroundings));
    } catch (error) {
      if (!(error instanceof Ending)) throw error;
      if (flags.json === true && error.json !== undefined) stdout(jsonText(error.json));
      stderr(`${error.message}\n`);
      exitCode = error.exitCode;
    }
  }, surroundings);
  try {
    await command.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
  }
  return exitCode;
}
