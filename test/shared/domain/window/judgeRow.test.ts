import { nowOf } from '../../../../shared/domain/instant';
import {
  beginClosing,
  giveUp,
  isSamePlacement,
  judgeRow,
  refusePlacement,
  wishClosed,
} from '../../../../shared/domain/window/judgeRow';
import { planWindow } from '../../../../shared/domain/window/plan';
import type {
  CloseReason,
  Placement,
  PlacementPhase,
  WindowRow,
} from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { grantOf, minute, nsgNic, nsgSubnet, rowOf, signer, vmIdOf } from '../../../support/grants';
import { readingsOf } from '../../../support/planReadings';

const time = createTime();
const T = time.now;
const at = (hostMs: number) => nowOf(hostMs, 0);
const base = rowOf(time, grantOf(time));
const [nic, subnet] = planWindow(
  base,
  'abc123',
  signer,
  readingsOf([nsgNic, nsgSubnet]),
).placements;
if (nic === undefined || subnet === undefined) throw new Error('two placements');
const [one, other] = [nic, subnet];
const refusalOf = (vmId: string) => ({ vmId, code: 'shadowed', rule: 'r', next: 'n' });
const lastPut = base.wantedUntil - 5 * minute;
const closeAt = base.wantedUntil - 3 * minute;

function rowWith(placements: readonly Placement[], changes: Partial<WindowRow> = {}): WindowRow {
  return { ...base, plans: 1, placements, ...changes };
}

const opened = { phase: 'open', lastPutAt: T, openedAt: T } as const;
const closed = { phase: 'closed', closedAt: T, closedKind: 'deleted' } as const;

describe('a window at its end', () => {
  it('stays as it is', () => {
    const over = rowWith([{ ...one, ...closed }], { concludedAt: T, wish: 'closed' });
    expect(judgeRow(over, at(T + minute))).toBe(over);
  });

  it.each<[string, readonly Placement[], Partial<WindowRow>, CloseReason]>([
    ['nothing was found to open', [], {}, 'neverOpened'],
    ['everything was refused', [], { refusals: [refusalOf('/vm')] }, 'planFailed'],
    ['nothing was ever PUT', [{ ...one, ...closed }], {}, 'neverOpened'],
    [
      'one was refused and one never PUT',
      [{ ...one, ...closed }],
      { refusals: [refusalOf('/vm')] },
      'neverOpened',
    ],
    [
      'others removed one of two',
      [
        { ...one, ...closed, openedAt: T },
        { ...other, ...closed, closedKind: 'removedByOthers' },
      ],
      {},
      'removedByOthers',
    ],
    [
      'one of two was open',
      [
        { ...one, ...closed },
        { ...other, ...closed, openedAt: T },
      ],
      {},
      'expired',
    ],
  ])('says why: %s', (_, placements, changes, closeReason) => {
    const now = T + minute;
    expect(judgeRow(rowWith(placements, changes), at(now))).toMatchObject({
      wish: 'closed',
      closeReason,
      closingAt: now,
      concludedAt: now,
      nextLook: now,
      generation: 1,
    });
  });

  it('is there at once where it was wished before anything was planned', () => {
    const wished = judgeRow({ ...base, wish: 'closed' }, at(T));
    expect(wished).toMatchObject({ closeReason: 'asked', closingAt: T, concludedAt: T });
  });
});

describe('a window whose time has come', () => {
  it('was opened if any of its rules was', () => {
    const reasonOf = (...placements: Placement[]) =>
      judgeRow(rowWith(placements), at(closeAt)).closeReason;
    expect(reasonOf({ ...one, ...opened }, other)).toBe('expired');
    expect(reasonOf(one, other)).toBe('neverOpened');
  });

  it('waits for a plan as long as a PUT may be sent', () => {
    expect(judgeRow(base, at(lastPut))).toBe(base);
    const late = judgeRow(base, at(lastPut + 1));
    expect(late).toMatchObject({ closeReason: 'neverOpened', concludedAt: lastPut + 1 });
    const planned = rowWith([one]);
    expect(judgeRow(planned, at(lastPut + 1))).toBe(planned);
  });

  it('closes for the reason that was wished, whatever else is true by now', () => {
    const wished = { wish: 'closed', closeReason: 'deactivated' } as const;
    const judged = judgeRow(rowWith([{ ...one, ...opened }], wished), at(closeAt));
    expect(judged).toMatchObject({ closeReason: 'deactivated', closingAt: closeAt });
    const skewed = rowWith([{ ...one, ...opened }], { wish: 'closed' });
    expect(judgeRow(skewed, nowOf(T, 60_001)).closeReason).toBe('asked');
  });
});

