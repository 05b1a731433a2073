import fc from 'fast-check';
import { createConfirmationTurns } from '../../../../shared/domain/intake/confirmationTurns';

describe('turns to ask', () => {
  it('are given to a burst at once, then one by one in the order of asking', () => {
    const turns = createConfirmationTurns(3, 100);
    const pauses = ['a', 'b', 'c', 'd', 'e'].map((id) => turns.pauseMs(id, 10_000));
    expect(pauses).toEqual([0, 0, 0, 100, 200]);
    expect(turns.pauseMs('e', 10_100)).toBe(0);
    expect(turns.pauseMs('f', 20_000)).toBe(0);
  });

  it('keep their time for whoever comes too early, and are not lost by coming late', () => {
    const turns = createConfirmationTurns(1, 5_000);
    turns.pauseMs('first', 0);
    expect(turns.pauseMs('second', 0)).toBe(5_000);
    expect(turns.pauseMs('second', 1_000)).toBe(4_000);
    expect(turns.pauseMs('third', 1_000)).toBe(9_000);
    expect(turns.pauseMs('second', 60_000)).toBe(0);
  });

  it('never exceed burst and rate in any span, whoever asks when', () => {
    const asks = fc.array(fc.tuple(fc.nat(200), fc.nat(3_000)), { maxLength: 300 });
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 10 }), (steps, burst) => {
        const everyMs = 250;
        const turns = createConfirmationTurns(burst, everyMs);
        let now = 0;
        const given: number[] = [];
        for (const [id, passMs] of steps) {
          now += passMs;
          const pauseMs = turns.pauseMs(String(id), now);
          expect(pauseMs).toBeGreaterThanOrEqual(0);
          if (pauseMs === 0) given.push(now);
        }
        // Whoever waited may come late, and so together with others; on the whole the rate holds.
        expect(given.length).toBeLessThanOrEqual(burst + now / everyMs + 1_000 / everyMs + 1);
      }),
    );
  });
});
