import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { workloads } from './crash/workloads';

/** What `npm run simulate -- …` was asked for. */
export type SimulationOptions = {
  seeds: number;
  from: number;
  seed?: number;
  trace: boolean;
  twice: number;
  workers: number;
  json: boolean;
  shrink: boolean;
  /** Minutes without a write at the end of a liveness run. */
  quiet: number;
  /** A file that keeps what has been played: the same command goes on from it. */
  journal?: string;
  /** Stops at the first violation. */
  untilViolation: boolean;
  /** Plays under another Node as well, and compares: its path, or `true` for the installed one. */
  otherNode?: string | true;
  /** Tries every bug under `test/planted`, until a seed finds it. */
  planted: boolean;
  /** One more bug, as a patch. */
  mutant?: string;
  /** Strikes every boundary of the scripted workloads. */
  crashPoints: boolean;
  /** With `crashPoints`: one strike a run, two a run; both where neither is asked for. */
  singles: boolean;
  pairs: boolean;
  /** These workloads and no others. */
  workload?: readonly string[];
  /** Of the pairs only one part of so many. */
  part: { part: number; of: number };
};

const help = `
The real app, the real SDKs, the real durable-functions executor and the local Azure in one
process on virtual time; everything that is left to chance comes from the seed.

Ctrl-C ends a run of many seeds early: it then reports the seeds that it has played. With
--journal the same command, on the same program, plays the others later.

Exit codes:
  0  no invariant was violated
  1  a violation, a run that stuck, or two runs of one seed that differ, under one Node or two; with
     --planted and --mutant: a bug that was not found, or a patch that does not apply, compile or
     build
  2  the command line is wrong, or the journal belongs to another run

Examples:
  npm run simulate -- --seeds 2000 --from 1
  npm run simulate -- --seeds 200 --twice 200
  npm run simulate -- --seeds 100000 --journal long.json
  npm run simulate -- --seed 4711 --trace
  npm run simulate -- --other-node --seeds 50
  npm run simulate -- --crash-points --singles
  npm run simulate -- --crash-points --pairs --workload expires extended --part 1/10
  npm run simulate -- --planted
  npm run simulate -- --mutant my-bug.patch
`;

/** Reads the command line. `exit` instead of options: help was shown or something was wrong. */
export function readOptions(args: readonly string[]): SimulationOptions | { exit: number } {
  const command = new Command('npm run simulate --')
    .description('Plays seeds against the app and judges each from the estate alone.')
    .option('--seeds <number>', 'how many seeds (200; with --planted and --mutant 2,000)', count)
    .option('--from <number>', 'the first seed', count, 1)
    .option('--seed <number>', 'one seed alone', count)
    .option('--trace', 'with --seed: prints the run step by step', false)
    .option('--twice <number>', 'plays so many of the seeds a second time and compares', count, 0)
    .option('--workers <number>', 'processes that play side by side', count, 2)
    .option('--quiet <minutes>', 'silence that a liveness run must end with', count, 30)
    .option('--json', 'prints JSON in place of the table', false)
    .option('--no-shrink', 'prints a failing seed as it is')
    .option('--journal <file>', 'keeps what was played, and goes on where an earlier run stopped')
    .option('--until-violation', 'stops at the first violation', false)
    .option('--other-node [path]', 'plays under another Node as well, and compares the traces')
    .option('--planted', 'plants each bug of test/planted and plays until it is found', false)
    .option('--mutant <patch>', 'plants one more bug, given as a patch')
    .option('--crash-points', 'strikes every boundary of the scripted workloads', false)
    .option('--singles', 'with --crash-points: one strike a run, not two', false)
    .option('--pairs', 'with --crash-points: two strikes a run, not one', false)
    .addOption(
      new Option('--workload <names...>', 'with --crash-points: these of them alone').choices(
        workloads.map(({ name }) => name),
      ),
    )
    .option('--part <k/n>', 'with --crash-points: the kth of n parts of the pairs', part, {
      part: 1,
      of: 1,
    })
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    const given = command.parse(args, { from: 'user' }).opts<Partial<SimulationOptions>>();
    const plants = given.planted === true || given.mutant !== undefined;
    return { seeds: plants ? 2_000 : 200, ...given } as SimulationOptions;
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}

function part(text: string): { part: number; of: number } {
  const [, first = '', last = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const read = { part: Number(first), of: Number(last) };
  if (read.part >= 1 && read.part <= read.of) return read;
  throw new InvalidArgumentError('It is a part and a number of parts, as 1/10.');
}
