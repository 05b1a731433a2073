import { readMachine } from '../machine';
import { root } from '../functionsCore';
import { nightLayouts } from './nightLayouts';
import { nightReport } from './nightReport';
import { printNight } from './nightTables';
import type { NightResult } from './nightTasks';
import type { OurNight } from './ours';

const [layout] = nightLayouts();
if (layout === undefined) throw new Error('There is no layout.');

const good: OurNight = {
  boundMs: 1_020_000,
  toBound: 1.05,
  writes: {
    vms: 10_000,
    lastFirstMs: 1_071_000,
    accepted: 10_000,
    refused: {},
    retries: 0,
    needless: 0,
    needlessAt: [],
    lastLandedMs: 1_400_000,
    landed: 10_000,
    failed: 0,
    givenUp: 0,
  },
  overMs: 1_500_000,
  kills: 0,
  reads: 20_000,
  readsEach: 2,
  queries: 100,
  outcomes: {
    ended: { fixed: 10_000 },
    reasons: {},
    missing: 0,
    doubled: 0,
    open: 0,
    untrue: [],
  },
  largestRow: { table: 'remediationBatches', id: 'x', kib: 50 },
  wallS: 1,
  cpuS: 1,
};
const ours = (changes: Partial<OurNight> = {}): NightResult => ({
  kind: 'ours',
  layout: layout.name,
  ours: { ...good, ...changes },
});
const memory = (vms: number, subscriptions: number, megabytes: number): NightResult => ({
  kind: 'memory',
  memory: {
    vms,
    subscriptions,
    overMs: 1,
    asks: 1,
    peakRss: megabytes * 2 ** 20,
    startRss: 60 * 2 ** 20,
    peakHeap: 1,
    collections: 1,
    endHeap: 1,
  },
});
const closes = (laterMs: number, nightWrites = 10): NightResult => ({
  kind: 'closes',
  closes: {
    vms: 10,
    closes: [{ window: 'vm', withoutMs: 1_000, withMs: 1_000 + laterMs }],
    laterMs,
    nightWrites,
  },
});

function reportOf(...results: NightResult[]) {
  const plan = { seed: 1, only: layout?.name ?? '', workers: 1, closes: true, memory: true };
  return nightReport(plan, results, readMachine(root), { installs: 'quick' });
}

describe('the report of the night', () => {
  it('has nothing to complain of where every figure was reached', () => {
    const report = reportOf(ours(), closes(0), memory(50_000, 20, 299), memory(10_000, 20, 250));
    expect(report.faults).toEqual([]);
    const text = printNight(report);
    expect(text).toContain('Every figure that is to be reached was reached.');
    expect(text).toContain('1.05 (<= 1.1)');
    expect(text).toMatch(/emulation of documented parameters|seed 1/);
    expect(text).not.toMatch(/undefined|NaN|null/);
  });

  const { writes, outcomes, largestRow } = good;
  it.each<[string, NightResult[]]>([
    ['the bound', [ours({ toBound: 1.11 })]],
    ['reads', [ours({ readsEach: 2.49 })]],
    ['a write without cause', [ours({ writes: { ...writes, needless: 1 } })]],
    ['a VM without an outcome', [ours({ outcomes: { ...outcomes, missing: 1 } })]],
    ['a VM with two', [ours({ outcomes: { ...outcomes, doubled: 1 } })]],
    ['a VM that is not at its end', [ours({ outcomes: { ...outcomes, open: 1 } })]],
    ['an outcome that is not true', [ours({ outcomes: { ...outcomes, untrue: ['vm: fixed'] } })]],
    ['a row', [ours({ largestRow: { ...largestRow, kib: 1_025 } })]],
    ['a close', [closes(1)]],
    ['a night beside the windows', [closes(0, 0)]],
    ['memory', [memory(50_000, 20, 300)]],
    ['memory that grows', [memory(50_000, 20, 250), memory(10_000, 20, 200)]],
  ])('complains of %s that was missed', (_, results) => {
    const report = reportOf(...results);
    expect(report.faults).toHaveLength(1);
    expect(printNight(report)).toContain('NOT REACHED:');
  });
});
