import { hostSchedule, nightAt, parseNcrontab } from '../../../shared/config/ncrontab';

const nightly = '0 30 2 * * *';
const at = (text: string): number => Date.parse(text);

describe('an NCRONTAB expression', () => {
  it.each([nightly, '0 */5 * * * *', '0 30 2 * * 1-5', '15 0 0 1 1 *'])('may be %s', (text) => {
    expect(parseNcrontab(text)).toBe(text);
  });

  it.each(['', '30 2 * * *', '0 30 25 * * *', '0 30 2 * * * *', 'night', '00:05:00'])(
    'may not be %j',
    (text) => {
      expect(parseNcrontab(text)).toBeNull();
    },
  );
});

describe('the schedule of the host', () => {
  it('is the night itself in UTC, and a question every five minutes elsewhere', () => {
    expect(hostSchedule(nightly, 'UTC')).toBe(nightly);
    expect(hostSchedule(nightly, 'Europe/Berlin')).toBe('0 */5 * * * *');
  });
});

describe('a night', () => {
  it.each([
    ['UTC, whenever it is called for', 'UTC', '2026-11-30T14:00:00Z', '20261130'],
    ['Berlin in winter', 'Europe/Berlin', '2026-11-30T01:30:00Z', '20261130'],
    ['Berlin in winter, asked late', 'Europe/Berlin', '2026-11-30T01:34:59Z', '20261130'],
    ['Berlin in summer', 'Europe/Berlin', '2026-07-01T00:30:00Z', '20260701'],
    ['Kolkata, half an hour off', 'Asia/Kolkata', '2026-11-29T21:00:00Z', '20261130'],
    ['Honolulu, a day behind', 'Pacific/Honolulu', '2026-12-01T12:30:00Z', '20261201'],
  ])('begins in %s', (_, timeZone, now, day) => {
    expect(nightAt(nightly, timeZone, at(now))).toBe(day);
  });

  it.each([
    ['a second early', '2026-11-30T01:29:58Z'],
    ['five minutes late', '2026-11-30T01:35:00Z'],
    ['at noon', '2026-11-30T12:00:00Z'],
  ])('does not begin %s', (_, now) => {
    expect(nightAt(nightly, 'Europe/Berlin', at(now))).toBeNull();
  });

  it('that the clock skips begins once, and so does one that it repeats', () => {
    const nights = (from: string): (string | null)[] =>
      Array.from({ length: 60 }, (_, turn) => at(from) + turn * 5 * 60_000)
        .map((now) => nightAt(nightly, 'Europe/Berlin', now))
        .filter((day) => day !== null);
    // 2027-03-28: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
    expect(new Set(nights('2027-03-27T23:00:00Z'))).toEqual(new Set(['20270328']));
    expect(new Set(nights('2026-10-24T22:00:00Z'))).toEqual(new Set(['20261025']));
  });
});
