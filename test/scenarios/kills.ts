import { seededChance } from '../../local/chance';
import { measuredProfile } from '../../local/functions/engine/profile';
import { halfSeconds, livesWithKills } from '../support/kills';
import { stories } from '../support/stories';

const timeoutMs = 30_000;

describe('a host that is killed every half second', () => {
  const { begin } = stories();

  it.each([
    [1, 6],
    [6, 11],
    [11, 16],
  ])(
    'from second %d to %d of the opening loses no window',
    async (from, to) => {
      const story = await begin();
      expect(await livesWithKills(story, halfSeconds(from, to), 12)).toEqual({});
    },
    timeoutMs,
  );

  it.each([
    [-1, 5],
    [5, 10],
    [10, 15],
  ])(
    'from second %d to %d of the closing closes every window in time',
    async (from, to) => {
      const story = await begin();
      const closing = (8 - 3) * 60;
      const moments = halfSeconds(closing + from, closing + to);
      expect(await livesWithKills(story, moments, 8)).toEqual({});
    },
    timeoutMs,
  );

  it(
    'of the whole life of a window, under the timing of a real engine, closes it in time',
    async () => {
      const story = await begin({ profile: measuredProfile(seededChance(7), 5_000) });
      const moments = [2, 5, 9, 14, 20, 35, 60, 120, 240, 410, 541, 544, 548, 552, 560, 580];
      const lives = moments.map((seconds) => seconds * 1_000);
      expect(await livesWithKills(story, lives, 12)).toEqual({});
    },
    timeoutMs,
  );
});
