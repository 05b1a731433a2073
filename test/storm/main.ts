import { root } from '../bench/functionsCore';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { StormReport } from './storms';
import { playStorms, serveAsStormWorker, type StormPlan, stormWorker } from './workers';
import { exitWhenRead } from '../support/exitWhenRead';

type StormOptions = StormPlan & { json: boolean };

const help = `
Virtual time throughout; PUT and DELETE of a rule take 11 s, and all limits of Azure are on.

Exit codes:
  0  in every healthy storm all windows were accepted, none was late, and closing took at most
     1.1 times the bound
  1  one of these did not hold
  2  the command line is wrong
`;

function readOptions(args: readonly string[]): StormOptions | { exit: number } {
  const command = new Command('npm run storm --')
    .description(
      'Lets many windows end in the same second, and writes .build/storm/storm.json\n' +
        'after each storm.',
    )
    .option('--json', 'print the JSON alone, no table', false)
    .option('--windows <number>', 'how many windows, in tens', number, 1_000)
    .option('--seed <number>', 'where all chance comes from', number, 1)
    .option('--only <text>', 'storms with this text in their names', '')
    .option('--workers <number>', 'processes that play side by side', number, 2)
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return command.parse(args, { from: 'user' }).opts<StormOptions>();
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

function number(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 99999.');
}

const seconds = (value: number | null): string => (value === null ? '–' : value.toFixed(0));

function printed(reports: readonly StormReport[]): string {
  const table = new Table({
    head: [
      'storm',
      'accepted',
      'late',
      'worst end (s)',
      'closing (s)',
      'bound (s)',
      '/ bound',
      'deletes',
      'busy',
      '429',
      'naive: worst end (s)',
      'naive: never closed',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array.from({ length: 11 }, () => 'right' as const)],
  });
  for (const { storm, windows, boundS, ours, naive, toBound } of reports) {
    table.push([
      storm,
      `${ours.accepted}/${windows}`,
      ours.late,
      seconds(ours.overrunS),
      seconds(ours.closingS),
      seconds(boundS),
      toBound === null ? '–' : toBound.toFixed(2),
      ours.deletes,
      ours.refusedBusy,
      ours.refusedThrottled,
      seconds(naive.overrunS),
      naive.neverClosed,
    ]);
  }
  return table.toString();
}

function keep(json: string): void {
  const folder = join(root, '.build', 'storm');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'storm.json'), json);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if ('exit' in options) return options.exit;
  const { windows, seed } = options;
  const result = (reports: readonly StormReport[]): string =>
    `${JSON.stringify({ windows, seed, reports }, null, 2)}\n`;
  const reports = await playStorms(
    __filename,
    options,
    (name) => process.stderr.write(`${name} …\n`),
    // A thousand windows take an hour: whoever ends it early keeps the storms that were over.
    (over) => {
      keep(result(over));
    },
  );
  const json = result(reports);
  const faults = reports.flatMap((report) => report.faults);
  if (options.json) process.stdout.write(json);
  else process.stdout.write([printed(reports), ...faults, ''].join('\n'));
  return faults.length === 0 ? 0 : 1;
}

if (process.argv[2] === stormWorker) serveAsStormWorker();
else {
  main().then(exitWhenRead, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : ''}\n`);
    process.exit(1);
  });
}
