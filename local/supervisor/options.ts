import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** The named faults of a demonstration. */
export const faultNames = ['arm-429', 'arm-down-30s', 'duplicate-events', 'no-events'] as const;
export type FaultName = (typeof faultNames)[number];

/** What `npm start -- …` was asked for. */
export type StartOptions = {
  once: boolean;
  restart: boolean;
  /** The main app's host is killed for good in mid-window, and the sweeper app closes. */
  appDies: boolean;
  /** The story of a night in place of the main job. */
  night: boolean;
  reset: boolean;
  json: boolean;
  fault: FaultName | null;
  /** Added to every port, so that a second one can run beside the first. */
  portOffset: number;
  /** Where instances, ledger and network are kept. */
  state: string;
};

const help = `
Exit codes:
  0  ended as asked; with --once: every rule stood open and was gone before the activation's end;
     with --night: every VM that can be is ready, and none was harmed
  1  with --once: a rule did not open, or was not gone in time; or a part could not be started
  2  the command line is wrong, or another one is running

Examples:
  npm start                              the main job, and it stays up
  npm start -- --once                    ends after the proof, in less than 90 s
  npm start -- --once --fault arm-429    the same while Resource Manager throttles
  npm start -- --once --fault no-events  nobody tells the app: it finds the activation itself
  npm start -- --once --app-dies         the app dies for good, the second app closes
  npm start -- --night                   a night of 40 VMs, in about two minutes, and its report
  npm start -- --reset                   forgets what earlier starts left behind
`;

/** Reads the command line. `exit` instead of options: help was shown or something was wrong. */
export function readOptions(args: readonly string[]): StartOptions | { exit: number } {
  const command = new Command('npm start --')
    .description('Runs Postern on a local Azure: no account, nothing leaves this machine.')
    .option('--once', 'end after one activation was opened, closed and judged')
    .option('--no-restart', 'leave the Functions host dead when it dies')
    .option('--app-dies', 'kill the app for good in mid-window: the sweeper app closes')
    .option('--night', 'make 40 assorted VMs ready for Entra login, on a fast clock')
    .option('--reset', 'begin afresh: forget instances, ledger and network of earlier starts')
    .option('--state <folder>', 'where everything is kept between starts', '.local')
    .addOption(
      new Option('--port-offset <number>', 'add this to every port, to run a second one')
        .argParser(portOffset)
        .default(0),
    )
    .option('--json', 'print one JSON object per line instead of the story')
    .addOption(new Option('--fault <name>', 'disturb the local Azure').choices([...faultNames]))
    .addHelpText('after', help)
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
  if (command.args.length > 0) {
    process.stderr.write(`error: unexpected argument '${command.args.join(' ')}'. Try --help.\n`);
    return { exit: 2 };
  }
  const options = command.opts<{
    once?: boolean;
    restart: boolean;
    appDies?: boolean;
    night?: boolean;
    reset?: boolean;
    json?: boolean;
    fault?: FaultName;
    portOffset: number;
    state: string;
  }>();
  return {
    once: options.once ?? false,
    // An app that dies for good is not started again.
    restart: options.restart && options.appDies !== true,
    appDies: options.appDies ?? false,
    night: options.night ?? false,
    reset: options.reset ?? false,
    json: options.json ?? false,
    fault: options.fault ?? null,
    portOffset: options.portOffset,
    state: options.state,
  };
}

function portOffset(text: string): number {
  const offset = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (offset <= 50_000) return offset;
  throw new InvalidArgumentError('It is a number from 0 to 50000.');
}
