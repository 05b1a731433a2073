import type { Affliction } from '../stage';
import { at, circumstances, good, id, line, truth } from './goodWindow';
import { activationsOf } from './activations';
import { needlessFaults } from './needless';

const lacking = (minutes: number, faultId: number): Affliction => ({
  kind: 'lists lack an activation for 20 s',
  id: faultId,
  group: 'resourceManager',
  atMs: at(minutes),
  untilMs: at(minutes),
});

/** What the oracle says of a close in minute 8 for an activation that still stood. */
function saidAfter(...afflictions: Affliction[]): string[] {
  return saidAt(8, afflictions);
}

function saidAt(minutes: number, afflictions: readonly Affliction[]): string[] {
  const closing = line(minutes, {
    event: 'window.closing',
    windowId: id,
    reason: 'activationGone',
  });
  const history = { ...good, lines: [closing] };
  const told = { ...circumstances, afflictions };
  return needlessFaults(history, activationsOf([truth]), told).map(({ what }) => what);
}

describe('closed as an activation that is gone', () => {
  it('excuses what two faults of lists, half a minute apart, have made it believe', () => {
    expect(saidAfter(lacking(7.4, 3), lacking(7.99, 1))).toEqual([]);
  });

  it('excuses a list that shows late what is young, while it is young', () => {
    const late = { ...lacking(0.1, 1), kind: 'listed 20 s late', untilMs: at(10) };
    expect(saidAt(0.4, [late])).toEqual([]);
    expect(saidAt(0.6, [late])).toHaveLength(1);
    expect(saidAt(0.4, [{ ...late, untilMs: at(10), atMs: at(0.5) }])).toHaveLength(1);
  });

  it.each([
    ['nothing was wrong with any list', []],
    ['one answer lacked it', [lacking(7.9, 1)]],
    ['the same fault struck twice', [lacking(7.4, 1), lacking(7.99, 1)]],
    ['two faults struck within half a minute', [lacking(7.7, 3), lacking(7.99, 1)]],
    ['the two were long over', [lacking(1, 3), lacking(2, 1)]],
    ['the second came afterwards', [lacking(7.4, 3), lacking(8.1, 1)]],
  ])('does not where %s', (_what, afflictions) => {
    expect(saidAfter(...afflictions)).toHaveLength(1);
  });
});
