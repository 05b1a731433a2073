import Table from 'cli-table3';
import type { ApiFigures } from './api';
import type { Calls } from './door';
import type { WindowCount } from './counting';
import type { LifetimeFigures } from './lifetimes';
import type { ProcessMemory } from './processMemory';
import { type Report, wanted } from './report';

/** The report as text for people: one table per figure, then what it does not show. */
export function printReport(report: Report): string {
  const { machine, conditions, notes, faults } = report;
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryMb} MB, ${machine.platform}, ` +
      `Node ${machine.node}, load ${machine.load}, ${machine.at}`,
    `commit ${machine.commit}; ${packages.join(', ')}`,
    Object.entries(conditions)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; '),
    '',
    'Calls to Resource Manager per window (sweep and reconcile counted apart)',
    callsTable(report.counts),
    'Histories per window: its intake and its sleeper together',
    historyTable(report.counts),
    `Lifetimes: ${report.lifetimes.layout}, event to proved closed, both timers on`,
    lifetimesTable(report.lifetimes),
    `The API with ${report.api.windows} open windows`,
    apiTable(report.api),
    heapLine(report.api),
    'Memory of the three processes of npm start, resident, MB',
    memoryTable(report.memory),
    'What the figures do not show',
    ...notes.map((note) => `  ${note}`),
    '',
    ...(faults.length === 0
      ? ['Every count is as it must be, and every window was judged closed in time.']
      : ['NOT AS IT MUST BE:', ...faults.map((fault) => `  ${fault}`)]),
  ].join('\n');
}

const numbers = (count: number): 'right'[] => Array.from({ length: count }, () => 'right');

function tableOf(head: string[], rows: (string | number)[][]): string {
  const table = new Table({
    head,
    colAligns: ['left', ...numbers(head.length - 1)],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return table.toString();
}

function callsTable(counts: readonly WindowCount[]): string {
  const head = [
    'Layout',
    'slots',
    'reads',
    'queries',
    'writes',
    'deletes',
    'refused',
    'writes and deletes / bound',
  ];
  const row = (name: string, slots: number | string, calls: Calls, ratio: string) => [
    name,
    slots,
    calls.reads,
    calls.queries,
    calls.writes,
    calls.deletes,
    calls.refused,
    ratio,
  ];
  return tableOf(
    head,
    counts.flatMap(({ layout, slots, window, first, sweep, bound, writesToBound }) => [
      row(layout, slots, window, `${writesToBound.toFixed(2)} of ${bound}`),
      row('  the first window of a process', '', first, ''),
      row(`  the sweep, ${sweep.runs} runs meanwhile`, '', sweep, ''),
    ]),
  );
}

function historyTable(counts: readonly WindowCount[]): string {
  const head = ['Layout', 'episodes', 'activities', 'events', 'bytes', 'replayed events', 'bytes'];
  const rows = counts.map(({ layout, history }) => {
    const all = Object.values(history);
    const sum = (of: (one: (typeof all)[number]) => number): number =>
      all.reduce((total, one) => total + of(one), 0);
    return [
      layout,
      sum(({ episodes }) => episodes),
      sum(({ activities }) => activities),
      sum(({ finalEvents }) => finalEvents),
      sum(({ finalBytes }) => finalBytes),
      sum(({ replayedEvents }) => replayedEvents),
      sum(({ replayedBytes }) => replayedBytes),
    ];
  });
  return tableOf(head, rows);
}

function lifetimesTable(figures: LifetimeFigures): string {
  const { perCpuSecond, perCpuSecondMin, perCpuSecondMax, perWallSecond, repetitions } = figures;
  return tableOf(
    ['Figure', 'median', 'least', 'most', 'wanted'],
    [
      [
        `per second of one core's time (${repetitions.length} repetitions)`,
        perCpuSecond.toFixed(1),
        perCpuSecondMin.toFixed(1),
        perCpuSecondMax.toFixed(1),
        `>= ${wanted.lifetimesPerSecond}`,
      ],
      ['per second of the wall clock', perWallSecond.toFixed(1), '', '', ''],
      ['requests to Resource Manager each', figures.requestsPerLifetime.toFixed(1), '', '', ''],
      ['steps of its sleepers each', figures.stepsPerLifetime.toFixed(1), '', '', ''],
      ['a bare read through the SDK, ms of CPU', figures.bareReadMs.toFixed(2), '', '', ''],
      ['a bare step of a sleeper, ms of CPU', figures.bareStepMs.toFixed(2), '', '', ''],
      [
        'per second, were a lifetime these bare reads and steps alone',
        figures.ceilingPerCpuSecond.toFixed(1),
        '',
        '',
        '',
      ],
    ],
  );
}

function apiTable({ calls }: ApiFigures): string {
  return tableOf(
    [
      'Call',
      'calls',
      'a second',
      'a second of CPU',
      'p50 (ms)',
      'p99 (ms)',
      'max (ms)',
      'requests each',
    ],
    calls.map((one) => [
      one.name,
      one.calls,
      one.perSecond.toFixed(0),
      one.perCpuSecond.toFixed(0),
      one.p50Ms.toFixed(2),
      one.p99Ms.toFixed(2),
      one.maxMs.toFixed(2),
      one.requestsEach.toFixed(1),
    ]),
  );
}

function heapLine({ heap }: ApiFigures): string {
  const { seconds, calls, startMb, middleMb, endMb, slopeKbPer1000Calls, isCollected } = heap;
  const sizes = [startMb, middleMb, endMb].map((mb) => mb.toFixed(1)).join(', ');
  return (
    `heap at the start, in the middle and at the end of ${seconds} s of all three ` +
    `(${calls} calls)${isCollected ? ', collected' : ''}: ${sizes} MB; ` +
    `slope ${slopeKbPer1000Calls.toFixed(1)} KB per 1,000 calls`
  );
}

function memoryTable(memory: ProcessMemory): string {
  if ('skipped' in memory) return tableOf(['Process', 'MB'], [[`not measured`, memory.skipped]]);
  const { supervisor, functionsHost, azurite } = memory;
  const row = (name: string, { whenOpenMb, peakMb }: typeof supervisor, mark = '') => [
    name,
    whenOpenMb.toFixed(1),
    peakMb.toFixed(1),
    mark,
  ];
  return tableOf(
    ['Process', 'window open', 'peak', 'wanted'],
    [
      row('supervisor with local Azure', supervisor),
      row('Functions host with the app', functionsHost),
      row('Azurite', azurite),
      row(
        'together',
        { whenOpenMb: memory.togetherWhenOpenMb, peakMb: memory.togetherPeakMb },
        `< ${wanted.memoryMb}`,
      ),
    ],
  );
}
