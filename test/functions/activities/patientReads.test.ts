import { patientReads } from '../../../functions/activities/window/patientReads';
import { faultOf } from '../../support/intakeWorld';

/** A clock that somebody sets back by so much at the third pause. */
function clockSetBack(byMs: number) {
  let nowMs = 1_000_000;
  let pauses = 0;
  let waitedMs = 0;
  return {
    waited: () => waitedMs,
    now: () => nowMs,
    skew: () => ({ skewMs: 0, measuredAt: null }),
    wait: async (ms: number) => {
      pauses += 1;
      waitedMs += ms;
      nowMs += ms - (pauses === 3 ? byMs : 0);
    },
  };
}

describe('reads that are asked for again', () => {
  it.each([0, 300_000, -300_000])(
    'end in their time, although the clock is set back by %s ms meanwhile',
    async (byMs) => {
      const clock = clockSetBack(byMs);
      const read = patientReads(clock, clock.now() + 10_000);
      const failing = () => Promise.reject(faultOf('unavailable'));
      const readings = await read(['nsg-1'], failing);
      expect(readings.get('nsg-1')).toMatchObject({ kind: 'fault' });
      expect(clock.waited()).toBeGreaterThan(4_000);
      expect(clock.waited()).toBeLessThanOrEqual(10_000);
    },
  );
});
