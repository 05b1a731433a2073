import { nowOf } from '../../../../shared/domain/instant';
import { maySend, mayStillSend } from '../../../../shared/domain/window/deadline';
import { beginClosing, judgeRow, refusePlacement } from '../../../../shared/domain/window/judgeRow';
import { nextLookAfter } from '../../../../shared/domain/window/pace';
import { capabilities, outcomeOf, windowPhase } from '../../../../shared/domain/window/phase';
import { planWindow } from '../../../../shared/domain/window/plan';
import type {
  Placement,
  PlacementPhase,
  WindowRow,
} from '../../../../shared/domain/window/windowRow';
import { createTime } from '../../../support/fakeNetwork';
import { readingsOf } from '../../../support/planReadings';
import { grantOf, minute, nsgNic, nsgSubnet, rowOf, signer } from '../../../support/grants';

const time = createTime();
const T = time.now;
const base = rowOf(time, grantOf(time));
const { placements } = planWindow(base, 'abc123', signer, readingsOf([nsgNic, nsgSubnet]));
const closeAt = base.wantedUntil - 3 * minute;

const at = (hostMs: number, skewMs = 0) => nowOf(hostMs, skewMs);

/** A window whose two placements are in these phases. */
function rowIn(phases: readonly PlacementPhase[], changes: Partial<WindowRow> = {}): WindowRow {
  return {
    ...base,
    plans: 1,
    placements: phases.map((phase, index): Placement => {
      const placement = placements[index];
      if (placement === undefined) throw new Error('two placements at most');
      return {
        ...placement,
        phase,
        lastPutAt: phase === 'planned' ? null : T,
        openedAt: phase === 'planned' || phase === 'putting' ? null : T,
      };
    }),
    ...changes,
  };
}

describe('the phase of a window', () => {
  it.each<[PlacementPhase[], Partial<WindowRow>, string]>([
    [[], {}, 'planned'],
    [['planned', 'planned'], {}, 'planned'],
    [['putting', 'planned'], {}, 'opening'],
    [['open', 'putting'], {}, 'opening'],
    [['open', 'open'], {}, 'open'],
    [['open', 'closed'], {}, 'open'],
    [['open', 'open'], { wish: 'closed' }, 'closing'],
    [['closing', 'gone'], { wish: 'closed', closingAt: T }, 'closing'],
    [['closed', 'disarmed'], { wish: 'closed', closingAt: T }, 'closed'],
    [['closed', 'closed'], { wish: 'closed', concludedAt: T }, 'closed'],
    [[], { wish: 'closed', concludedAt: T, closeReason: 'planFailed' }, 'refused'],
    [[], { wish: 'closed', concludedAt: T, closeReason: 'clockSkew' }, 'closed'],
  ])('%j %j: %s', (phases, changes, phase) => {
    expect(windowPhase(rowIn(phases, changes))).toBe(phase);
  });

  it('says what may be asked: nothing of a window at its end', () => {
    const closable = Object.entries(capabilities).filter(([, { close }]) => close);
    expect(closable.map(([phase]) => phase)).toEqual([
      'awaitingApproval',
      'planned',
      'opening',
      'open',
    ]);
    expect(capabilities.open.extend).toBe(true);
  });
});

