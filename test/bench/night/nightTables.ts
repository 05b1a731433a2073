import Table from 'cli-table3';
import { memoryRatio, mb, type NightReport, type NightRow, nightWanted } from './nightReport';

/** The report as text for people. */
export function printNight(report: NightReport): string {
  const { machine, seed, conditions, rows, notes, faults } = report;
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryMb} MB, ${machine.platform}, ` +
      `Node ${machine.node}, load ${machine.load}, ${machine.at}`,
    `commit ${machine.commit}; seed ${seed}; ${packages.join(', ')}`,
    Object.entries(conditions)
      .map(
        ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      .join('; '),
    '',
    'Time until the last VM has its first accepted write, minutes of virtual time',
    contestTable(rows),
    'What ours did',
    oursTable(rows),
    'What its VMs came to',
    outcomesTable(rows),
    ...closesLines(report),
    ...memoryLines(report),
    `largest message: ${report.queueMessageKib.toFixed(1)} KiB of ${nightWanted.messageKib} ` +
      '(no task hub, and none is sent by a night)',
    '',
    'What the figures do not show',
    ...notes.map((note) => `  ${note}`),
    '',
    ...(faults.length === 0
      ? ['Every figure that is to be reached was reached.']
      : ['NOT REACHED:', ...faults.map((fault) => `  ${fault}`)]),
  ].join('\n');
}

function tableOf(head: string[], rows: (string | number)[][]): string {
  const table = new Table({
    head,
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return table.toString();
}

const minutes = (ms: number): string => {
  const value = ms / 60_000;
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
};

function titleOf({ layout }: NightRow): string {
  return `${layout.vms} VMs, ${layout.name}`;
}

const ratioTo = (ms: number, bound: number): string =>
  bound === 0 ? '–' : (ms / bound).toFixed(2);

function contestTable(rows: readonly NightRow[]): string {
  const head = [
    'Layout and contender',
    'last first write',
    '/ bound',
    '/ ours',
    'last landed',
    'over',
  ];
  return tableOf(
    head,
    rows.flatMap((row) => {
      const { ours, contenders } = row;
      if (ours === undefined) return [];
      const mine = ours.writes.lastFirstMs;
      return [
        [titleOf(row), '', '', '', '', ''],
        ['  bound', minutes(ours.boundMs), '1.00', '', '', ''],
        [
          '  ours',
          minutes(mine),
          ours.toBound === null ? '–' : `${ours.toBound.toFixed(2)} (<= ${nightWanted.toBound})`,
          '1.00',
          minutes(ours.writes.lastLandedMs),
          minutes(ours.overMs),
        ],
        ...contenders.map(({ name, writes, overMs }) => [
          `  ${name}`,
          minutes(writes.lastFirstMs),
          ours.toBound === null ? '–' : ratioTo(writes.lastFirstMs, ours.boundMs),
          ratioTo(writes.lastFirstMs, mine),
          minutes(writes.lastLandedMs),
          minutes(overMs),
        ]),
      ];
    }),
  );
}

function oursTable(rows: readonly NightRow[]): string {
  const head = [
    'Layout',
    'writes',
    'refused',
    'retries',
    'without cause (0)',
    `reads per VM (<= ${nightWanted.readsEach})`,
    'queries',
    'kills',
    'largest row (KiB)',
    'CPU (s)',
  ];
  return tableOf(
    head,
    rows.flatMap((row) => {
      if (row.ours === undefined) return [];
      const { writes, readsEach, queries, kills, largestRow, cpuS } = row.ours;
      const refused = Object.entries(writes.refused).map(([what, count]) => `${count} x ${what}`);
      return [
        [
          titleOf(row),
          writes.accepted,
          refused.join('\n') || 0,
          writes.retries,
          writes.needless,
          readsEach.toFixed(2),
          queries,
          kills,
          largestRow.kib.toFixed(0),
          cpuS.toFixed(0),
        ],
      ];
    }),
  );
}

function outcomesTable(rows: readonly NightRow[]): string {
  const head = [
    'Layout',
    'outcomes',
    'reasons',
    'given up after 90 min',
    'none (0)',
    'two (0)',
    'open (0)',
    'untrue (0)',
  ];
  const counts = (of: Readonly<Record<string, number | undefined>>): string =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join('\n');
  return tableOf(
    head,
    rows.flatMap((row) => {
      if (row.ours === undefined) return [];
      const { outcomes, writes } = row.ours;
      return [
        [
          titleOf(row),
          counts(outcomes.ended),
          counts(outcomes.reasons),
          writes.givenUp,
          outcomes.missing,
          outcomes.doubled,
          outcomes.open,
          outcomes.untrue.length,
        ],
      ];
    }),
  );
}

function closesLines({ closes }: NightReport): string[] {
  if (closes === undefined) return [];
  const table = tableOf(
    ['Window', 'closed without a night (s after its activation)', 'beside one'],
    closes.closes.map(({ window, withoutMs, withMs }) => [
      window,
      (withoutMs / 1_000).toFixed(1),
      (withMs / 1_000).toFixed(1),
    ]),
  );
  return [
    `Windows beside a night of ${closes.vms} VMs in the same subscription ` +
      `(${closes.nightWrites} writes meanwhile)`,
    table,
  ];
}

function memoryLines({ memory }: NightReport): string[] {
  if (memory.length === 0) return [];
  const ratio = memoryRatio(memory);
  const table = tableOf(
    [
      'VMs',
      'subscriptions',
      `peak RSS (MB, < ${nightWanted.memoryMb})`,
      'loaded',
      'heap, collected',
    ],
    memory.map(({ vms, subscriptions, peakRss, startRss, peakHeap }) => [
      vms,
      subscriptions,
      mb(peakRss).toFixed(0),
      mb(startRss).toFixed(0),
      mb(peakHeap).toFixed(0),
    ]),
  );
  return [
    'Memory of a process with the app alone',
    table,
    `five times the VMs over as many subscriptions: ${ratio?.toFixed(2) ?? '–'} times the memory ` +
      `(<= ${nightWanted.memoryRatio} at full size)`,
  ];
}
