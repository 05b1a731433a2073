import { createCalendar, networkPeriod } from '../../../../shared/domain/calendar/calendar';
import type { LiveClose } from '../../../../shared/domain/live';

const latest = 1_800_000_000_000;
const hour = 3_600_000;
const deleteMs = 12_000;
const earliest = latest - hour;
const newCalendar = () => createCalendar(deleteMs, earliest, latest);

function closeOn(name: string, changes: { region?: string; sub?: string; rules?: number } = {}) {
  const { region = 'westeurope', sub = '1', rules = 1 } = changes;
  const guid = `${sub.repeat(8)}-1111-4111-8111-111111111111`;
  const provider = 'providers/Microsoft.Network/networkSecurityGroups';
  const nsgId = `/subscriptions/${guid}/resourceGroups/rg/${provider}/${name}`;
  return { nsgId, region, rules } satisfies LiveClose;
}

describe('the calendar', () => {
  it('gives the moment itself, to the millisecond, or else a whole second before it', () => {
    const calendar = newCalendar();
    const close = [closeOn('a')];
    expect(calendar.latestFit(close, latest - 1, earliest)).toBe(latest - 1);
    calendar.book(close, latest);
    expect(calendar.latestFit(close, latest + 250, earliest)).toBe(latest - deleteMs);
  });

  it('finds an NSG free again when the deletes before it are done, whatever its spelling', () => {
    const calendar = newCalendar();
    calendar.book([closeOn('a', { rules: 3 })], latest - 60_000);
    const upper = [{ ...closeOn('a'), nsgId: closeOn('a').nsgId.toUpperCase() }];
    expect(calendar.latestFit(upper, latest - 24_000, earliest)).toBe(latest - 24_000);
    expect(calendar.latestFit(upper, latest - 24_001, earliest)).toBe(latest - 72_000);
    expect(calendar.latestFit([closeOn('b')], latest - 24_001, earliest)).toBe(latest - 24_001);
  });

  it('keeps an NSG for whole seconds, and for one at least', () => {
    for (const [ms, seconds] of [
      [1_001, 2],
      [0, 1],
    ] as const) {
      const calendar = createCalendar(ms, earliest, latest);
      calendar.book([closeOn('a')], latest);
      expect(calendar.latestFit([closeOn('a')], latest, earliest)).toBe(latest - seconds * 1_000);
    }
  });

  it('has no place for a window if only one of its subscriptions has room', () => {
    const calendar = newCalendar();
    for (let at = 0; at < 200; at++) calendar.book([closeOn(`n${at}`)], latest);
    const free = closeOn('x', { sub: '2' });
    const full = closeOn('y');
    expect(calendar.latestFit([free], latest, earliest)).toBe(latest);
    // A second before there is one token more than two hundred.
    expect(calendar.latestFit([free, full], latest, earliest)).toBe(latest - 1_000);
    expect(calendar.latestFit([full, free], latest, earliest)).toBe(latest - 1_000);
  });

  it('has no place for a window if only one of its regions has room', () => {
    const calendar = newCalendar();
    for (let at = 0; at < 10; at++) {
      const rules = Array.from({ length: 100 }, (_, n) => closeOn(`n${at}-${n}`));
      calendar.book(rules, latest - at * 20_000);
    }
    const free = closeOn('x', { region: 'northeurope' });
    const full = closeOn('y');
    const alone = calendar.latestFit([full], latest, earliest);
    expect(alone).toBeLessThan(latest - 100_000);
    expect(calendar.latestFit([free], latest, earliest)).toBe(latest);
    expect(calendar.latestFit([free, full], latest, earliest)).toBe(alone);
    expect(calendar.latestFit([full, free], latest, earliest)).toBe(alone);
  });

  it('looks no further back than it may, and at the first second in any case', () => {
    const calendar = newCalendar();
    const close = [closeOn('a')];
    // Taken at its own second, and its earliest lies in that same second.
    calendar.book(close, latest);
    expect(calendar.latestFit(close, latest + 900, latest + 100)).toBeNull();
    expect(calendar.latestFit(close, latest + 900, latest - 2 * deleteMs)).toBe(latest - deleteMs);
    const empty = newCalendar();
    expect(empty.latestFit(close, latest + 900, latest + 900)).toBe(latest + 900);
  });

  it('has no place before the earliest moment', () => {
    const calendar = newCalendar();
    const close = [closeOn('a')];
    expect(calendar.latestFit(close, latest, latest)).toBe(latest);
    expect(calendar.latestFit(close, latest, latest + 1)).toBeNull();
    calendar.book(close, latest);
    expect(calendar.latestFit(close, latest, latest - deleteMs)).toBe(latest - deleteMs);
    expect(calendar.latestFit(close, latest, latest - deleteMs + 1)).toBeNull();
  });

  it('counts what the provider takes by subscription and region, in any spelling', () => {
    const calendar = newCalendar();
    // Ten windows of a hundred rules, far enough apart for the tokens.
    for (let at = 0; at < 10; at++) {
      calendar.book([closeOn(`nsg-${at}`, { rules: 100 })], latest - at * 20_000);
    }
    const place = (changes: { region?: string; sub?: string }) =>
      calendar.latestFit([closeOn('x', changes)], latest, earliest);
    // The period that ends with the first of them holds no tenth one any more.
    expect(place({})).toBe(latest - networkPeriod.seconds * 1_000);
    expect(place({ region: 'WestEurope' })).toBe(latest - networkPeriod.seconds * 1_000);
    expect(place({ region: 'northeurope' })).toBe(latest);
    expect(place({ sub: '2' })).toBe(latest);
  });

  it('counts the tokens of a subscription over all its regions, and all rules of a window', () => {
    const calendar = newCalendar();
    calendar.book([closeOn('a', { rules: 150 }), closeOn('b', { rules: 40 })], latest);
    const place = (changes: { region?: string; sub?: string; rules?: number }) =>
      calendar.latestFit([closeOn('x', changes)], latest, earliest);
    expect(place({ rules: 10 })).toBe(latest);
    expect(place({ rules: 11 })).toBe(latest - 1_000);
    expect(place({ rules: 20, region: 'northeurope' })).toBe(latest - 1_000);
    expect(place({ rules: 21, region: 'northeurope' })).toBe(latest - 2_000);
    expect(place({ rules: 200, sub: '2' })).toBe(latest);
  });

  it('holds what is ten minutes outside its time, and nothing farther away', () => {
    const margin = 2 * networkPeriod.seconds * 1_000;
    const at = (booked: number, asked: number): number | null => {
      const calendar = newCalendar();
      calendar.book([closeOn('a')], booked);
      return calendar.latestFit([closeOn('a')], asked, earliest - 2 * hour);
    };
    const first = earliest - margin;
    expect(at(first, first)).toBe(first - deleteMs);
    expect(at(first - 1, first - 1)).toBe(first - 1);
    const last = latest + margin - 1_000;
    expect(at(last, last)).toBe(last - deleteMs);
    expect(at(last + 1_000, last + 1_000)).toBe(last + 1_000);
  });
});
