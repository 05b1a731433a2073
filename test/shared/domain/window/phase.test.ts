import { planWindow } from '../../../../shared/domain/window/plan';
import { capabilities, outcomeOf, windowPhase } from '../../../../shared/domain/window/phase';
import type {
  Placement,
  PlacementPhase,
  WindowRow,
} from '../../../../shared/domain/window/windowRow';
import { createTime } from '../../../support/fakeNetwork';
import { grantOf, nsgNic, rowOf, signer } from '../../../support/grants';
import { readingsOf } from '../../../support/planReadings';

const time = createTime();
const T = time.now;
const base = rowOf(time, grantOf(time));
const [first] = planWindow(base, 'abc123', signer, readingsOf([nsgNic])).placements;
if (first === undefined) throw new Error('nothing was planned');
const planned = first;
const refusals = [{ vmId: '/vm', code: 'shadowed', rule: '', next: '' }];
const opened: Partial<Placement> = { openedAt: T };

/** A window whose placements are in these phases and were never open. */
function rowIn(
  phases: readonly PlacementPhase[],
  changes: Partial<WindowRow> = {},
  each: Partial<Placement> = {},
): WindowRow {
  const placements = phases.map((phase) => ({ ...planned, phase, ...each }));
  return { ...base, placements, ...changes };
}

describe('the phase of a window', () => {
  it.each<[PlacementPhase[], Partial<WindowRow>, string]>([
    [[], { closingAt: T }, 'closing'],
    [[], { wish: 'closed' }, 'closing'],
    [['open'], { closingAt: T }, 'closing'],
    [['closing', 'gone'], {}, 'closing'],
    [['closing', 'disarmed'], {}, 'closing'],
    [['closed', 'disarmed'], {}, 'closed'],
    [['closed', 'closed'], {}, 'closed'],
    [['open', 'closing'], {}, 'open'],
    [['planned', 'closing'], {}, 'planned'],
    [['planned', 'open'], {}, 'opening'],
    [['open'], { concludedAt: T }, 'closed'],
  ])('%j %j: %s', (phases, changes, phase) => {
    expect(windowPhase(rowIn(phases, changes))).toBe(phase);
  });

  it('allows to close what may be open, and to extend what is', () => {
    const allowed = (what: 'close' | 'extend'): string[] =>
      Object.entries(capabilities).flatMap(([phase, can]) => (can[what] ? [phase] : []));
    expect(allowed('close')).toEqual(['awaitingApproval', 'planned', 'opening', 'open']);
    expect(allowed('extend')).toEqual(['open']);
  });
});

describe('a window that was refused', () => {
  const over = { wish: 'closed', concludedAt: T } as const;
  it.each<[string, WindowRow, boolean]>([
    ['no plan', rowIn([], { ...over, closeReason: 'planFailed' }), true],
    ['nothing planned, and refusals', rowIn([], { ...over, refusals }), true],
    ['shadowed', rowIn(['closed'], { ...over, closeReason: 'shadowed' }), true],
    [
      'shadowed, after it was open',
      rowIn(['closed'], { ...over, closeReason: 'shadowed' }, opened),
      false,
    ],
    ['some of it, and the rest too late', rowIn(['closed'], { ...over, refusals }), false],
    ['nothing planned, and nothing said no', rowIn([], over), false],
    ['not at its end', rowIn([], { closeReason: 'planFailed', refusals }), false],
  ])('%s', (_, row, isRefused) => {
    expect(windowPhase(row) === 'refused').toBe(isRefused);
    expect(outcomeOf(row) === 'refused').toBe(isRefused);
  });

  it('is not one of whose rules one was open', () => {
    const [one, other] = rowIn(['closed', 'closed']).placements;
    if (one === undefined || other === undefined) throw new Error('two placements');
    const placements = [one, { ...other, ...opened }];
    const row = { ...base, ...over, placements, closeReason: 'shadowed' as const };
    expect(windowPhase(row)).toBe('closed');
  });
});

describe('how a window ended', () => {
  const kinds = (...closedKinds: NonNullable<Placement['closedKind']>[]): Partial<WindowRow> => ({
    placements: closedKinds.map((closedKind) => ({ ...planned, ...opened, closedKind })),
  });
  it.each<[string, Partial<WindowRow>]>([
    ['nsgGone', { closeReason: 'expired', ...kinds('deleted', 'removedByOthers', 'nsgGone') }],
    ['removedByOthers', { closeReason: 'expired', ...kinds('deleted', 'removedByOthers') }],
    ['deactivated', { closeReason: 'deactivated', ...kinds('deleted') }],
    ['closed', { closeReason: null, ...kinds('neverPut') }],
  ])('%s', (outcome, changes) => {
    expect(outcomeOf({ ...base, concludedAt: T, ...changes })).toBe(outcome);
  });
});
