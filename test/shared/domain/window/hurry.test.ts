import { nowOf } from '../../../../shared/domain/instant';
import { hurry } from '../../../../shared/domain/window/hurry';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { Placement } from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { readingsOf } from '../../../support/planReadings';
import { grantOf, nsgNic, rowOf, signer } from '../../../support/grants';

const time = createTime();
const row = rowOf(time, grantOf(time));
const [planned] = planWindow(row, 'abc123', signer, readingsOf([nsgNic])).placements;
const deadline = row.wantedUntil;

describe('a delete that failed', () => {
  it.each([
    ['180 s before the deadline', -180_000, 22_500],
    ['40 s before', -40_000, 5_000],
    ['1 s before', -1_000, 2_000],
    ['at the deadline', 0, 2_000],
    ['80 s past it', 80_000, 10_000],
    ['an hour past it', 3_600_000, 30_000],
    ['an hour before it (closed early)', -3_600_000, 30_000],
  ])('%s is asked for again within %2$d ms', (_, offsetMs, withinMs) => {
    const now = deadline + offsetMs;
    const failed = placementAt('closing', now + 600_000);
    expect(hurry(row, failed, nowOf(now, 0)).notBefore).toBe(now + withinMs);
  });

  it('is never put off by hurrying', () => {
    const soon = placementAt('closing', deadline - 179_000);
    expect(hurry(row, soon, nowOf(deadline - 180_000, 0))).toBe(soon);
  });

  it.each(['open', 'gone', 'disarmed', 'closed'] as const)(
    'hurries nothing that is %s',
    (phase) => {
      const other = placementAt(phase, deadline + 600_000);
      expect(hurry(row, other, nowOf(deadline, 0))).toBe(other);
    },
  );
});

function placementAt(phase: Placement['phase'], notBefore: number): Placement {
  if (planned === undefined) throw new Error('nothing was planned');
  return { ...planned, phase, notBefore, fault: facts('unavailable'), faults: 9 };
}
