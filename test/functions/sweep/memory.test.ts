import { SweepMemory } from '../../../functions/sweep/memory';
import type { LogFields } from '../../../shared/ports/log';
import { createTestWorld, minute, nsgNic, nsgSubnet } from '../../support/windowWorld';

const day = 24 * 60 * minute;
/** A full hour of the clock: ten cycles of a minute begin here, and of five minutes as well. */
const hour = Date.UTC(2026, 0, 1, 10);

describe('when the lists are asked', () => {
  it('is the tenth cycle of the clock, in a process that never listed', () => {
    const memory = new SweepMemory(minute);
    expect(memory.isListingDue(hour + 9 * minute - 1)).toBe(false);
    expect(memory.isListingDue(hour + 9 * minute)).toBe(true);
    expect(new SweepMemory(minute).isListingDue(hour + 9.9 * minute)).toBe(true);
    expect(new SweepMemory(minute).isListingDue(hour + 10 * minute)).toBe(false);
  });

  it('is at once, when the cycle for it went by without a sweep', () => {
    const memory = new SweepMemory(minute);
    expect(memory.isListingDue(hour + 2 * minute)).toBe(false);
    expect(memory.isListingDue(hour + 11 * minute)).toBe(true);
  });

  it('is ten cycles after the last list, half a cycle sooner or later', () => {
    const memory = new SweepMemory(minute);
    memory.listed(hour);
    expect(memory.isListingDue(hour + 9 * minute)).toBe(false);
    expect(memory.isListingDue(hour + 9.5 * minute - 1)).toBe(false);
    expect(memory.isListingDue(hour + 9.5 * minute)).toBe(true);
    memory.listed(hour + 10 * minute);
    expect(memory.isListingDue(hour + 19 * minute)).toBe(false);
    expect(memory.isListingDue(hour + 20 * minute)).toBe(true);
  });
});

describe('what is news', () => {
  it('is each key once, whatever its casing', () => {
    const memory = new SweepMemory(minute);
    expect(memory.isNews(hour, 'a', 'b')).toBe(true);
    expect(memory.isNews(hour, 'A', 'b')).toBe(false);
    expect(memory.isNews(hour, 'a', 'c')).toBe(true);
    expect(memory.isNews(hour, 'ab')).toBe(true);
  });

  it('is what lasts once a day', () => {
    const memory = new SweepMemory(minute);
    const news: number[] = [];
    for (let at = hour; at <= hour + 2 * day; at += minute) {
      if (memory.isNews(at, 'x')) news.push(at - hour);
    }
    expect(news).toEqual([0, day, 2 * day]);
  });

  it.each([
    ['of ten seconds', 10_000, 10 * minute],
    ['of a minute', minute, 10 * minute],
    ['of five minutes', 5 * minute, 50 * minute],
  ])('is what comes back after ten cycles %s, ten minutes at least', (_, periodMs, awayMs) => {
    const memory = new SweepMemory(periodMs);
    memory.isNews(hour, 'x');
    expect(memory.isNews(hour + awayMs - 1, 'x')).toBe(false);
    expect(memory.isNews(hour + 2 * awayMs - 1, 'x')).toBe(true);
  });

  it('is remembered of 20,000 keys, and forgotten first of what was not seen for longest', () => {
    const memory = new SweepMemory(minute);
    for (let n = 0; n < 20_000; n++) memory.isNews(hour, String(n));
    expect(memory.isNews(hour, '0')).toBe(false);
    expect(memory.isNews(hour, 'one more')).toBe(true);
    expect(memory.isNews(hour, '0')).toBe(false);
    expect(memory.isNews(hour, '2')).toBe(false);
    expect(memory.isNews(hour, '1')).toBe(true);
  });
});

describe('an alarm about a rule', () => {
  it('is raised once for each name, finding, NSG and rule, with all it is told', () => {
    const { log, lines } = createTestWorld();
    const memory = new SweepMemory(minute);
    const raise = (nsgId: string, rule: string, more: LogFields) =>
      memory.alarm(log, hour, 'foreignRule', nsgId, rule, more);
    for (let time = 0; time < 2; time++) {
      raise(nsgNic, 'one', { found: 'foreign' });
      raise(nsgNic, 'one', { found: 'unsigned' });
      raise(nsgNic, 'one', { faultKind: 'denied' });
      raise(nsgNic, 'one', { found: 7 });
      raise(nsgNic, 'two', { found: 'foreign' });
      raise(nsgSubnet, 'one', { found: 'foreign' });
      memory.alarm(log, hour, 'copiedRule', nsgNic, 'one', { found: 'foreign' });
    }
    expect(lines.map(({ event, fields }) => [event, fields])).toEqual([
      ['foreignRule', { nsgId: nsgNic, rule: 'one', found: 'foreign' }],
      ['foreignRule', { nsgId: nsgNic, rule: 'one', found: 'unsigned' }],
      ['foreignRule', { nsgId: nsgNic, rule: 'one', faultKind: 'denied' }],
      ['foreignRule', { nsgId: nsgNic, rule: 'two', found: 'foreign' }],
      ['foreignRule', { nsgId: nsgSubnet, rule: 'one', found: 'foreign' }],
      ['copiedRule', { nsgId: nsgNic, rule: 'one', found: 'foreign' }],
    ]);
  });
});

describe('where rules were seen', () => {
  it('is nowhere at first, and then each NSG once, whatever its casing', () => {
    const memory = new SweepMemory(minute);
    expect([memory.sightings, memory.subscriptions, memory.nsgIds]).toEqual([[], [], []]);
    const seen = [nsgNic, nsgNic.toUpperCase(), nsgSubnet];
    memory.sightings = seen.map((nsgId) => ({ nsgId, ruleName: 'x', description: '' }));
    expect(memory.nsgIds).toEqual([nsgNic.toLowerCase(), nsgSubnet.toLowerCase()]);
  });
});
