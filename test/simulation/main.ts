import { root } from '../bench/functionsCore';
import { crashPoints, crashStories, isUnbroken, printCrashPoints } from './crash/crashPoints';
import { crashWorker, serveAsCrashWorker } from './crash/workers';
import { compareNodes, findOther, printComparison, withoutOther } from './otherNode';
import { createJournal, ForeignJournal, type Journal, openJournal, programHash } from './journal';
import { readOptions, type SimulationOptions } from './options';
import { allFound, plantedPatches, printTrials, tryPatches } from './planted/planted';
import { isClean, printReport, reportOf } from './report';
import { planOf, playSafely } from './seeds';
import { failsAlike, shrink, tellStory } from './shrink';
import { playSeeds, serveAsWorker } from './workers';
import { exitWhenRead } from '../support/exitWhenRead';

/** A failing command shrinks so many of its seeds: each takes a while. */
const storiesMax = 2;

async function simulation(options: SimulationOptions): Promise<number> {
  const quietMs = options.quiet * 60_000;
  if (options.seed !== undefined) return playOne(options.seed, options, quietMs);
  const { from, seeds, workers, twice, untilViolation } = options;
  if (options.planted || options.mutant !== undefined) return tryBugs(options);
  if (options.crashPoints) return strikeBoundaries(options);
  if (options.otherNode !== undefined) return comparePlays(options, options.otherNode, quietMs);
  const journal = journalFor(options);
  if (journal instanceof ForeignJournal) {
    say(`${journal.message} Name another file.\n`);
    return 2;
  }
  const { tally, isDone } = journal;
  if (tally.seeds > 0) say(`goes on: ${tally.seeds} seeds have been played\n`);
  const signal = endedByHand();
  const task = { from, seeds, workers, twice, quietMs, untilViolation, signal, isDone };
  await playSeeds(__filename, task, (result) => {
    journal.add(result);
    if (result.violations.length > 0) say(`seed ${result.seed} fails\n`);
    if (tally.seeds % 50 === 0) say(`${tally.seeds} of ${seeds} seeds\n`);
  });
  journal.save();
  const sittings = options.journal === undefined ? {} : { sittings: journal.sittings() };
  const report = { ...reportOf(from, tally), ...sittings };
  print(options.json ? JSON.stringify(report, null, 2) : printReport(report));
  if (options.shrink) {
    for (const { seed } of report.failing.slice(0, storiesMax)) {
      tell(await story(seed, quietMs), options);
    }
  }
  return isClean(report) ? 0 : 1;
}

function journalFor({ journal, from, twice, quiet }: SimulationOptions): Journal | ForeignJournal {
  if (journal === undefined) return createJournal();
  try {
    return openJournal(journal, { program: programHash(__filename), from, twice, quiet });
  } catch (error) {
    if (error instanceof ForeignJournal) return error;
    throw error;
  }
}

/** A long run that is ended early still tells what it came to by then. */
function endedByHand(): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say('Ends with the seeds that are being played; once more ends it at once.\n');
      ending.abort();
    });
  }
  return ending.signal;
}

async function comparePlays(
  { from, seeds, workers, json }: SimulationOptions,
  given: string | true,
  quietMs: number,
): Promise<number> {
  const other = findOther(root, given);
  if (other === null) {
    print(json ? JSON.stringify({ skipped: true }) : withoutOther);
    return given === true ? 0 : 2;
  }
  const comparison = await compareNodes(__filename, other, { from, seeds, workers, quietMs });
  print(json ? JSON.stringify(comparison, null, 2) : printComparison(comparison));
  return comparison.differing.length === 0 ? 0 : 1;
}

async function tryBugs({ planted, mutant, ...options }: SimulationOptions): Promise<number> {
  const patches = [...(planted ? plantedPatches(root) : []), ...(mutant ? [mutant] : [])];
  const { from, seeds, workers, json } = options;
  const trials = await tryPatches(patches, { root, from, seeds, workers }, (trial) => {
    say(`${trial.name}: ${trial.result.kind} (${trial.seeds} seeds, ${trial.seconds} s)\n`);
  });
  print(json ? JSON.stringify(trials, null, 2) : printTrials(trials));
  return allFound(trials) ? 0 : 1;
}

async function strikeBoundaries({
  singles,
  pairs,
  ...options
}: SimulationOptions): Promise<number> {
  const isBoth = singles === pairs;
  const asked = { ...options, singles: singles || isBoth, pairs: pairs || isBoth };
  const reports = await crashPoints(__filename, asked, say);
  print(options.json ? JSON.stringify(reports, null, 2) : printCrashPoints(reports, asked));
  for (const one of await crashStories(reports, storiesMax)) tell(one, options);
  return isUnbroken(reports) ? 0 : 1;
}

async function playOne(
  seed: number,
  { trace, shrink: shrinks, json }: SimulationOptions,
  quietMs: number,
): Promise<number> {
  const outcome = await playSafely(planOf(seed), { trace, quietMs });
  const { lines, hash, judgement, plan } = outcome;
  if (json) print(JSON.stringify(outcome));
  else print([JSON.stringify(plan), ...lines, `trace ${hash}`].join('\n'));
  const { violations } = judgement;
  if (violations.length === 0) return 0;
  for (const { invariant, what } of violations) say(`${invariant}: ${what}\n`);
  if (shrinks && !trace) print(await story(seed, quietMs));
  return 1;
}

/** The shortest story that fails as this seed does. */
async function story(seed: number, quietMs: number): Promise<string> {
  const plan = planOf(seed);
  const { judgement } = await playSafely(plan, { quietMs });
  const invariants = new Set(judgement.violations.map(({ invariant }) => invariant));
  const shortest = await shrink(plan, failsAlike(invariants, quietMs));
  return tellStory(shortest, quietMs);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A story beside a result: where the result is read by a program, it goes elsewhere. */
function tell(text: string, { json }: Pick<SimulationOptions, 'json'>): void {
  if (json) say(`${text}\n`);
  else print(text);
}

function say(text: string): void {
  process.stderr.write(text);
}

if (process.argv.includes('--worker')) {
  serveAsWorker();
} else if (process.argv.includes(crashWorker)) {
  serveAsCrashWorker();
} else {
  const options = readOptions(process.argv.slice(2));
  const run = 'exit' in options ? Promise.resolve(options.exit) : simulation(options);
  run.then(exitWhenRead, (error: unknown) => {
    say(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
}
