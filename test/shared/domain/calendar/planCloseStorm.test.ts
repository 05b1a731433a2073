import { networkPeriod } from '../../../../shared/domain/calendar/calendar';
import { tokensMs } from '../../../../shared/domain/calendar/guard';
import { planClose } from '../../../../shared/domain/calendar/planClose';
import {
  admitAll,
  closeOn,
  liveDeleteMs,
  liveEarliest,
  liveEnd as until,
  liveGuardMs,
  liveRowOf,
  startsOf,
} from '../../../support/liveRows';

/** What takes many windows, and so its time: apart from the rest, which is tried against each mutant. */
describe('The calendar of closes in a storm', () => {
  it('plans 1,000 that end in the same second over the 80 s that their tokens take', () => {
    const live = admitAll(1_001, (at) => [closeOn(at)]);
    expect(live).toHaveLength(1_001);
    const starts = startsOf(live);
    const thousand = starts.slice(0, 1_000);
    expect(Math.max(...thousand)).toBe(until - liveGuardMs);
    expect(Math.max(...thousand) - Math.min(...thousand)).toBe(tokensMs(1_000));
    // The provider takes the next one five minutes earlier.
    expect(Math.max(...starts) - Math.min(...starts)).toBe(networkPeriod.seconds * 1_000);
  });

  it('counts each subscription by itself', () => {
    const live = admitAll(400, (at) => [closeOn(at, `${at % 2}`)]);
    expect(new Set(startsOf(live))).toEqual(new Set([until - liveGuardMs]));
  });

  it('finds everybody the same place, whether they come one by one or all at once', () => {
    const all = Array.from({ length: 300 }, (_item, at) => liveRowOf(at, [closeOn(at % 40)]));
    const oneByOne = admitAll(300, (at) => [closeOn(at % 40)]);
    const atOnce = all.map((row) => planClose(all, row, liveDeleteMs, liveEarliest));
    expect(atOnce).toEqual(startsOf(oneByOne));
  });
});
