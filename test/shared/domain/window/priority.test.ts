import fc from 'fast-check';
import { freePriority, isForbiddenPriority } from '../../../../shared/domain/window/priority';
import { foreignRule } from '../../../support/grants';

describe('priorities', () => {
  it('are the lowest free of the band, outbound rules aside', () => {
    const rules = [
      foreignRule({ name: 'a', priority: 200 }),
      foreignRule({ name: 'b', priority: 202 }),
      foreignRule({ name: 'c', priority: 201, direction: 'Outbound' }),
    ];
    expect(freePriority({ from: 200, to: 899 }, rules, 'x', 0)).toBe(201);
  });

  it('lie in the band, are free, and are never those that Defender takes', () => {
    const band = fc
      .tuple(fc.integer({ min: 100, max: 4_096 }), fc.integer({ min: 100, max: 4_096 }))
      .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    const taken = fc.uniqueArray(fc.integer({ min: 100, max: 4_096 }), { maxLength: 60 });
    fc.assert(
      fc.property(band, taken, fc.nat({ max: 6 }), fc.string(), (of, priorities, plans, name) => {
        const rules = priorities.map((priority) => foreignRule({ name: `t${priority}`, priority }));
        const found = freePriority(of, rules, name, plans);
        if (found === null) return;
        expect(found).toBeGreaterThanOrEqual(of.from);
        expect(found).toBeLessThanOrEqual(of.to);
        expect(priorities).not.toContain(found);
        expect(isForbiddenPriority(found)).toBe(false);
      }),
    );
  });

  it.each([
    [99, false],
    [100, true],
    [105, true],
    [110, true],
    [111, false],
    [999, false],
    [1_000, true],
    [1_001, false],
    [4_094, false],
    [4_095, true],
    [4_096, true],
    [4_097, false],
  ])('of Defender are left to it: %d is one: %s', (priority, isDefenders) => {
    expect(isForbiddenPriority(priority)).toBe(isDefenders);
    const band = { from: priority, to: priority };
    for (const plans of [0, 1, 3]) {
      expect(freePriority(band, [], 'x', plans)).toBe(isDefenders ? null : priority);
    }
  });

  it('include the one that the rule itself has, whatever case its name has', () => {
    const band = { from: 200, to: 201 };
    const own = foreignRule({ name: 'Postern-X', priority: 200 });
    const other = foreignRule({ name: 'other', priority: 201 });
    expect(freePriority(band, [own, other], 'postern-x', 0)).toBe(200);
    expect(freePriority(band, [own, other], 'another', 0)).toBeNull();
  });

  it('are chosen among thirty-two after one conflict, and among four times as many after two', () => {
    const band = { from: 200, to: 899 };
    const names = Array.from({ length: 2_000 }, (_, n) => `postern-abc123-${n}`);
    const most = (plans: number): number =>
      Math.max(...names.map((name) => freePriority(band, [], name, plans) ?? 0));
    expect([most(0), most(1), most(2)]).toEqual([200, 231, 327]);
    expect(most(3)).toBeGreaterThan(800);
  });

  it('spread after a conflict, so that fifty planners do not meet again', () => {
    const band = { from: 200, to: 899 };
    const names = Array.from({ length: 50 }, (_, n) => `postern-abc123-${n}`);
    const chosen = new Set(names.map((name) => freePriority(band, [], name, 3)));
    expect(chosen.size).toBeGreaterThan(35);
  });
});
