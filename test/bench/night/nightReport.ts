import { askedScopesMax, type RemediationAsk } from '../../../shared/domain/remediation/ask';
import type { Machine } from '../machine';
import type { CloseFigures } from './closes';
import { type ContenderNight, contenders } from './contenders';
import type { NightMemory } from './memory';
import { type NightLayout, nightLayouts } from './nightLayouts';
import type { NightPlan, NightResult } from './nightTasks';
import type { OurNight } from './ours';

/** What has to be reached. */
export const nightWanted = {
  toBound: 1.1,
  readsEach: 2.48,
  needless: 0,
  laterMs: 0,
  memoryMb: 300,
  memoryRatio: 1.2,
  /** learn.microsoft.com, "Azure Table storage limits". */
  rowKib: 1_024,
  messageKib: 16,
} as const;

/** Everybody's night of one layout. */
export type NightRow = {
  readonly layout: NightLayout;
  readonly ours?: OurNight;
  readonly contenders: readonly ContenderNight[];
};

/** Everything a run found, as it is written to the JSON file. */
export type NightReport = {
  readonly machine: Machine;
  readonly seed: number;
  readonly conditions: Record<string, unknown>;
  readonly rows: readonly NightRow[];
  readonly closes?: CloseFigures;
  readonly memory: readonly NightMemory[];
  readonly queueMessageKib: number;
  readonly notes: readonly string[];
  /** Figures to reach that were missed. The exit code is 1 when there is one. */
  readonly faults: readonly string[];
};

/** Puts results into the order of the layouts, and judges them. */
export function nightReport(
  { vms, seed, only }: NightPlan,
  results: readonly NightResult[],
  machine: Machine,
  conditions: Record<string, unknown>,
): NightReport {
  const layouts = nightLayouts(vms).filter(({ name }) => name.includes(only));
  const rows = layouts.map((layout): NightRow => {
    const ours = results.find((one) => one.kind === 'ours' && one.layout === layout.name);
    return {
      layout,
      ...(ours?.kind === 'ours' ? { ours: ours.ours } : {}),
      contenders: contenders.flatMap(({ name }) =>
        results.flatMap((one) =>
          one.kind === 'contender' && one.layout === layout.name && one.contender.name === name
            ? [one.contender]
            : [],
        ),
      ),
    };
  });
  const closes = results.find((one) => one.kind === 'closes');
  const memory = results
    .flatMap((one) => (one.kind === 'memory' ? [one.memory] : []))
    .toSorted((one, other) => other.vms - one.vms || other.subscriptions - one.subscriptions);
  const queueMessageKib = largestMessageKib();
  return {
    machine,
    seed,
    conditions,
    rows,
    ...(closes?.kind === 'closes' ? { closes: closes.closes } : {}),
    memory,
    queueMessageKib,
    notes: nightNotes,
    faults: [
      ...rows.flatMap(({ layout, ours }) => (ours === undefined ? [] : faultsOf(layout, ours))),
      ...(closes?.kind === 'closes' ? closeFaults(closes.closes) : []),
      ...memoryFaults(memory, vms === undefined),
      ...(queueMessageKib > nightWanted.messageKib
        ? [`A message of ${queueMessageKib.toFixed(1)} KiB.`]
        : []),
    ],
  };
}

/** Sentences for what one night of ours missed. */
export function faultsOf({ name }: NightLayout, ours: OurNight): string[] {
  const { toBound, readsEach, writes, outcomes, largestRow } = ours;
  const { missing, doubled, open, untrue } = outcomes;
  const wrong: [boolean, string][] = [
    [(toBound ?? 0) > nightWanted.toBound, `${toBound?.toFixed(3)} times the bound`],
    [readsEach > nightWanted.readsEach, `${readsEach.toFixed(2)} reads per VM`],
    [writes.needless > nightWanted.needless, `${writes.needless} writes without cause`],
    [missing > 0, `${missing} VMs without an outcome`],
    [doubled > 0, `${doubled} VMs with two outcomes`],
    [open > 0, `${open} VMs not at their end`],
    [untrue.length > 0, `${untrue.length} outcomes that Azure does not show: ${untrue[0]}`],
    [largestRow.kib > nightWanted.rowKib, `a row of ${largestRow.kib.toFixed(0)} KiB`],
  ];
  return wrong.filter(([isSo]) => isSo).map(([, what]) => `${name}: ${what}.`);
}

