import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playSeeds } from './workers';

/** A worker that answers at once: what is looked at is who is given what, and when it ends. */
const answersAtOnce = `
process.on('message', ({ seeds }) => {
  process.send(seeds.map((seed) => ({ seed, violations: seed === 50 ? [{}] : [] })));
});
`;

describe('seeds handed out to workers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-workers-'));
  const program = join(folder, 'worker.cjs');
  writeFileSync(program, answersAtOnce);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function played(changes: Partial<Parameters<typeof playSeeds>[1]>): Promise<number[]> {
    const seeds: number[] = [];
    const plan = { from: 1, seeds: 100, workers: 2, twice: 0, quietMs: 0, untilViolation: false };
    await playSeeds(program, { ...plan, ...changes }, ({ seed }) => seeds.push(seed));
    return seeds.toSorted((one, other) => one - other);
  }

  it('are each played once', async () => {
    expect(await played({})).toEqual(Array.from({ length: 100 }, (_item, at) => at + 1));
  });

  it('end at the first violation, if that is wished', async () => {
    const seeds = await played({ untilViolation: true, workers: 1 });
    expect(seeds.at(-1)).toBe(56);
  });

  it('end early without a gap: a run that is ended reports what it has played', async () => {
    const ending = new AbortController();
    const seeds: number[] = [];
    const plan = { from: 1, seeds: 1_000_000, workers: 2, twice: 0, quietMs: 0 };
    await playSeeds(
      program,
      { ...plan, untilViolation: false, signal: ending.signal },
      ({ seed }) => {
        seeds.push(seed);
        if (seeds.length === 40) ending.abort();
      },
    );
    expect(seeds.length).toBeGreaterThanOrEqual(40);
    expect(seeds.length).toBeLessThanOrEqual(56);
    expect(seeds.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: seeds.length }, (_item, at) => at + 1),
    );
  });
});
