import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { NightPlan } from './nightTasks';

/** What `npm run bench -- night …` was asked for. */
export type NightOptions = NightPlan & { readonly json: boolean };

const help = `
Virtual time throughout, with all limits of Azure on; the memory is that of a real process.

Exit codes:
  0  every figure that is to be reached was reached
  1  one was missed
  2  the command line is wrong

Examples:
  npm run bench -- night
  npm run bench -- night --vms 500 --no-memory
`;

/** Reads the command line. `exit` instead of options: help was shown or something was wrong. */
export function readNightOptions(args: readonly string[]): NightOptions | { exit: number } {
  const command = new Command('npm run bench -- night')
    .description(
      'Makes thousands of VMs ready in one night, against the bound and other ways to do it,\n' +
        'and writes .build/bench/night.json.',
    )
    .option('--json', 'print the JSON alone, no tables', false)
    .option('--vms <number>', 'every layout with so many VMs, for a trial', many)
    .option('--seed <number>', 'where all chance comes from', many, 1)
    .option('--only <text>', 'layouts with this text in their names', '')
    .option('--workers <number>', 'processes that play side by side', many, 2)
    .option('--no-closes', 'leave out the windows beside a night')
    .option('--no-memory', 'leave out the memory of the app')
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return command.parse(args, { from: 'user' }).opts<NightOptions>();
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

function many(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 999,999.');
}
