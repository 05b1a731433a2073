import { execFileSync, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { callFaults } from './faults/calls';
import { nightFaults } from './night/faults';
import type { Report } from './report';

const root = join(__dirname, '..', '..');

/** As many as the page of what has been proved tells of; `npm run simulate` plays as many more as one likes. */
const from = 1;
const seeds = 2_000;
const twice = 200;
const quietMinutes = 30;
const nightEnds = ['fixed', 'ready', 'failed', 'quarantined', 'skipped', 'wouldFix'];
/** Generous: a loaded machine is no violation. */
const timeoutMs = 45 * 60_000;

/**
 * A process of its own, which divides the seeds among others: what is played must not share its
 * clock with jest, and a built program plays several times faster than one that jest transforms.
 */
function play(): Promise<{ code: number | null; report: Report }> {
  execFileSync(process.execPath, ['build.mjs', '--simulation', '--quiet'], { cwd: root });
  const workers = Math.max(1, Math.min(2, cpus().length));
  const numbers = { seeds, from, twice, quiet: quietMinutes, workers };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = join(root, '.build', 'simulation', 'main.js');
  const child = spawn(process.execPath, [program, ...args, '--json', '--no-shrink'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = Buffer.concat(parts).toString('utf8');
      try {
        resolve({ code, report: JSON.parse(text) as Report });
      } catch {
        reject(new Error(`The simulation ended with ${code} and no report: ${text.slice(0, 500)}`));
      }
    });
  });
}

it(
  `finds no violation in ${seeds} seeds, and plays ${twice} of them the same way twice`,
  async () => {
    const { code, report } = await play();
    const { windows, faults, calls, seedsWithCalls, seedsWithNights } = report;
    process.stdout.write(
      `simulation: ${report.seeds} seeds, ${windows} windows, ${faults} faults, ` +
        `${report.twice} of them twice; ${calls} calls in ${seedsWithCalls} of them, ` +
        `nights in ${seedsWithNights}\n`,
    );
    expect(report.failing).toEqual([]);
    expect(report.differing).toEqual([]);
    expect([report.leaked, report.foreignTouched, report.lost]).toEqual([0, 0, 0]);
    expect(report.seeds).toBe(seeds);
    expect(report.twice).toBe(twice);
    expect(windows).toBeGreaterThanOrEqual(3 * seeds);
    expect(faults).toBeGreaterThanOrEqual(5 * seeds);
    // In a quarter of the seeds people call, and all that may come of calls does.
    expect(report.seedsWithCalls).toBeGreaterThanOrEqual(seeds / 5);
    expect(report.calls).toBeGreaterThanOrEqual(20 * report.seedsWithCalls);
    expect(report.neverDone).toEqual([]);
    // Beside a tenth of them a night goes on, which writes, and ends in every way.
    expect(report.seedsWithNights).toBeGreaterThanOrEqual(seeds / 14);
    const ends = Object.keys(report.nights).map((name) => /^VM (\w+)/.exec(name)?.[1]);
    expect(ends).toEqual(expect.arrayContaining(nightEnds));
    const missing = [...callFaults, ...nightFaults].filter(({ name }) =>
      report.neverStruck.includes(name),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(code).toBe(0);
  },
  timeoutMs,
);
