import { CronExpressionParser } from 'cron-parser';
import * as fc from 'fast-check';
import { longestGapMs } from '../../../shared/config/schedule';

describe('the longest time between two runs', () => {
  it.each<[string, number | null]>([
    ['* * * * * *', 1],
    ['*/5 * * * * *', 5],
    ['*/7 * * * * *', 7],
    ['0 * * * * *', 60],
    ['30 */10 * * * *', 600],
    ['0,10 * * * * *', 50],
    ['10-20/5 * * * * *', 50],
    ['0 0 * * * *', 3_600],
    ['0 30 4 * * *', 86_400],
    ['0 0 8-18 * * *', 50_400],
    ['  */5  *  *  *  *  * ', 5],
    ['*/5 * * * *', null],
    ['*/5 * * * * * *', null],
    ['*/5 * * 1 * *', null],
    ['*/5 * * * * MON', null],
    ['60 * * * * *', null],
    ['* 60 * * * *', null],
    ['* * 24 * * *', null],
    ['', null],
    ['@daily', null],
  ])('of %j', (schedule, seconds) => {
    expect(longestGapMs(schedule)).toBe(seconds === null ? null : seconds * 1_000);
  });

  it('is never shorter than a gap that another reader of such schedules finds', () => {
    const field = (largest: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: 1, max: largest }).map((step) => `*/${step}`),
        fc
          .uniqueArray(fc.integer({ min: 0, max: largest }), { minLength: 1, maxLength: 3 })
          .map(String),
      );
    fc.assert(
      fc.property(field(59), field(59), field(23), (second, minute, hour) => {
        const schedule = `${second} ${minute} ${hour} * * *`;
        const runs = CronExpressionParser.parse(schedule, {
          currentDate: new Date('2026-01-01T00:00:00Z'),
          tz: 'UTC',
        });
        let [last, longest] = [runs.next().getTime(), 0];
        for (let run = 0; run < 50; run++) {
          const next = runs.next().getTime();
          longest = Math.max(longest, next - last);
          last = next;
        }
        expect(longestGapMs(schedule)).toBeGreaterThanOrEqual(longest);
      }),
      { numRuns: 60 },
    );
  });
});
