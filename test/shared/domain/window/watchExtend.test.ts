import { knowsNothing, type Knowledge } from '../../../../shared/domain/window/knowledge';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { watchStep } from '../../../../shared/domain/window/watchStep';
import {
  at,
  extending,
  first,
  lastPut,
  next,
  now_,
  open,
  pending,
  placement,
} from '../../../support/extending';
import { facts } from '../../../support/fakeNetwork';
import { nsgNic } from '../../../support/grants';
import { nsgReading } from '../../../support/planReadings';

type Reading = ReturnType<typeof nsgReading>;

/** What is done with a rule that stands open, after a read that was begun then. */
function watch(
  row: WindowRow,
  one: Placement,
  reading: Partial<Reading>,
  changes: Partial<Knowledge> = {},
) {
  const read = nsgReading(nsgNic, { startedAt: now_, rules: [one.rule], ...reading });
  const observation = { kind: 'read' as const, reading: read };
  return watchStep(row, one, { ...knowsNothing, observation, ...changes }, at(now_));
}

describe('an open rule whose window is to stay open for longer', () => {
  const confirmed: Partial<Knowledge> = {
    confirmation: { kind: 'standing', answeredAt: now_ },
    extendedRule: next,
  };

  it('is extended once it is seen as it was', () => {
    const extend = { do: 'extendRule', rule: next, answeredAt: now_ };
    expect(watch(extending, placement, {}, confirmed)).toEqual(extend);
    expect(watch(open, placement, {}, confirmed)).toMatchObject({ do: 'wait' });
  });

  it('is proved when the read after the PUT shows the new marker, and waited for with the old', () => {
    const shows = (rule: Placement['rule'], startedAt: number) =>
      watch(extending, pending, { rules: [rule], startedAt }, confirmed).do;
    expect(shows(next, now_)).toBe('proveExtended');
    expect(shows(next, now_ - 1)).toBe('wait');
    expect(shows(pending.rule, now_)).toBe('wait');
    const other = { ...next, priority: next.priority + 1 };
    expect(shows(other, now_)).toBe('closeWindow');
  });

  it('is looked at sooner while that is under way', () => {
    const unreadable: Partial<Knowledge> = {
      observation: { kind: 'unreadable', startedAt: now_, fault: facts('unavailable') },
    };
    const until = (row: WindowRow, one: Placement): number => {
      const step = watchStep(row, one, { ...knowsNothing, ...unreadable }, at(now_));
      if (step.do !== 'wait') throw new Error(`It is not waited for, but ${step.do}.`);
      return step.until;
    };
    expect(until(extending, placement)).toBeLessThan(until(open, placement));
    expect(until(open, pending)).toBeLessThan(until(open, placement));
    expect(until(extending, pending)).toBe(until(extending, placement));
    const busy = { provisioningState: 'Updating' };
    const idle = watch(open, placement, busy);
    const under = watch(extending, pending, busy);
    expect([idle.do, under.do]).toEqual(['wait', 'wait']);
    expect(under).not.toEqual(idle);
  });

  it('falls back when it is too late for that, whatever is seen', () => {
    const late = at(lastPut + 1);
    expect(watchStep(extending, placement, knowsNothing, late)).toEqual({
      do: 'dropExtend',
      until: first,
    });
    expect(watchStep(open, placement, knowsNothing, late)).toEqual({ do: 'look' });
  });
});