describe('the wish that a window be closed', () => {
  it('is a new generation with a reason, looked at now', () => {
    const row = rowWith([{ ...one, ...opened }], { generation: 4 });
    expect(wishClosed(row, 'deactivated', T + 5)).toEqual({
      ...row,
      wish: 'closed',
      closeReason: 'deactivated',
      generation: 5,
      nextLook: T + 5,
    });
  });
});

describe('the beginning of the close', () => {
  const until = T + 30 * minute;
  const later = until + 20 * minute;

  it.each<[string, Partial<WindowRow>, Partial<WindowRow>]>([
    ['was open', {}, { generation: 1 }],
    ['was wished closed', { wish: 'closed', closeReason: 'deactivated' }, {}],
    ['was to be extended', { until, wantedUntil: later }, { wantedUntil: until, generation: 1 }],
    [
      'was to be extended, then closed',
      { until, wantedUntil: later, wish: 'closed' },
      { wantedUntil: until, generation: 1 },
    ],
    ['is wished shorter than proved', { until: later, wantedUntil: until }, { generation: 1 }],
  ])('of a window that %s', (_, before, after) => {
    const row = rowWith([], before);
    expect(beginClosing(row, 'expired', at(T))).toEqual({
      ...row,
      wish: 'closed',
      closeReason: row.closeReason ?? 'expired',
      closingAt: T,
      ...after,
    });
  });

  it.each<PlacementPhase>(['closing', 'gone', 'disarmed', 'closed'])(
    'leaves what is %s as it is',
    (phase) => {
      const placement = { ...one, phase, notBefore: T + 9, fault: facts('busy'), faults: 3 };
      expect(giveUp(placement, at(T))).toBe(placement);
      const [kept] = beginClosing(rowWith([placement]), 'expired', at(T)).placements;
      expect(kept).toBe(placement);
    },
  );

  it.each<PlacementPhase>(['planned', 'putting', 'open'])(
    'deletes what is %s and may have been PUT, with nothing to wait for',
    (phase) => {
      const waits = { notBefore: T + 9, fault: facts('busy'), faults: 3, lastDeleteAt: T - 9 };
      const placement = { ...one, phase, lastPutAt: T - 5, ...waits };
      const calm = { notBefore: null, fault: null, faults: 0, lastDeleteAt: null };
      expect(giveUp(placement, at(T))).toEqual({ ...placement, ...calm, phase: 'closing' });
      expect(giveUp({ ...placement, lastPutAt: null }, at(T))).toEqual({
        ...placement,
        ...calm,
        lastDeleteAt: T - 9,
        lastPutAt: null,
        phase: 'closed',
        closedAt: T,
        closedKind: 'neverPut',
      });
    },
  );
});

describe('a placement that is refused', () => {
  const [target] = one.targets;
  if (target === undefined) throw new Error('a target');
  const on = (placement: Placement, ...names: string[]): Placement => ({
    ...placement,
    ...opened,
    targets: names.map((name) => ({ ...target, vmId: name.startsWith('/') ? name : vmIdOf(name) })),
  });
  const { vmId: _, ...refusal } = refusalOf('');
  const refuse = (row: WindowRow, placement: Placement): WindowRow =>
    refusePlacement(row, placement, refusal, 'shadowed', at(T));

  it('refuses each of its machines once, and none that was refused before', () => {
    const placement = on(one, 'vm-1', 'vm-1', 'vm-2', 'vm-3');
    const before = [refusalOf(vmIdOf('vm-2').toUpperCase())];
    const refused = refuse(rowWith([placement], { refusals: before }), placement);
    expect(refused.refusals).toEqual([
      ...before,
      refusalOf(vmIdOf('vm-1')),
      refusalOf(vmIdOf('vm-3')),
    ]);
  });

  it('takes those with it that serve none but its machines, in any spelling', () => {
    const placement = on(one, 'vm-1', 'vm-2');
    const alike = on(other, vmIdOf('vm-2').toUpperCase());
    const mixed = on({ ...other, slot: 2 }, 'vm-2', 'vm-3');
    const refused = refuse(rowWith([placement, alike, mixed]), placement);
    expect(refused.placements.map(({ phase }) => phase)).toEqual(['closing', 'closing', 'open']);
    expect(refused).toMatchObject({ wish: 'open', closingAt: null });
  });

  it('is told from others by its slot and its NSG, in any spelling', () => {
    expect(isSamePlacement(one, { ...one, nsgId: one.nsgId.toUpperCase() })).toBe(true);
    expect(isSamePlacement(one, { ...one, slot: one.slot + 1 })).toBe(false);
    expect(isSamePlacement(one, { ...one, nsgId: other.nsgId })).toBe(false);
  });
});
