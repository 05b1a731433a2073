import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { portsAt, takenPorts } from '../../local/supervisor/ports';

/** Resident memory of one process, in MB of 2^20 bytes. */
type Rss = { whenOpenMb: number; peakMb: number };

/** Memory of what `npm start` runs, measured on real processes in real time. */
export type ProcessMemory =
  | { skipped: string }
  | {
      supervisor: Rss;
      functionsHost: Rss;
      azurite: Rss;
      /** All three at the moment the window was open. */
      togetherWhenOpenMb: number;
      /** The highest sum seen at one moment. */
      togetherPeakMb: number;
      samples: number;
      /** Exit code of the run: 0 when the local Azure found every rule closed in time. */
      exitCode: number;
    };

const everyMs = 500;
const atMostMs = 120_000;
/** Not the ports of `npm start` itself, which may be running. */
const offsets = [20_000, 21_000, 22_000];

/**
 * Starts the product as `npm start -- --once` does, on ports and in a folder of its own, and reads
 * the memory of its processes twice a second. Real time: about 90 s.
 */
export async function measureMemory(root: string): Promise<ProcessMemory> {
  if (process.platform === 'win32') return { skipped: 'not measured on Windows' };
  const offset = await freeOffset();
  if (offset === undefined) {
    const first = portsAt(offsets[0] ?? 0).functions;
    return { skipped: `ports are taken, from ${first} on; end what listens there` };
  }
  const state = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  try {
    return await watchRun(root, state, offset);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

async function freeOffset(): Promise<number | undefined> {
  for (const offset of offsets) {
    if ((await takenPorts(portsAt(offset))).length === 0) return offset;
  }
  return undefined;
}

type Sample = { supervisor: number; functionsHost: number; azurite: number };

async function watchRun(root: string, state: string, offset: number): Promise<ProcessMemory> {
  const script = join(root, '.build', 'local', 'main.js');
  const args = ['--once', '--json', '--port-offset', String(offset), '--state', state];
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const samples: Sample[] = [];
  let whenOpen: Sample | undefined;
  const take = (): Sample | undefined => {
    const sample = sampleOf(child.pid ?? 0);
    if (sample !== undefined) samples.push(sample);
    return sample;
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (isWindowOpen(line)) whenOpen ??= take();
  });
  const timer = setInterval(take, everyMs);
  const giveUp = setTimeout(() => child.kill('SIGTERM'), atMostMs);
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => resolve(code ?? -1));
  });
  clearInterval(timer);
  clearTimeout(giveUp);
  if (whenOpen === undefined) return { skipped: `no window opened; exit code ${exitCode}` };
  return figuresOf(whenOpen, samples, exitCode);
}

function isWindowOpen(line: string): boolean {
  return /"speaker":"app".*\bis OPEN\b/.test(line);
}

function figuresOf(whenOpen: Sample, samples: Sample[], exitCode: number): ProcessMemory {
  const rss = (name: keyof Sample): Rss => ({
    whenOpenMb: mb(whenOpen[name]),
    peakMb: mb(Math.max(...samples.map((sample) => sample[name]))),
  });
  return {
    supervisor: rss('supervisor'),
    functionsHost: rss('functionsHost'),
    azurite: rss('azurite'),
    togetherWhenOpenMb: mb(sumOf(whenOpen)),
    togetherPeakMb: mb(Math.max(...samples.map((sample) => sumOf(sample)))),
    samples: samples.length,
    exitCode,
  };
}

const sumOf = (sample: Sample): number => sample.supervisor + sample.functionsHost + sample.azurite;

/** From kilobytes. */
const mb = (kb: number): number => Math.round(kb / 102.4) / 10;

/** All three, in kilobytes; nothing while one of them is not there. */
function sampleOf(supervisor: number): Sample | undefined {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' });
  const rows = text.split('\n').map((line) => {
    const [pid = '', parent = '', rss = '', ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), rss: Number(rss), args: args.join(' ') };
  });
  const childWith = (part: string): number =>
    rows.find(({ parent, args }) => parent === supervisor && args.includes(part))?.rss ?? 0;
  const sample = {
    supervisor: rows.find(({ pid }) => pid === supervisor)?.rss ?? 0,
    functionsHost: childWith('functionsHost.js'),
    azurite: childWith('azurite'),
  };
  return Object.values(sample).every((kb) => kb > 0) ? sample : undefined;
}
