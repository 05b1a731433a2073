import * as fc from 'fast-check';
import { noTally } from '../../../../shared/domain/remediation/remediationRow';
import { runProgress } from '../../../../shared/domain/remediation/runProgress';
import { nightBegin, runRow } from '../../../support/nightWorld';

const minute = 60_000;
const at = nightBegin + 10 * minute;
const ended = (count: number) => ({
  ...noTally,
  found: 100,
  ended: { ...noTally.ended, ready: count },
});

describe('how far a run is', () => {
  it.each([
    [
      'nobody has begun',
      runRow({ phase: 'asked', startedAt: null, tally: noTally }),
      0,
      null,
      null,
    ],
    [
      'it has just begun',
      runRow({ startedAt: at - 4_999, foundAt: at, tally: ended(9) }),
      9,
      null,
      null,
    ],
    [
      'it goes on for five seconds',
      runRow({ startedAt: at - 5_000, foundAt: at, tally: ended(10) }),
      10,
      120,
      45_000,
    ],
    ['VMs are still looked for', runRow({ tally: ended(50) }), 50, 5, null],
    ['all are found', runRow({ foundAt: at, tally: ended(50) }), 50, 5, 10 * minute],
    ['none is at its end', runRow({ foundAt: at, tally: ended(0) }), 0, 0, null],
    [
      'it is over: its rate stays what it was',
      runRow({ phase: 'done', endedAt: nightBegin + 20 * minute, foundAt: at, tally: ended(100) }),
      100,
      5,
      0,
    ],
    ['it was cancelled', runRow({ phase: 'cancelled', endedAt: at, tally: ended(50) }), 50, 5, 0],
  ])('%s', (_what, row, count, perMinute, leftMs) => {
    const now = row.endedAt === null ? at : at + 1_000 * minute;
    expect(runProgress(row, now)).toMatchObject({
      ended: count,
      isWhole: row.foundAt !== null,
      perMinute,
      leftMs,
    });
  });

  it('is never less than nothing, whatever clocks and counts say', () => {
    const time = fc.oneof(fc.constant(null), fc.integer({ min: -1e12, max: 1e13 }));
    const parts = fc.record({ startedAt: time, foundAt: time, endedAt: time });
    fc.assert(
      fc.property(parts, fc.nat(1_000), fc.integer(), (times, count, now) => {
        const { left, perMinute, leftMs } = runProgress(
          runRow({ ...times, tally: ended(count) }),
          now,
        );
        for (const one of [left, perMinute ?? 0, leftMs ?? 0]) {
          expect(Number.isFinite(one) && one >= 0).toBe(true);
        }
      }),
    );
  });
});
