import { mb, type NightReport } from '../bench/night/nightReport';
import type { Report } from '../simulation/report';
import type { Trial } from '../simulation/planted/tryPatch';
import type { StormResult } from './measures';
import { tableOf } from './markdown';

/** What a line cannot hold: tables below the first one, by the measure's name. */
export const details: Readonly<Record<string, (result: unknown) => string>> = {
  seeds: (result) => seedTables(result as Report),
  planted: (result) => plantedTable(result as readonly Trial[]),
  storm: (result) => stormTable(result as StormResult),
  night: (result) => nightTable(result as NightReport),
};

function seedTables(report: Report): string {
  const overrun = Object.entries(report.overrun).map(([kind, one]) => [
    kind,
    `${one.windows}`,
    one.p50.toFixed(1),
    one.p99.toFixed(1),
    one.max.toFixed(1),
    `${one.seedOfMax}`,
  ]);
  const faults = Object.entries(report.faultsByKind).map(([kind, count]) => [kind, `${count}`]);
  const never = report.neverStruck.map((kind) => [kind, '0']);
  return [
    'Rules by what their time held; seconds past the deadline, negative: before it.',
    tableOf(['rules while', 'rules', 'p50', 'p99', 'max', 'seed of max'], overrun),
    'Faults that took effect.',
    tableOf(['fault', 'times'], [...faults, ...never]),
    'Not applicable: the app uses nothing that they could strike.',
    tableOf(
      ['fault', 'why'],
      report.notApplicable.map(({ name, why }) => [name, why]),
    ),
    ...callTables(report),
  ].join('\n\n');
}

/** A report of before anybody called has none. */
function callTables({ answers = {}, deeds = {} }: Partial<Report>): string[] {
  if (Object.keys(answers).length === 0) return [];
  const rows = (counts: Record<string, number>): string[][] =>
    Object.entries(counts).map(([name, count]) => [name, `${count}`]);
  return [
    'Calls of the API, and what came of them.',
    tableOf(['call, and its answer', 'times'], rows(answers)),
    tableOf(['what came of calls', 'times'], rows(deeds)),
  ];
}

function plantedTable(trials: readonly Trial[]): string {
  return tableOf(
    ['planted bug', 'result', 'seeds played', 'what the oracle said'],
    trials.map(({ name, result, seeds }) => [
      name,
      result.kind,
      `${seeds}`,
      result.kind === 'found' ? (result.violation.split('\n')[0]?.slice(0, 110) ?? '') : '',
    ]),
  );
}

function stormTable({ reports }: StormResult): string {
  const seconds = (value: number | null): string => (value === null ? 'never' : value.toFixed(0));
  return tableOf(
    [
      'storm',
      'accepted',
      'late',
      'worst end (s)',
      'closing / bound',
      'naive: worst end (s)',
      'naive: never closed',
    ],
    reports.map(({ storm, windows, ours, naive, toBound }) => [
      storm,
      `${ours.accepted} of ${windows}`,
      `${ours.late}`,
      seconds(ours.overrunS),
      toBound === null ? 'never' : toBound.toFixed(2),
      seconds(naive.overrunS),
      `${naive.neverClosed}`,
    ]),
  );
}

/** Everybody's last first write, in minutes of virtual time. */
function nightTable({ rows, memory }: NightReport): string {
  const minutes = (ms: number): string => (ms / 60_000).toFixed(1);
  const contest = rows.flatMap(({ layout, ours, contenders }) => {
    if (ours === undefined) return [];
    const line = (name: string, ms: number, overMs?: number): string[] => [
      `${layout.vms} VMs, ${layout.name}`,
      name,
      minutes(ms),
      (ms / ours.boundMs).toFixed(2),
      overMs === undefined ? '' : minutes(overMs),
    ];
    return [
      line('bound', ours.boundMs),
      line('ours', ours.writes.lastFirstMs, ours.overMs),
      ...contenders.map(({ name, writes, overMs }) => line(name, writes.lastFirstMs, overMs)),
    ];
  });
  const processes = memory.map((one) => [
    `${one.vms}`,
    `${one.subscriptions}`,
    mb(one.peakRss).toFixed(0),
    mb(one.peakHeap).toFixed(0),
  ]);
  return [
    tableOf(['layout', 'contender', 'last first write (min)', '/ bound', 'over (min)'], contest),
    tableOf(['VMs', 'subscriptions', 'peak RSS (MB)', 'heap, collected (MB)'], processes),
  ].join('\n\n');
}