describe('the row as a whole', () => {
  it('begins to close at until − guard, by the safe end of now, and no earlier', () => {
    const open = rowIn(['open', 'open']);
    expect(judgeRow(open, at(closeAt - 1))).toBe(open);
    expect(judgeRow(open, at(closeAt))).toMatchObject({
      wish: 'closed',
      closeReason: 'expired',
      closingAt: closeAt,
      generation: 1,
      placements: [{ phase: 'closing' }, { phase: 'closing' }],
    });
    expect(judgeRow(open, at(closeAt - 20_000, 20_000)).wish).toBe('closed');
    expect(judgeRow(open, at(closeAt - 1, -20_000)).wish).toBe('open');
  });

  it('closes by the earlier of the proved and the wished deadline', () => {
    const shorter = rowIn(['open', 'open'], { until: T + 20 * minute });
    expect(judgeRow(shorter, at(T + 17 * minute)).wish).toBe('closed');
  });

  it('closes what was never opened under that name, and what was never PUT without a look', () => {
    const row = judgeRow(rowIn(['planned', 'putting']), at(closeAt));
    expect(row.closeReason).toBe('neverOpened');
    expect(row.placements.map(({ phase, closedKind }) => [phase, closedKind])).toEqual([
      ['closed', 'neverPut'],
      ['closing', null],
    ]);
  });

  it('keeps the first reason and the first moment', () => {
    const first = beginClosing(rowIn(['open', 'open']), 'deactivated', at(T));
    const second = beginClosing(first, 'expired', at(closeAt));
    expect(second).toBe(first);
    expect(first).toMatchObject({ closeReason: 'deactivated', closingAt: T });
  });

  it('closes early when the clocks disagree by more than a minute', () => {
    const open = rowIn(['open', 'open']);
    expect(judgeRow(open, at(T, 60_000)).wish).toBe('open');
    expect(judgeRow(open, at(T, 60_001)).closeReason).toBe('clockSkew');
    expect(judgeRow(open, at(T, -60_001)).closeReason).toBe('clockSkew');
  });

  it('is concluded when every placement is closed, and only then', () => {
    const wish = { wish: 'closed', closeReason: 'expired', closingAt: T } as const;
    expect(judgeRow(rowIn(['closed', 'gone'], wish), at(T)).concludedAt).toBeNull();
    expect(judgeRow(rowIn(['closed', 'disarmed'], wish), at(T)).concludedAt).toBeNull();
    const done = judgeRow(rowIn(['closed', 'closed'], wish), at(T));
    expect(done.concludedAt).toBe(T);
    expect(outcomeOf(done)).toBe('expired');
    expect(judgeRow(rowIn([]), at(T)).concludedAt).toBe(T);
    expect(judgeRow(base, at(T))).toBe(base);
  });

  it('gives up the rules that serve only a refused VM, and the window with the last of them', () => {
    const row = rowIn(['putting', 'planned']);
    const [placement] = row.placements;
    if (placement === undefined) throw new Error('no placement');
    const reason = { code: 'shadowed', rule: '', next: '' };
    const refused = refusePlacement(row, placement, reason, 'shadowed', at(T));
    expect(refused.placements.map(({ phase }) => phase)).toEqual(['closing', 'closed']);
    expect(refused).toMatchObject({ wish: 'closed', closeReason: 'shadowed' });
    expect(refused.refusals).toHaveLength(1);
  });

  it('goes on with the VMs that were not refused', () => {
    const row = rowIn(['putting', 'open']);
    const [placement, other] = row.placements;
    if (placement === undefined || other === undefined) throw new Error('no placement');
    const another = { ...other, targets: other.targets.map((one) => ({ ...one, vmId: '/vm-2' })) };
    const mixed = { ...row, placements: [placement, another] };
    const reason = { code: 'shadowed', rule: '', next: '' };
    const refused = refusePlacement(mixed, placement, reason, 'shadowed', at(T));
    expect(refused.placements.map(({ phase }) => phase)).toEqual(['closing', 'open']);
    expect(refused).toMatchObject({ wish: 'open', closeReason: null, closingAt: null });
  });
});

describe('the moment before a write leaves', () => {
  it('is over 20 s after the save that announced it', () => {
    const row = rowIn(['closing', 'closing']);
    expect(mayStillSend(row, T, at(T + 20_000))).toBe(true);
    expect(mayStillSend(row, T, at(T + 20_001))).toBe(false);
    expect(mayStillSend(row, T, at(T - 1))).toBe(false);
    const limits = { ...row.grant.limits, settleMs: 10_000 };
    const hasty = { ...row, grant: { ...row.grant, limits } };
    expect(mayStillSend(hasty, T, at(T + 5_001))).toBe(false);
  });

  it('needs every condition of a PUT once more', () => {
    const row = rowIn(['putting', 'putting']);
    const lastPut = base.wantedUntil - 5 * minute;
    expect(maySend(row, T, T, at(T + 20_000))).toBe(true);
    expect(maySend(row, T, T - 15_000, at(T + 16_000))).toBe(false);
    expect(maySend(row, lastPut, lastPut, at(lastPut))).toBe(true);
    expect(maySend(row, lastPut, lastPut, at(lastPut + 1))).toBe(false);
    expect(maySend(row, T, T, at(T, 61_000))).toBe(false);
  });
});

describe('the pace', () => {
  it('looks 3, 12 and 30 s after a write, then every 30 s', () => {
    expect([0, 3_000, 12_000, 30_000, 75_000].map((ms) => nextLookAfter(T, T + ms) - T)).toEqual([
      3_000, 12_000, 30_000, 60_000, 105_000,
    ]);
  });
});
