import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', '..');
const patches = readdirSync(__dirname).filter((name) => name.endsWith('.patch'));
const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');

/** The files that a patch touches. */
function filesOf(patch: string): string[] {
  const text = readFileSync(join(__dirname, patch), 'utf8');
  return [...text.matchAll(/^--- a\/(.+)$/gm)].map(([, file = '']) => file);
}

describe('the planted bugs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-planted-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are at least thirty', () => {
    expect(patches.length).toBeGreaterThanOrEqual(30);
  });

  it.each(patches)('%s applies to the code as it is, and to product code only', (patch) => {
    const files = filesOf(patch);
    expect(files).not.toEqual([]);
    for (const file of files) {
      expect(file).toMatch(/^(?:functions|shared)\//);
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    // Outside of any repository the paths of the patch are those of the folder.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) };
    const apply = (): Buffer =>
      execFileSync('git', ['apply', '--check', join(__dirname, patch)], { cwd: folder, env });
    expect(apply).not.toThrow();
  });

  it.each(patches)('%s says what it is, and the list names it', (patch) => {
    const [first = ''] = readFileSync(join(__dirname, patch), 'utf8').split('\n');
    expect(first).toMatch(/^[A-Z].{20,}\.$/);
    expect(readme).toContain(`\`${patch.replace(/\.patch$/, '')}\``);
  });
});
