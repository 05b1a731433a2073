import { memoryRatio, mb, type NightReport } from '../bench/night/nightReport';
import type { CrashReport } from '../simulation/crash/crashPoints';
import type { Trial } from '../simulation/planted/tryPatch';
import { type Comparison, printComparison } from '../simulation/otherNode';
import type { Report } from '../simulation/report';
import type { StormReport } from '../storm/storms';
import type { Outcome as KillOutcome } from '../killtest/outcome';

/** One thing that is measured: by which command, and how its JSON is read. */
export type Measure = {
  readonly name: string;
  readonly title: string;
  /** The npm script. */
  readonly script: 'simulate' | 'storm' | 'killtest' | 'bench';
  /** Arguments that make it this measure, and those that are taken where nobody gives any. */
  readonly fixed: readonly string[];
  readonly usual: readonly string[];
  /** The figures in a line. */
  tell(result: unknown): string;
  /** How to read them, and what they do not show. */
  readonly reading: string;
};

const simulate = 'simulate';

/** In the order of the page. */
export const measures: readonly Measure[] = [
  {
    name: 'seeds',
    title: 'Seeds',
    script: simulate,
    fixed: [],
    usual: ['--from', '1', '--seeds', '2000', '--twice', '200'],
    tell: (result) => tellSeeds(result as Report),
    reading:
      'No failure in N seeds bounds the chance of a failure per seed, under our own distribution ' +
      'of faults, by 3/N at 95 %. It says nothing about how often faults happen in Azure.',
  },
  {
    name: 'day',
    title: 'Seeds that end with a day of silence',
    script: simulate,
    fixed: ['--quiet', '1440'],
    usual: ['--from', '500001', '--seeds', '20'],
    tell: (result) => tellSeeds(result as Report),
    reading: 'Few seeds: it shows that nothing stirs late, not that much was tried.',
  },
  {
    name: 'other-node',
    title: 'The same seeds under another Node',
    script: simulate,
    fixed: ['--other-node'],
    usual: ['--from', '1', '--seeds', '100'],
    tell: (result) => tellComparison(result as Comparison | { readonly skipped: true }),
    reading: 'Equal traces: nothing of a run hangs on the version. The packages are the same.',
  },
  {
    name: 'crash-singles',
    title: 'Crash points, one at a time',
    script: simulate,
    fixed: ['--crash-points', '--singles'],
    usual: [],
    tell: (result) => tellCrashes(result as CrashReport[], 'singles'),
    reading: 'Every boundary of the scripts, which have three windows at most.',
  },
  {
    name: 'crash-pairs',
    title: 'Crash points, two in one run',
    script: simulate,
    fixed: ['--crash-points', '--pairs'],
    usual: [],
    tell: (result) => tellCrashes(result as CrashReport[], 'pairs'),
    reading: 'Three in one run are left to the seeds. With `--part k/n` a part of the pairs.',
  },
  {
    name: 'planted',
    title: 'Planted bugs',
    script: simulate,
    fixed: ['--planted'],
    usual: [],
    tell: (result) => tellPlanted(result as Trial[]),
    reading: 'Bugs that somebody thought of. How many others it would find nobody knows.',
  },
  {
    name: 'killtest',
    title: 'SIGKILL of real processes',
    script: 'killtest',
    fixed: [],
    usual: ['--windows', '200', '--minutes', '2'],
    tell: (result) => tellKills(result as KillOutcome),
    reading: 'The short times of the demonstration, on the local host, storage on one disk.',
  },
  {
    name: 'storm',
    title: 'A close storm',
    script: 'storm',
    fixed: [],
    usual: [],
    tell: (result) => tellStorm(result as StormResult),
    reading:
      'Limits and latencies are those that are documented or reported, not measured. Exit 143: ' +
      'ended by hand, and what was over by then stands below.',
  },
  {
    name: 'night',
    title: 'A night of remediation',
    script: 'bench',
    fixed: ['night'],
    usual: [],
    tell: (result) => tellNight(result as NightReport),
    reading:
      'Virtual time against limits that are documented and latencies that are declared: real ' +
      'Azure was never called. What else the figures do not show, the command says. Memory ' +
      'hangs on the version of Node.',
  },
];

