import fc from 'fast-check';
import {
  fitsBucket,
  fitsPeriod,
  newTrack,
  note,
  overlapping,
  type Track,
} from '../../../../shared/domain/calendar/tracks';

const span = { from: 1_000, to: 1_040 };
const bucket = { burst: 20, perSecond: 3 };
const period = { seconds: 6, most: 40 };

type Call = { readonly second: number; readonly count: number };

const inside = fc.integer({ min: span.from, max: span.to - 1 });
const anyCalls = fc.array(fc.record({ second: inside, count: fc.integer({ min: 1, max: 15 }) }), {
  maxLength: 12,
});

function trackOf(calls: readonly Call[]): Track {
  const track = newTrack(span);
  for (const { second, count } of calls) note(track, second, count);
  return track;
}

/** The calls from one second to another, both included. */
function between(calls: readonly Call[], from: number, to: number): number {
  return calls
    .filter(({ second }) => from <= second && second <= to)
    .reduce((sum, { count }) => sum + count, 0);
}

/** Every stretch of seconds that holds this one, as far as calls can be. */
function stretchesAround(second: number): { readonly from: number; readonly to: number }[] {
  const seconds = Array.from({ length: span.to - span.from }, (_, at) => span.from + at);
  const starts = seconds.filter((from) => from <= second);
  return starts.flatMap((from) => seconds.filter((to) => to >= second).map((to) => ({ from, to })));
}

describe('a track of calls', () => {
  it('has room in the bucket if no stretch of time asks for more than it holds and gains', () => {
    fc.assert(
      fc.property(anyCalls, inside, fc.integer({ min: 1, max: 20 }), (calls, second, more) => {
        const fits = stretchesAround(second).every(
          ({ from, to }) =>
            between(calls, from, to) + more <= bucket.burst + bucket.perSecond * (to - from),
        );
        expect(fitsBucket(trackOf(calls), second, more, bucket)).toBe(fits);
      }),
    );
  });

  it('has room in the period if none that holds the second has more, wherever it begins', () => {
    fc.assert(
      fc.property(anyCalls, inside, fc.integer({ min: 1, max: 40 }), (calls, second, more) => {
        const starts = Array.from({ length: period.seconds }, (_, at) => second - at);
        const fits = starts.every(
          (from) => between(calls, from, from + period.seconds - 1) + more <= period.most,
        );
        expect(fitsPeriod(trackOf(calls), second, more, period)).toBe(fits);
      }),
    );
  });

  it('keeps nothing of what lies outside its time', () => {
    const track = newTrack(span);
    note(track, span.from - 1, 100);
    note(track, span.to, 100);
    expect(track.total).toBe(0);
    expect(fitsBucket(track, span.from, bucket.burst, bucket)).toBe(true);
    note(track, span.from, bucket.burst);
    note(track, span.to - 1, bucket.burst);
    expect(track.total).toBe(2 * bucket.burst);
    expect(fitsBucket(track, span.from, 1, bucket)).toBe(false);
    expect(fitsBucket(track, span.to - 1, 1, bucket)).toBe(false);
  });

  it('holds nothing where its time has no length', () => {
    const track = newTrack({ from: 10, to: 5 });
    note(track, 10, 100);
    expect(track.total).toBe(0);
  });
});

describe('stretches of an NSG’s time', () => {
  const taken = [
    { from: 10, to: 20 },
    { from: 30, to: 40 },
  ];
  it.each([
    [20, 30, undefined],
    [0, 10, undefined],
    [40, 50, undefined],
    [19, 21, taken[0]],
    [9, 11, taken[0]],
    [12, 13, taken[0]],
    [29, 31, taken[1]],
    [0, 50, taken[0]],
  ])('from %d to %d', (from, to, found) => {
    expect(overlapping(taken, { from, to })).toBe(found);
  });
});
