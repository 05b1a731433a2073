import { playSeed } from './seeds';

/** Enough for every group of faults; the command plays thousands. */
const seeds = Array.from({ length: 24 }, (_item, at) => at + 1);
const quietMs = 5 * 60_000;
const timeoutMs = 240_000;

describe('the simulation', () => {
  it(
    'finds no violation in the first seeds',
    async () => {
      const failing: Record<number, string[]> = {};
      let windows = 0;
      let faults = 0;
      for (const seed of seeds) {
        const result = await playSeed(seed, { quietMs });
        windows += result.windows;
        faults += Object.values(result.faults).reduce((sum, count) => sum + count, 0);
        const told = result.violations.map(({ invariant, what }) => `${invariant}: ${what}`);
        if (told.length > 0) failing[seed] = told;
      }
      expect(failing).toEqual({});
      expect(windows).toBeGreaterThanOrEqual(2 * seeds.length);
      expect(faults).toBeGreaterThanOrEqual(3 * seeds.length);
    },
    timeoutMs,
  );

  it.each([2, 5, 11])(
    'plays seed %d the same way twice',
    async (seed) => {
      const { hash, second } = await playSeed(seed, { quietMs, twice: true });
      expect(second).toBe(hash);
    },
    timeoutMs,
  );
});
