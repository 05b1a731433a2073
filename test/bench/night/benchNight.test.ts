import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { measureCloses } from './closes';
import { type ContenderNight, contenders, playContender } from './contenders';
import { measureNightMemory } from './memory';
import { type NightLayout, nightLayouts } from './nightLayouts';
import { faultsOf } from './nightReport';
import { playOurs } from './ours';

const few: NightLayout = { name: 'few', vms: 60, subscriptions: 2, writesEach: 2 };

describe('the bench of a night', () => {
  it('plays ours through trouble and kills, and finds each VM once, with what is true of it', async () => {
    const [layout] = nightLayouts(300).filter(({ trouble }) => trouble !== undefined);
    if (layout === undefined) throw new Error('No layout has trouble.');
    const ours = await playOurs(layout, 3);
    expect(faultsOf(layout, ours)).toEqual([]);
    const { outcomes, writes, kills, reads, overMs } = ours;
    const { fixed = 0, failed = 0, skipped = 0, ready = 0 } = outcomes.ended;
    expect(fixed + failed + skipped + ready).toBe(300);
    // Every kind of trouble has come up, or the judgement is of a quiet night.
    expect(writes.failed).toBeGreaterThan(0);
    expect(writes.givenUp).toBeGreaterThan(0);
    expect(writes.refused['409 Conflict']).toBeGreaterThan(0);
    expect(outcomes.reasons['vanished']).toBeGreaterThan(0);
    expect(kills).toBe(Math.floor(overMs / 300_000));
    expect(reads).toBeGreaterThan(300);
    expect(writes.lastFirstMs).toBeLessThan(120_000);
  });

  it('sends identity and extension, and measures to the last first extension', async () => {
    const ours = await playOurs(few, 1);
    expect(faultsOf(few, ours)).toEqual([]);
    const { vms, accepted, lastFirstMs } = ours.writes;
    expect([vms, accepted, ours.toBound]).toEqual([60, 120, null]);
    // An identity settles for half a minute.
    expect(lastFirstMs).toBeGreaterThan(30_000);
  });

  it('lets others play the same night, each as wide as it is', async () => {
    const layout = { ...few, writesEach: 1, subscriptions: 1 };
    const nights: ContenderNight[] = [];
    for (const one of contenders) nights.push(await playContender(one, layout, 1));
    expect(nights.map(({ writes }) => [writes.vms, writes.landed])).toEqual(
      contenders.map(() => [60, 60]),
    );
    const [sequential = 0, pool = 0, ten = 0, thirty = 0, tasks = 0] = nights.map(
      ({ overMs }) => overMs / 1_000,
    );
    // Two minutes for each VM, one after the other: about two hours.
    expect(sequential).toBeGreaterThan(60 * 100);
    expect(sequential).toBeLessThan(60 * 170);
    expect(sequential / pool).toBeGreaterThan(15);
    expect(sequential / ten).toBeGreaterThan(6);
    // Who is told at once is not slower than who polls, as wide as it is.
    expect(thirty).toBeLessThanOrEqual(pool);
    expect(tasks).toBeLessThan(thirty);
  });

  it('closes windows beside a night when they are closed without one', async () => {
    const { closes, laterMs, nightWrites } = await measureCloses(60, 1);
    expect(nightWrites).toBe(60);
    expect(closes.every(({ withoutMs }) => Number.isFinite(withoutMs))).toBe(true);
    expect(laterMs).toBe(0);
  });

  it('plays a whole night with the app in a process of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-night-'));
    try {
      const outfile = join(folder, 'nightApp.js');
      await build({
        entryPoints: [join(__dirname, 'memoryChild.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        external: ['@azure/functions-core'],
        define: { 'import.meta.url': 'bundleUrl' },
        banner: { js: 'const bundleUrl = "file:///bundle";' },
      });
      const { asks, overMs, peakRss, startRss, endHeap } = await measureNightMemory(
        outfile,
        { ...few, writesEach: 1 },
        1,
      );
      // A look, a write and a look for each VM at least; on virtual time as everywhere else.
      expect(asks).toBeGreaterThan(3 * 60);
      expect(overMs).toBeGreaterThan(60_000);
      expect(peakRss).toBeGreaterThan(startRss);
      expect(endHeap).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
