import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** What `npm run bench -- …` was asked for. */
export type BenchOptions = {
  json: boolean;
  /** False: the real processes are not started. */
  processes: boolean;
  repetitions: number;
  warmUps: number;
  /** Open windows while the API is measured, calls of each kind, and how long its heap is watched. */
  windows: number;
  apiCalls: number;
  loadSeconds: number;
};

const help = `
Everything but the memory runs on virtual time, in one process, on one thread; under the load on the
API that time stands still.

Exit codes:
  0  every count is as it must be; times never decide
  1  writes or deletes differ from the slots, or a window was not closed in time
  2  the command line is wrong

Examples:
  npm run bench
  npm run bench -- --no-processes --load-seconds 5
  npm run --silent bench -- --json > bench.json
  npm run bench -- night --help
`;

/** Reads the command line. `exit` instead of options: help was shown or something was wrong. */
export function readBenchOptions(args: readonly string[]): BenchOptions | { exit: number } {
  const command = new Command('npm run bench --')
    .description('Counts and times what a window costs, and writes .build/bench/bench.json.')
    .option('--json', 'print the JSON alone, no tables')
    .option('--no-processes', 'leave out the memory of the three real processes (90 s)')
    .option('--repetitions <number>', 'how often lifetimes are measured', count, 5)
    .option('--warm-ups <number>', 'runs before the first that counts', count, 8)
    .option('--windows <number>', 'open windows while the API is measured', many, 1_000)
    .option('--api-calls <number>', 'calls of each kind that are timed', many, 500)
    .option(
      '--load-seconds <number>',
      'how long calls are sent while the heap is watched',
      count,
      60,
    )
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return command.parse(args, { from: 'user' }).opts<BenchOptions>();
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

function many(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 9,999.');
}

function count(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 99.');
}
