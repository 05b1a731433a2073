import { boundMs } from './boundMs';

/**
 * Minutes by hand from what is published: 200 writes and then 10 a second for a principal in a
 * subscription, 1,500 updates of VMs and then 500 a minute in a subscription and region.
 */
const table: [vms: number, subscriptions: number, writesEach: number, minutes: number][] = [
  // Only Resource Manager's bucket is emptied: 800 and 1,800 writes at 10 a second.
  [1_000, 1, 1, 80 / 60],
  [1_000, 1, 2, 3],
  // 8,500 and 18,500 updates at 500 a minute; Resource Manager's are through after 16.3 and 33.
  [10_000, 1, 1, 17],
  [10_000, 1, 2, 37],
  [50_000, 1, 1, 97],
  [50_000, 1, 2, 197],
  // Spread out, Resource Manager decides again.
  [10_000, 5, 1, 3],
  [10_000, 10, 1, 80 / 60],
  [10_000, 20, 1, 0.5],
  [50_000, 20, 1, 230 / 60],
  // The burst takes all of them.
  [200, 1, 1, 0],
];

describe('the bound of a night', () => {
  it.each(table)(
    'is for %d VMs over %d subscriptions with %d writes each %d minutes',
    (vms, subscriptions, writesEach, minutes) => {
      expect(boundMs({ vms, subscriptions, writesEach }) / 60_000).toBeCloseTo(minutes, 2);
    },
  );

  it('is that of the fullest subscription', () => {
    expect(boundMs({ vms: 10_001, subscriptions: 20, writesEach: 1 })).toBe(30_100);
  });
});
