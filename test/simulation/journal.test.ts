import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJournal, openJournal } from './journal';
import { reportOf } from './report';
import type { SeedResult } from './seeds';

const run = { program: 'a', from: 1, twice: 0, quiet: 30 };

/** What a seed has come to, other for each seed. */
function resultOf(seed: number): SeedResult {
  return {
    seed,
    mode: 'safety',
    hash: `${seed}`,
    second: seed % 5 === 0 ? `${seed === 10 ? 'other' : seed}` : null,
    windows: seed % 4,
    faults: { 'ledger lost': 1, [`fault ${seed % 3}`]: 2 },
    violations: seed % 100 === 99 ? [{ invariant: 'orphan', what: 'a rule', atMs: 0 }] : [],
    overruns: [{ windowId: 'a', kind: 'healthy', overrunMs: -1_000 * seed }],
    sometimes: {},
    crossings: { request: seed },
    foreignEdits: 1,
    answers: seed % 2 === 0 ? { 'getWindow 200': 3 } : {},
    deeds: {},
    nights: {},
  };
}

const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_item, at) => first + at);

function reportAfter(seeds: readonly number[]): string {
  const journal = createJournal();
  for (const seed of seeds) journal.add(resultOf(seed));
  return JSON.stringify(reportOf(1, journal.tally));
}

describe('the tally of many seeds', () => {
  it('adds up what they came to', () => {
    const report = JSON.parse(reportAfter(numbers(1, 200))) as ReturnType<typeof reportOf>;
    expect(report).toMatchObject({ seeds: 200, twice: 40, differing: [10], leaked: 2, lost: 0 });
    expect(report).toMatchObject({ windows: 300, faults: 600, foreignEdits: 200, calls: 300 });
    expect(report.failing.map(({ seed }) => seed)).toEqual([99, 199]);
    expect(report.overrun).toEqual({
      healthy: { windows: 200, p50: -100, p99: -2, max: -1, seedOfMax: 1 },
    });
    expect(report.faultsByKind['ledger lost']).toBe(200);
  });

  it('hangs on no order', () => {
    expect(reportAfter(numbers(1, 200).reverse())).toBe(reportAfter(numbers(1, 200)));
  });
});

describe('the journal of a long run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-journal-'));
  let files = 0;
  const newFile = (): string => join(folder, `${(files += 1)}.json`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes one run of two, with every seed once', () => {
    const file = newFile();
    const first = openJournal(file, run);
    for (const seed of [...numbers(1, 40), ...numbers(49, 56)]) first.add(resultOf(seed));
    first.save();

    const second = openJournal(file, run);
    const left = numbers(1, 80).filter((seed) => !second.isDone(seed));
    expect(left).toEqual([...numbers(41, 48), ...numbers(57, 80)]);
    for (const seed of left) second.add(resultOf(seed));
    second.save();

    const { tally } = openJournal(file, run);
    expect(JSON.stringify(reportOf(1, tally))).toBe(reportAfter(numbers(1, 80)));
    expect(openJournal(file, run).sittings().count).toBe(3);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('keeps what was played before a kill, but for the last few', () => {
    const file = newFile();
    const killed = openJournal(file, run);
    for (const seed of numbers(1, 450)) killed.add(resultOf(seed));
    const next = openJournal(file, run);
    expect(numbers(1, 450).filter((seed) => !next.isDone(seed))).toEqual(numbers(401, 450));
    expect(next.tally.seeds).toBe(400);
  });

  it('takes no seed twice', () => {
    const journal = openJournal(newFile(), run);
    journal.add(resultOf(7));
    expect(() => journal.add(resultOf(7))).toThrow('Seed 7 was played before');
  });

  it.each([
    [{ program: 'b' }, 'another program'],
    [{ from: 2 }, '--from 1, not 2'],
    [{ twice: 9 }, '--twice 0, not 9'],
    [{ quiet: 1 }, '--quiet 30, not 1'],
  ])('refuses a run with %j', (change, why) => {
    const file = newFile();
    openJournal(file, run).save();
    const before = readFileSync(file, 'utf8');
    expect(() => openJournal(file, { ...run, ...change })).toThrow(why);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each(['', '{', '[]', '{"run":{}}', 'null'])('refuses a file that holds %j', (text) => {
    const file = newFile();
    writeFileSync(file, text);
    expect(() => openJournal(file, run)).toThrow('is no journal');
  });
});
