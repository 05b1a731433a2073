import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WriteRecord } from '../../local/azure/contract';

const root = join(__dirname, '..', '..');
/** Away from the ports of an `npm start` that may be running beside the tests. */
const portOffset = 20_000;

/** After its proof the sleeper goes to sleep; deaths in mid-step are told on virtual time. */
const asleepMs = 1_500;

type Line = { speaker: string; text: string; pid?: number; event?: string; passed?: boolean };

/**
 * The one test on real processes, real sockets and the real clock: what is deployed is built and
 * started, a role is activated, the host is killed in mid-window and started again, and the window
 * is closed in time.
 */
describe('the app in processes of its own', () => {
  const state = mkdtempSync(join(tmpdir(), 'postern-'));
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  it('opens, survives SIGKILL of its host, and closes before the activation ends', async () => {
    execFileSync(process.execPath, ['build.mjs', '--local', '--quiet'], { cwd: root });
    const { code, lines } = await playKilled(state);

    expect(lines.filter(({ event }) => event === 'window.open')).toHaveLength(1);
    expect(lines.some(({ text }) => text.startsWith('The Functions host died (SIGKILL)'))).toBe(
      true,
    );
    expect(lines.some(({ text }) => text.startsWith('Started again'))).toBe(true);
    expect(lines.findLast(({ speaker }) => speaker === 'verdict')?.passed).toBe(true);
    expect(code).toBe(0);

    const writes = writesOf(state).filter(({ caller }) => caller.kind === 'app');
    expect(writes.length).toBeGreaterThanOrEqual(4);
    expect(writes.filter(({ path }) => !/\/securityRules\/postern-[^/]+$/.test(path))).toEqual([]);
  }, 120_000);
});

/** Plays the demonstration once and kills the Functions host as soon as the window is open. */
async function playKilled(state: string): Promise<{ code: number | null; lines: Line[] }> {
  const child = spawn(
    process.execPath,
    [
      join('.build', 'local', 'main.js'),
      '--once',
      '--json',
      '--state',
      state,
      '--port-offset',
      `${portOffset}`,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: Line[] = [];
  let hostPid = 0;
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line.pid !== undefined) hostPid = line.pid;
    if (line.event === 'window.open') setTimeout(() => process.kill(hostPid, 'SIGKILL'), asleepMs);
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, lines };
}

function writesOf(state: string): WriteRecord[] {
  return readFileSync(join(state, 'azure', 'writes.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WriteRecord);
}
