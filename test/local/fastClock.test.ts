import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { clockText, parseClock } from '../../local/fastClock';

/** A process of its own: the clock of a process is not given back. */
function play(script: string): unknown {
  const build = join(__dirname, '..', '..', 'node_modules', 'esbuild');
  const entry = join(__dirname, '..', '..', 'local', 'fastClock.ts');
  const code = `
    const { outputFiles } = require(${JSON.stringify(build)}).buildSync({
      entryPoints: [${JSON.stringify(entry)}],
      bundle: true, platform: 'node', format: 'cjs', write: false,
    });
    const made = { exports: {} };
    new Function('module', 'exports', outputFiles[0].text)(made, made.exports);
    const real = performance.now();
    const shownStart = Date.UTC(2026, 10, 30, 2, 20);
    made.exports.installFastClock({ factor: 60, realStart: Date.now(), shownStart });
    ${script}`;
  return JSON.parse(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }));
}

describe('a fast clock', () => {
  it('shows the time of its story, and lets a minute of it pass in a second', () => {
    const [began, passed, real] = play(`
      const began = Date.now();
      setTimeout(() => console.log(JSON.stringify(
        [new Date(began).toISOString(), Date.now() - began, performance.now() - real])), 60_000);
    `) as [string, number, number];
    expect(began).toMatch(/^2026-11-30T02:20:0/);
    expect(passed).toBeGreaterThanOrEqual(59_000);
    // What passed in reality is a sixtieth of it, however slow the machine is.
    expect(passed / real).toBeLessThan(70);
    expect(passed / real).toBeGreaterThan(40);
  });

  it('makes ordinary dates, and timers that can be taken back', () => {
    const [day, isDate, fired] = play(`
      let fired = 0;
      clearTimeout(setTimeout(() => { fired += 1; }, 600));
      const timer = setInterval(() => { fired += 1; if (fired === 3) clearInterval(timer); }, 600);
      setTimeout(() => console.log(JSON.stringify(
        [new Date('2026-01-02').toISOString(), new Date() instanceof Date, fired])), 30_000);
    `) as [string, boolean, number];
    expect([day, isDate, fired]).toEqual(['2026-01-02T00:00:00.000Z', true, 3]);
  });

  it('is handed on in one word', () => {
    const clock = { factor: 60, realStart: 5, shownStart: 7 };
    expect(parseClock(clockText(clock))).toEqual(clock);
    for (const text of ['', '60', 'a@b@c', '0@1@1'])
      expect(() => parseClock(text)).toThrow('LOCAL_CLOCK');
  });
});
