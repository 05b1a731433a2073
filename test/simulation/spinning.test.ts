import { atOneMomentMax, countsOfMoments } from './spinning';
import { installClock } from './clock';
import { createBoundaries } from './boundaries';

const nothing = (): undefined => undefined;

describe('a run that does not get on', () => {
  it('counts what happens at one moment, and begins anew with the next', () => {
    const countAt = countsOfMoments();
    expect([countAt(5), countAt(5), countAt(6), countAt(6), countAt(7)]).toEqual([1, 2, 1, 2, 1]);
  });

  it('ends when timers fire again and again while no time passes', async () => {
    const clock = installClock(0);
    try {
      const again = (): void => clock.at(0, again);
      clock.at(0, again);
      await expect(clock.runUntil(1_000)).rejects.toThrow(`more than ${atOneMomentMax} timers`);
    } finally {
      clock.uninstall();
    }
  });

  it('stops whoever crosses again and again at one moment, and is told of it once it rests', async () => {
    const clock = installClock(0);
    try {
      const spinning: string[] = [];
      const boundaries = createBoundaries({
        decide: nothing,
        die: nothing,
        took: nothing,
        told: nothing,
        spins: ({ name }) => spinning.push(name),
      });
      let rounds = 0;
      const spin = async (): Promise<void> => {
        for (;;) {
          await boundaries.cross(
            { kind: 'ledger', name: 'windows.get', subject: '', input: null },
            async () => (rounds += 1),
          );
        }
      };
      void spin();
      await clock.runUntil(1_000);
      expect(rounds).toBe(atOneMomentMax);
      expect(spinning).toEqual(['windows.get']);
    } finally {
      clock.uninstall();
    }
  });
});
