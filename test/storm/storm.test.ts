import { playStorm, type Storm } from './storms';
import { stormLayout } from './layouts';

/** Long enough to open and to close all of them. */
const activationMs = 15 * 60_000;

const storm = (name: string, changes: Partial<Parameters<typeof stormLayout>[0]>): Storm => ({
  name,
  weather: 'healthy',
  layout: () => stormLayout({ name, windows: 20, ...changes }),
});

describe('A close storm of 20 windows', () => {
  it('on one NSG closes one after another, in time, and never meets a busy NSG', async () => {
    const { ours, faults } = await playStorm(storm('one NSG', { groups: 1 }), 1, activationMs);
    expect(faults).toEqual([]);
    expect(ours).toMatchObject({ accepted: 20, opened: 20, late: 0, deletes: 20, refusedBusy: 0 });
  });

  it('over two subscriptions closes at once, which the naive program does too late', async () => {
    const { ours, naive, faults, toBound } = await playStorm(
      storm('two subscriptions', { subscriptions: 2 }),
      1,
      activationMs,
    );
    expect(faults).toEqual([]);
    expect(toBound).toBe(1);
    expect(ours.overrunS).toBeLessThan(-120);
    expect(naive.overrunS).toBeGreaterThan(0);
  });
});
