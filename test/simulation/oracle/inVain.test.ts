import type { Affliction } from '../stage';
import { at, circumstances, good, put, remove } from './goodWindow';
import { inVainFaults } from './inVain';

/** What is said of so many DELETEs more of a rule that is gone. */
function said(times: number, changes: Partial<typeof remove> = {}, fault?: Affliction): number {
  const again = { ...remove, status: 204, existed: false, ...changes };
  const more = Array.from({ length: times }, (_, index) => ({ ...again, atMs: at(18 + index) }));
  const afflictions = fault === undefined ? [] : [fault];
  const history = { ...good, writes: [put, remove, ...more] };
  return inVainFaults(history, { ...circumstances, afflictions }).length;
}

describe('a rule that is gone', () => {
  it('is not deleted again and again', () => {
    expect(said(5)).toBe(0);
    expect(said(6)).toBe(1);
  });

  it('may be refused to be deleted as often as it is', () => {
    expect(said(20, { status: 429 })).toBe(0);
    expect(said(20, { by: 'others' })).toBe(0);
  });

  it('may be shown by whoever reads what was, and asked for by whoever has died in between', () => {
    const fault = { kind: 'x', id: 1, atMs: at(2), untilMs: at(2) };
    expect(said(20, {}, { ...fault, group: 'resourceManager' })).toBe(0);
    expect(said(20, {}, { ...fault, group: 'process' })).toBe(0);
    expect(said(20, {}, { ...fault, group: 'people' })).toBe(1);
  });
});
