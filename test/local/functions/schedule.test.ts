import { parseSchedule } from '../../../local/functions/host/schedule';
import { parseTimeSpan, timeSpan } from '../../../local/functions/engine/timeSpan';

// 2026-01-01 is a Thursday.
const from = '2026-01-01T10:00:00.000Z';

describe('schedules of timer functions', () => {
  it.each([
    ['every 15 s', '*/15 * * * * *', '2026-01-01T10:00:15.000Z'],
    ['every five minutes', '0 */5 * * * *', '2026-01-01T10:05:00.000Z'],
    ['daily at two', '0 0 2 * * *', '2026-01-02T02:00:00.000Z'],
    ['working days at nine', '0 0 9 * * 1-5', '2026-01-02T09:00:00.000Z'],
    ['Sundays, as 0', '0 0 0 * * 0', '2026-01-04T00:00:00.000Z'],
    ['Sundays, by name', '0 0 0 * * Sun', '2026-01-04T00:00:00.000Z'],
    ['a 13th that is a Friday: both have to match', '0 0 0 13 * 5', '2026-02-13T00:00:00.000Z'],
    ['five fields mean second 0', '30 10 * * *', '2026-01-01T10:30:00.000Z'],
    ['a TimeSpan', '00:00:45', '2026-01-01T10:00:45.000Z'],
    ['a long TimeSpan', '1.00:00:00', '2026-01-02T10:00:00.000Z'],
  ])('%s', (_name, text, next) => {
    expect(new Date(parseSchedule(text).next(Date.parse(from))).toISOString()).toBe(next);
  });

  it.each(['', 'soon', '* * * *', '61 * * * * *', '00:00:00', '0 0 25 * * *', 'a:b'])(
    'refuses %j',
    (text) => {
      expect(() => parseSchedule(text)).toThrow(/is not valid|is not a TimeSpan/);
    },
  );
});

it('TimeSpans are read and written as .NET does', () => {
  for (const text of ['00:00:04', '3.00:00:00', '6.00:00:00', '00:05:00']) {
    expect(timeSpan(parseTimeSpan(text))).toBe(text);
  }
  expect(parseTimeSpan('00:00:00.5')).toBe(500);
  expect(() => parseTimeSpan('5 minutes')).toThrow(/not a TimeSpan/);
});
