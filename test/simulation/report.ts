import Table from 'cli-table3';
import { faultTable, notApplicable } from './faults/table';
import { deedNames } from './http/deeds';
import { type OverrunClass, overrunClasses } from './oracle/overrun';
import { inOrder, sharesOf, type Tally } from './tally';

/** All seeds of a command, added up. */
export type Report = {
  seeds: number;
  from: number;
  twice: number;
  differing: number[];
  windows: number;
  faults: number;
  faultsByKind: Record<string, number>;
  notApplicable: typeof notApplicable;
  neverStruck: string[];
  leaked: number;
  foreignTouched: number;
  foreignEdits: number;
  lost: number;
  failing: { seed: number; violations: string[] }[];
  overrun: Partial<Record<OverrunClass, Overruns>>;
  sometimes: Record<string, number>;
  crossings: Record<string, number>;
  /** Seeds in which people call, calls that reached a host, how each was answered, what came of it. */
  seedsWithCalls: number;
  calls: number;
  answers: Record<string, number>;
  deeds: Record<string, number>;
  neverDone: string[];
  /** Seeds beside whose windows a night goes on; what its VMs came to, and what was written. */
  seedsWithNights: number;
  nights: Record<string, number>;
  /** Of a run with a journal: in how many sittings it was played, and how long they took. */
  sittings?: { count: number; seconds: number };
};

type Overruns = {
  windows: number;
  p50: number;
  p99: number;
  max: number;
  seedOfMax: number;
};

/** What a tally says. Times in seconds of virtual time; negative: before the deadline. */
export function reportOf(from: number, tally: Tally): Report {
  const { seeds, twice, windows, foreignEdits, seedsWithCalls, seedsWithNights } = tally;
  const of = (...names: string[]): number =>
    names.reduce((sum, name) => sum + (tally.violations[name] ?? 0), 0);
  return {
    seeds,
    from,
    twice,
    differing: tally.differing.toSorted((one, other) => one - other),
    windows,
    faults: sumOf(tally.faults),
    faultsByKind: inOrder(tally.faults),
    notApplicable,
    neverStruck: faultTable.map(({ name }) => name).filter((name) => !(name in tally.faults)),
    leaked: of('no rule outlives', 'orphan'),
    foreignTouched: of('foreign bytes', 'stray write'),
    foreignEdits,
    lost: of('conservation'),
    failing: tally.failing.toSorted((one, other) => one.seed - other.seed),
    overrun: overrunsOf(tally),
    sometimes: inOrder(tally.sometimes),
    crossings: inOrder(tally.crossings),
    seedsWithCalls,
    calls: sumOf(tally.answers),
    answers: inOrder(tally.answers),
    deeds: inOrder(tally.deeds),
    neverDone: deedNames.filter((name) => !(name in tally.deeds)),
    seedsWithNights,
    nights: inOrder(tally.nights),
  };
}

/** True where nothing was violated and every second run was the first again. */
export function isClean({ failing, differing }: Report): boolean {
  return failing.length === 0 && differing.length === 0;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function overrunsOf({ overruns }: Tally): Report['overrun'] {
  const report: Report['overrun'] = {};
  for (const kind of overrunClasses) {
    const tally = overruns[kind];
    if (tally === undefined) continue;
    const { count, at } = sharesOf(tally);
    report[kind] = {
      windows: count,
      p50: at(0.5),
      p99: at(0.99),
      max: tally.maxMs / 1_000,
      seedOfMax: tally.seedOfMax,
    };
  }
  return report;
}

/** The figures that are published, and the classes that each is made of. */
const figures: readonly {
  readonly name: string;
  readonly kinds: readonly OverrunClass[];
  readonly mustBe: string;
}[] = [
  {
    name: 'Resource Manager healthy, crashes of host and worker included',
    kinds: ['healthy', 'crashes'],
    mustBe: 'negative',
  },
  {
    name: 'refusing, but one delete completed in the guard',
    kinds: ['refusing, one delete completed'],
    mustBe: 'negative',
  },
  {
    name: 'main app dead for ever, sweeper app alive',
    kinds: ['app dead for ever, sweeper alive'],
    mustBe: 'negative',
  },
  {
    name: 'outage: Resource Manager down, or no host',
    kinds: ['Resource Manager down', 'app dead'],
    mustBe: 'printed',
  },
];

/** The report as tables. */
export function printReport(report: Report): string {
  const { seeds, from, windows, faults, twice, differing, leaked, foreignTouched, lost } = report;
  const head = [
    `seeds ${from} to ${from + seeds - 1}: ${windows} windows (${per(windows, seeds)} a seed), ` +
      `${faults} faults that took effect (${per(faults, seeds)} a seed)`,
    `leaked ${leaked}, foreign rules touched ${foreignTouched} (while others made ` +
      `${report.foreignEdits} edits), accepted inputs lost ${lost}`,
    `played twice ${twice}, of which differed ${differing.length}`,
    ...(report.sittings === undefined
      ? []
      : [`in ${report.sittings.count} sittings, ${report.sittings.seconds} s in all`]),
  ];
  const published = tableOf(
    ['overrun, as published', 'rules', 'max (s)', 'must be'],
    figures.map(({ name, kinds, mustBe }) => {
      const own = kinds.flatMap((kind) => report.overrun[kind] ?? []);
      const rules = own.reduce((sum, one) => sum + one.windows, 0);
      const max = rules === 0 ? '' : Math.max(...own.map((one) => one.max)).toFixed(1);
      return [name, String(rules), max, mustBe];
    }),
  );
  const overrun = tableOf(
    ['overrun (s past the deadline)', 'rules', 'p50', 'p99', 'max', 'seed of max'],
    Object.entries(report.overrun).map(([kind, one]) => [
      kind,
      String(one.windows),
      one.p50.toFixed(1),
      one.p99.toFixed(1),
      one.max.toFixed(1),
      String(one.seedOfMax),
    ]),
  );
  return [
    head.join('\n'),
    published,
    overrun,
    tableOf(['fault', 'took effect'], entries(report.faultsByKind)),
    tableOf(
      ['not applicable', 'because'],
      report.notApplicable.map(({ name, why }) => [name, why]),
    ),
    report.neverStruck.length === 0 ? '' : `never struck: ${report.neverStruck.join(', ')}`,
    ...callTables(report),
    ...nightTables(report),
    tableOf(['sometimes', 'times'], entries(report.sometimes)),
    tableOf(['crossings', 'times'], entries(report.crossings)),
    ...report.failing.map(
      ({ seed, violations }) =>
        `seed ${seed}, ${violations.length} violations\n  ${violations.slice(0, 4).join('\n  ')}`,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function callTables({ seedsWithCalls, calls, answers, deeds, neverDone }: Report): string[] {
  if (calls === 0) return [];
  return [
    `calls of the API: ${calls} in ${seedsWithCalls} seeds`,
    tableOf(['call, and its answer', 'times'], entries(answers)),
    tableOf(['what came of calls', 'times'], entries(deeds)),
    neverDone.length === 0 ? '' : `never came of calls: ${neverDone.join(', ')}`,
  ];
}

function nightTables({ seedsWithNights, nights }: Report): string[] {
  if (seedsWithNights === 0) return [];
  return [
    `nights: in ${seedsWithNights} seeds`,
    tableOf(['what VMs and runs came to, and what was written', 'times'], entries(nights)),
  ];
}

function entries(counts: Record<string, number>): [string, string][] {
  return Object.entries(counts).map(([name, count]) => [name, String(count)]);
}

function tableOf(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

function per(count: number, seeds: number): string {
  return (count / Math.max(seeds, 1)).toFixed(1);
}
