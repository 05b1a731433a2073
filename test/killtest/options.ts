import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** What `npm run killtest -- …` was asked for. */
export type KillTestOptions = {
  /** How many activations. */
  windows: number;
  /** Within how many minutes they are spread. */
  minutes: number;
  /** Decides who activates what and when, and when the host is killed. */
  seed: number;
  portOffset: number;
  json: boolean;
  /** Leaves the state and the host's output where they are. */
  keep: boolean;
};

const help = `
Storage, local Azure and Functions host are processes of their own, as with npm start, on the real
clock. The host is killed again and again until the last activation has ended, and started again
3 s after each death. It takes --minutes and up to four minutes more, on two cores that have
nothing else to do: a host that takes long to start lives for the shorter.

Exit codes:
  0  no rule past its deadline, and enough was tried for that to mean something: three quarters of
     the windows opened, and five kills for each of --minutes
  1  a rule past its deadline, another fault, or too few windows or kills
  2  the command line is wrong, or the ports are taken

Examples:
  npm run killtest -- --windows 200 --minutes 2
  npm run killtest -- --windows 20 --minutes 0.5
`;

/** Reads the command line. `exit` instead of options: help was shown or something was wrong. */
export function readOptions(args: readonly string[]): KillTestOptions | { exit: number } {
  const command = new Command('npm run killtest --')
    .description('Kills the Functions host at random moments while windows open and close.')
    .option('--windows <number>', 'so many activations', numberOf(1, 1_000, 'whole'), 200)
    .option('--minutes <number>', 'spread over so many minutes', numberOf(0.1, 30), 2)
    .option('--seed <number>', 'decides the moments', numberOf(0, 999_999_999, 'whole'), 1)
    .option(
      '--port-offset <number>',
      'add this to every port',
      numberOf(0, 50_000, 'whole'),
      12_000,
    )
    .option('--json', 'print one JSON object', false)
    .option('--keep', 'keep state and output of the host, and say where', false)
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return command.parse(args, { from: 'user' }).opts<KillTestOptions>();
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

function numberOf(least: number, most: number, kind: 'whole' | 'any' = 'any') {
  const form = kind === 'whole' ? /^\d{1,9}$/ : /^\d{1,9}(?:\.\d{1,3})?$/;
  return (text: string): number => {
    const value = form.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `It is a ${kind === 'whole' ? 'whole ' : ''}number from ${least} to ${most}.`,
    );
  };
}
