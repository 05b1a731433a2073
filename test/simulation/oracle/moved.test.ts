import type { Affliction } from '../stage';
import { activationsOf, overFromMs } from './activations';
import {
  at,
  circumstances,
  endMs,
  good,
  id,
  line,
  plan,
  stay,
  truth,
  violated,
} from './goodWindow';
import { movedFaults } from './moved';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The good window's activation, whose end was moved in minute `when` from `before` to `after`. */
const moved = (when: number, before: number, after: number) => ({
  ...truth,
  endAt: iso(after),
  movedEnds: [{ at: iso(at(when)), endAt: iso(before) }],
});

function said(
  one: ReturnType<typeof moved>,
  stays = good.stays,
  lines = good.lines,
  afflictions: Affliction[] = [],
): string[] {
  const told = {
    ...circumstances,
    afflictions,
    plan: { ...plan, startMs: at(-1), graphLagMs: 0 },
  };
  const found = movedFaults({ ...good, stays, lines }, activationsOf([one]), told);
  return found.map(({ invariant }) => invariant);
}

describe('an end that an administrator moves', () => {
  it('is the end of the activation from then on', () => {
    const [earlier] = activationsOf([moved(2, endMs, at(12))]);
    expect(earlier).toMatchObject({ endMs, endedMs: at(12) });
    const [later] = activationsOf([moved(2, endMs, at(30))]);
    expect(later).toMatchObject({ endMs: at(30), endedMs: null });
  });

  it('gives reason to close a guard and two questions before an earlier one, not before that', () => {
    const [earlier] = activationsOf([moved(2, endMs, at(12))]);
    const [near] = activationsOf([moved(9, endMs, at(12))]);
    const [later] = activationsOf([moved(2, endMs, at(30))]);
    expect([earlier, near, later].map((one) => one && overFromMs(one))).toEqual([
      at(7),
      at(9),
      at(30),
    ]);
  });

  it('is outlived by no rule that stood before, where there was time to notice', () => {
    const stood = [{ ...stay, toMs: at(12.1) }];
    expect(said(moved(2, endMs, at(12)), stood)).toEqual(['early end']);
    expect(said(moved(8, endMs, at(12)), stood)).toEqual([]);
    expect(said(moved(2, endMs, at(12)), [{ ...stay, toMs: at(11.9) }])).toEqual([]);
    const fault = { kind: '503 before', id: 1, atMs: at(8), untilMs: at(8) };
    const disturbed: Affliction[] = [{ ...fault, group: 'resourceManager' }];
    expect(said(moved(2, endMs, at(12)), stood, good.lines, disturbed)).toEqual([]);
  });

  it('is followed where it is a later one', () => {
    const expired = [line(17, { event: 'window.closing', windowId: id, reason: 'expired' })];
    const asked = [line(17, { event: 'window.closing', windowId: id, reason: 'asked' })];
    const one = moved(2, endMs, at(40));
    expect(said(one, good.stays, expired)).toEqual(['a later end is followed']);
    expect(said(one, good.stays, asked)).toEqual([]);
    expect(said(one, [{ ...stay, toMs: at(37) }], expired)).toEqual([]);
    expect(said(moved(15, endMs, at(40)), good.stays, expired)).toEqual([]);
    expect(said(moved(2, endMs, at(21)), good.stays, expired)).toEqual([]);
  });

  it('is no violation of a window that closed in time by it', () => {
    const early = {
      writes: good.writes.map((one) => (one.method === 'DELETE' ? { ...one, atMs: at(9) } : one)),
      stays: [{ ...stay, toMs: at(9.1) }],
      lines: [
        ...good.lines,
        line(9, { event: 'window.closing', windowId: id, reason: 'activationGone' }),
      ],
    };
    expect(violated(early, { activations: [moved(2, endMs, at(12))] })).toEqual([]);
    expect(violated(early)).toContain('no needless close');
  });
});