function closeFaults({ laterMs, nightWrites }: CloseFigures): string[] {
  return [
    ...(laterMs <= nightWanted.laterMs
      ? []
      : [`A window's close was ${laterMs} ms later beside a night than without one.`]),
    ...(nightWrites > 0 ? [] : ['There was no night beside the windows.']),
  ];
}

function memoryFaults(memory: readonly NightMemory[], isWhole: boolean): string[] {
  const over = memory.filter(({ peakRss }) => mb(peakRss) >= nightWanted.memoryMb);
  const ratio = memoryRatio(memory);
  return [
    ...over.map(({ vms, peakRss }) => `${vms} VMs: ${mb(peakRss).toFixed(0)} MB of memory.`),
    // What a few VMs take is the garbage of the first seconds.
    ...(isWhole && ratio !== null && ratio > nightWanted.memoryRatio
      ? [`Memory grows ${ratio.toFixed(2)} times with five times the VMs.`]
      : []),
  ];
}

/** Peak of the most VMs to that of a fifth of them, over as many subscriptions. */
export function memoryRatio(memory: readonly NightMemory[]): number | null {
  const same = memory
    .filter(({ subscriptions }) => subscriptions > 1)
    .toSorted((one, other) => other.vms - one.vms);
  const [most, few] = same;
  return most === undefined || few === undefined ? null : most.peakRss / few.peakRss;
}

/** Of 2^20 bytes. */
export const mb = (bytes: number): number => bytes / 2 ** 20;

/** The largest message that the main app can send: as many resource groups as a run may name. */
function largestMessageKib(): number {
  const scope = `/subscriptions/${'0'.repeat(36)}/resourcegroups/${'g'.repeat(90)}`;
  const ask: RemediationAsk = {
    kind: 'start',
    schema: 1,
    id: `asked-${'a'.repeat(40)}`,
    askedBy: '0'.repeat(36),
    askedAt: Date.now(),
    scopes: Array.from({ length: askedScopesMax }, () => scope),
    dryRun: false,
  };
  return Buffer.from(JSON.stringify(ask)).toString('base64').length / 1_024;
}

/** What nobody should read into the figures. */
const nightNotes = [
  'Bound: arithmetic on what Microsoft publishes of its limits, for one principal, full buckets and ' +
    'one region; the time to the last write that is accepted first for its VM, which is what ours ' +
    'and the others are measured by too, from the moment in which the night’s timer fires. An ' +
    'install that lands, a retry and what the platform gives up after 90 minutes come after it, ' +
    'and stand beside it.',
  'Everything is virtual time against the local Azure, with its limits on; how long requests and ' +
    'installs take is declared above, drawn for each VM from the seed, the same for everybody. ' +
    'Real Azure was never called.',
  'Others: they are given the list of VMs, look at none before they write, wait out refusals as ' +
    'these ask, and try no VM twice; their requests go to the same handler without a client. ' +
    'The emulations run as many VMs at once as is documented and know at once what is over; what ' +
    'else a remediation task does is not in them. In a layout with trouble nobody kills them.',
  'Trouble: while somebody else writes to one VM in twenty, those writes take from the same limits; ' +
    'the bound does not know of them.',
  'Reads: GETs of VMs, extensions and lists that reached Resource Manager, refused ones too; ' +
    'questions to Resource Graph are counted apart, they have a limit of their own.',
  'Outcomes: every VM of the estate is looked up in the rows of the run, and what its row says is ' +
    'held against what the local Azure shows at the end.',
  'Messages: the remediator has no task hub, and a night sends no message. The message is the ' +
    'largest one by which a run can be asked for; the row is the largest that was written, as a ' +
    'table counts it, two bytes for each character.',
  'Closes: both apps in one process and one subscription, each with its own identity.',
  'Memory: of a process with the bundled app alone, of 2^20 bytes; Azure and the ledger are in its ' +
    'parent, both on one virtual clock, every request and row as a message between them. Peak: ' +
    'the resident set as the kernel keeps its highest, with what V8 has not collected yet. No ' +
    'Functions worker is in it, and no socket. The ratio is of as many subscriptions.',
];