function tellSeeds(report: Report): string {
  const { seeds, from, windows, faults, twice, differing, leaked, foreignTouched, lost } = report;
  const kinds = Object.keys(report.faultsByKind).length;
  const { sittings } = report;
  const played =
    sittings === undefined
      ? ''
      : `; in ${sittings.count} sittings of one program, ${sittings.seconds} s in all`;
  return (
    `seeds ${from} to ${from + seeds - 1}: ${windows} windows (${per(windows, seeds)} a seed), ` +
    `${faults} faults that took effect (${per(faults, seeds)} a seed) of ${kinds} kinds; ` +
    `${leaked} leaked, ${foreignTouched} foreign rules touched, ${lost} accepted inputs lost; ` +
    `${report.failing.length} seeds failed; ${twice} played twice, ${differing.length} differed` +
    played
  );
}

function tellComparison(result: Comparison | { readonly skipped: true }): string {
  return 'skipped' in result ? 'skipped: no other Node was found' : printComparison(result);
}

function tellCrashes(reports: readonly CrashReport[], which: 'singles' | 'pairs'): string {
  const counts = reports.flatMap((one) => one[which] ?? []);
  const sum = (of: (one: (typeof counts)[number]) => number): number =>
    counts.reduce((all, one) => all + of(one), 0);
  const ends = reports.flatMap(({ overrunMs }) => (overrunMs === null ? [] : [overrunMs]));
  return (
    `${reports.length} scripts (${reports.map(({ workload }) => workload).join(', ')}), ` +
    `${sum(({ played }) => played)} runs, ${sum(({ failed }) => failed.length)} violations, ` +
    `${sum(({ missed }) => missed)} strikes that struck nothing; latest end of a rule ` +
    `${(Math.max(...ends) / 1_000).toFixed(1)} s past its deadline`
  );
}

function tellPlanted(trials: readonly Trial[]): string {
  const found = trials.filter(({ result }) => result.kind === 'found');
  const most = Math.max(0, ...found.map(({ seeds }) => seeds));
  return `${found.length} of ${trials.length} found, the last after ${most} seeds`;
}

function tellKills(outcome: KillOutcome): string {
  const { seed, opened, activations, kills, killsMidStep, late, marginS } = outcome;
  return (
    `seed ${seed}: ${opened} of ${activations} windows opened, ${kills} kills, ` +
    `${killsMidStep} in mid-step, ${late.length} rules past their deadline` +
    (marginS === null ? '' : `; the last was gone ${marginS.least.toFixed(1)} s before it`)
  );
}

/** What `npm run storm -- --json` prints. */
export type StormResult = {
  readonly windows: number;
  readonly seed: number;
  readonly reports: readonly StormReport[];
};

function tellStorm({ windows, seed, reports }: StormResult): string {
  const healthy = reports.filter(({ weather }) => weather === 'healthy');
  const late = healthy.reduce((sum, { ours }) => sum + ours.late, 0);
  const most = Math.max(0, ...healthy.map(({ toBound }) => toBound ?? Number.POSITIVE_INFINITY));
  return (
    `seed ${seed}, ${windows} windows: ${late} late in ${healthy.length} healthy storms, closing ` +
    `took at most ${most.toFixed(2)} of the bound`
  );
}

function tellNight({ seed, rows, closes, memory, faults }: NightReport): string {
  const nights = rows.flatMap(({ ours }) => (ours === undefined ? [] : [ours]));
  const most = (of: (one: (typeof nights)[number]) => number): string =>
    Math.max(0, ...nights.map(of)).toFixed(2);
  const peak = Math.max(0, ...memory.map(({ peakRss }) => mb(peakRss)));
  const needless = nights.reduce((sum, { writes }) => sum + writes.needless, 0);
  return (
    `seed ${seed}, ${nights.length} layouts: the last first write after at most ` +
    `${most(({ toBound }) => toBound ?? 0)} of the bound, ${most(({ readsEach }) => readsEach)} ` +
    `reads a VM, ${needless} writes without cause; closes beside a night ` +
    `${closes === undefined ? 'not played' : `${closes.laterMs} ms later`}; at most ` +
    `${peak.toFixed(0)} MB, ${memoryRatio(memory)?.toFixed(2) ?? '–'} times as much for five ` +
    `times the VMs; ${faults.length} figures missed`
  );
}

function per(count: number, seeds: number): string {
  return (count / Math.max(1, seeds)).toFixed(1);
}
