import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(__dirname, '..', '..');
const length = 1_000_000;

it('loses nothing of what a program prints before it ends, however slowly it is read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  try {
    const source = join(folder, 'program.ts');
    const program = join(folder, 'program.js');
    const helper = JSON.stringify(join(__dirname, 'exitWhenRead'));
    writeFileSync(
      source,
      `import { exitWhenRead } from ${helper};
       process.stdout.write('x'.repeat(${length}) + 'end');
       exitWhenRead(3);`,
    );
    const esbuild = join(root, 'node_modules', 'esbuild', 'bin', 'esbuild');
    execFileSync(esbuild, [source, '--bundle', '--platform=node', `--outfile=${program}`], {
      stdio: 'ignore',
    });
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => {
      child.on('close', resolve);
    });
    // Nobody reads for a while: the pipe is full, and the program would like to end.
    await sleep(300);
    let text = '';
    for await (const part of child.stdout) text += String(part);
    expect(await ended).toBe(3);
    expect(text).toHaveLength(length + 'end'.length);
    expect(text.endsWith('end')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
