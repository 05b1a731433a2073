import { nowOf } from '../../../../shared/domain/instant';
import {
  hasUnseen,
  isLogLate,
  isProvedLate,
  lastSeenAt,
  overrunMs,
  seenStanding,
  wentUnseen,
  withEnding,
  withOverrun,
  withSeen,
} from '../../../../shared/domain/window/overrun';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { readingsOf } from '../../../support/planReadings';
import { grantOf, minute, nsgNic, nsgSubnet, rowOf, signer } from '../../../support/grants';

const time = createTime();
const T = time.now;
const base = rowOf(time, grantOf(time));
const planned = planWindow(base, 'abc123', signer, readingsOf([nsgNic, nsgSubnet])).placements[0];
if (planned === undefined) throw new Error('Nothing was planned.');
const D = base.wantedUntil;
const row: WindowRow = { ...base, plans: 1, until: D };
const open: Placement = { ...planned, phase: 'open', lastPutAt: T, openedAt: T + 5_000 };
const closing: Placement = { ...open, phase: 'closing' };
const closed: Placement = {
  ...open,
  phase: 'closed',
  closedKind: 'deleted',
  goneAt: D + 60_000,
  closedAt: D + 60_000,
};
const at = (hostMs: number, skewMs = 0) => nowOf(hostMs, skewMs);
const late = (placement: Placement, isBlind = false, now = at(D + 90_000)): boolean =>
  withOverrun(row, placement, isBlind, now).alarms.includes('overrun');

describe('a sighting', () => {
  const { rule } = open;
  const read = (rules: (typeof rule)[], startedAt = T + 9_000) => ({
    startedAt,
    rules,
    provisioningState: 'Updating',
  });

  it('is a read that shows the rule as an Allow, whatever else is in it', () => {
    const reading = { ...read([{ ...rule, priority: 777 }]), id: nsgNic } as never;
    expect(withSeen(open, reading).seenAt).toBe(T + 9_000);
    expect(lastSeenAt(withSeen(open, reading))).toBe(T + 9_000);
  });

  it.each([
    ['no such rule', read([{ ...rule, name: `${rule.name}x` }])],
    ['a Deny', read([{ ...rule, access: 'Deny' }])],
    ['nothing', read([])],
  ])('is not %s', (_, reading) => {
    expect(withSeen(open, reading as never)).toBe(open);
    expect(lastSeenAt(open)).toBe(T + 5_000);
  });

  it('shows that the NSG is there, whatever stands in it', () => {
    const missing = { ...open, nsgMissingSince: T };
    expect(withSeen(missing, read([rule]) as never).nsgMissingSince).toBeNull();
    expect(withSeen(missing, read([]) as never)).toEqual({ ...missing, nsgMissingSince: null });
  });

  it('never goes back, and there is none of what was never put', () => {
    const seen = seenStanding(open, T + 9_000);
    expect(seenStanding(seen, T + 8_000)).toBe(seen);
    expect(seenStanding(seen, T + 9_000)).toBe(seen);
    const never = { ...open, lastPutAt: null, openedAt: null };
    expect(seenStanding(never, T)).toBe(never);
    expect(lastSeenAt(never)).toBeNull();
  });
});

describe('the alarm', () => {
  it('needs more than the time: a rule that nobody has looked at yet raises none', () => {
    expect(late(closing)).toBe(false);
    expect(withOverrun(row, closing, false, at(D + 90_000))).toBe(closing);
  });

  it.each<[string, Placement, boolean]>([
    ['seen after the deadline', { ...closing, seenAt: D + 1 }, false],
    ['found by a DELETE after it, and gone since', { ...closed, seenAt: D + 1 }, false],
    ['two attempts failed in a row', { ...closing, faults: 2, fault: facts('busy') }, false],
    ['its NSG cannot be found', { ...closing, nsgMissingSince: D }, false],
    ['its NSG gives no answer', closing, true],
    [
      'its NSG gives no answer, and a DELETE had been accepted',
      { ...closing, lastDeleteAt: D - 9, deleteAcceptedAt: D - 9 },
      true,
    ],
  ])('is raised: %s', (_, placement, isBlind) => {
    expect(late(placement, isBlind)).toBe(true);
    expect(late(placement, isBlind, at(D))).toBe(false);
    expect(late(placement, isBlind, at(D - 30_000, 29_999))).toBe(false);
    const disarmed: Placement = { ...placement, alarms: ['disarmed'] };
    expect(late(disarmed, isBlind)).toBe(false);
    expect(late({ ...placement, lastPutAt: null }, isBlind)).toBe(false);
  });

  it.each<[string, Placement, boolean]>([
    ['seen at the deadline and not since', { ...closing, seenAt: D }, false],
    ['one attempt failed', { ...closing, faults: 1, fault: facts('busy') }, false],
    [
      'a DELETE found nothing, and reads fail',
      { ...closing, lastDeleteAt: D + 9, deleteAcceptedAt: null },
      true,
    ],
    ['it is gone', { ...closing, phase: 'gone', faults: 2 }, true],
    ['it is to stay open', { ...open, seenAt: D + 1 }, false],
    ['it was closed unseen', closed, false],
  ])('is not raised: %s', (_, placement, isBlind) => {
    expect(late(placement, isBlind)).toBe(false);
  });

  it('takes the clock that is ahead', () => {
    const seen = { ...closing, seenAt: D - 19_000 };
    expect(late(seen, false, at(D - 10_000, 20_000))).toBe(true);
    expect(late({ ...seen, seenAt: D - 20_000 }, false, at(D - 10_000, 20_000))).toBe(false);
  });
});

describe('a rule that went unseen', () => {
  const now = at(D + 2 * minute);

  it('was found gone after the deadline, and nobody saw it stand after it', () => {
    expect(wentUnseen(row, closed, now)).toBe(true);
    expect(wentUnseen(row, { ...closed, seenAt: D }, now)).toBe(true);
    expect(wentUnseen(row, { ...closed, closedKind: 'nsgGone' }, now)).toBe(true);
    expect(hasUnseen({ ...row, placements: [open, closed] }, now)).toBe(true);
    expect(hasUnseen({ ...row, placements: [open] }, now)).toBe(false);
  });

  it.each<[string, Partial<Placement>]>([
    ['was gone at the deadline', { goneAt: D }],
    ['was seen after it', { seenAt: D + 1 }],
    ['was never put', { closedKind: 'neverPut' }],
    ['is known already', { goneBy: { at: D - 1, caller: 'x' } }],
    ['has raised the alarm', { alarms: ['overrun'] }],
    ['was a Deny', { alarms: ['disarmed'] }],
    ['is still watched', { phase: 'gone' }],
  ])('is not one that %s', (_, changes) => {
    expect(wentUnseen(row, { ...closed, ...changes }, now)).toBe(false);
  });

  it('may be explained by the log for a quarter of an hour', () => {
    expect(isLogLate(row, at(D + 15 * minute - 1))).toBe(true);
    expect(isLogLate(row, at(D + 15 * minute))).toBe(false);
  });

  it('is late by the log’s word, or by nobody’s', () => {
    const inTime = { at: D, caller: 'x' };
    expect(withEnding(row, closed, inTime)).toEqual({ ...closed, goneBy: inTime });
    const tooLate = { at: D + 1, caller: 'x' };
    expect(withEnding(row, closed, tooLate)).toEqual({
      ...closed,
      goneBy: tooLate,
      alarms: ['overrun'],
    });
    expect(withEnding(row, closed, null)).toEqual({ ...closed, alarms: ['overrun'] });
  });
});

describe('how late it was', () => {
  it.each<[string, Placement, number]>([
    ['so far', closing, 90_000],
    ['until it was seen gone', { ...closed, closedAt: D + 80_000 }, 60_000],
    ['until its proof', { ...closed, goneAt: null }, 60_000],
    ['by the log', { ...closed, goneBy: { at: D + 7, caller: '' } }, 7],
    ['not at all by the log', { ...closed, goneBy: { at: D - 7, caller: '' } }, 0],
    ['not at all', { ...closed, goneAt: D - 1 }, 0],
    ['never put', { ...closed, closedKind: 'neverPut', goneAt: null }, 0],
  ])('%s', (_, placement, expected) => {
    expect(overrunMs(row, placement, D + 90_000)).toBe(expected);
  });

  it('is only a bound where it was not seen after the deadline', () => {
    const now = at(D + 90_000);
    expect(isProvedLate(row, closed, now)).toBe(true);
    expect(isProvedLate(row, { ...closed, seenAt: D + 1 }, now)).toBe(false);
    expect(isProvedLate(row, { ...closed, goneBy: { at: D + 1, caller: '' } }, now)).toBe(false);
    expect(isProvedLate(row, closing, now)).toBe(false);
  });
});
