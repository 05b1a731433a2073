import {
  dropExtend,
  endLookFailed,
  followActivation,
  isEndLookTime,
  isQuiet,
  moveDeadline,
  withEndLook,
} from '../../../../shared/domain/window/extendRow';
import {
  fallBackOf,
  isBehind,
  otherContentFrom,
  pendingStep,
  proveExtendedStep,
  putExtendStep,
} from '../../../../shared/domain/window/extendStep';
import { knowsNothing, type Knowledge } from '../../../../shared/domain/window/knowledge';
import { extendedRule, markedUntil } from '../../../../shared/domain/window/signedMarker';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { wishClose } from '../../../../shared/domain/window/wishClose';
import { wishExtend } from '../../../../shared/domain/window/wishExtend';
import {
  at,
  extending,
  first,
  lastPut,
  later,
  next,
  now_,
  open,
  pending,
  placement,
  T,
} from '../../../support/extending';
import { facts } from '../../../support/fakeNetwork';
import { minute, nsgNic, signer } from '../../../support/grants';
import { nsgReading } from '../../../support/planReadings';

const knows = (changes: Partial<Knowledge>): Knowledge => ({ ...knowsNothing, ...changes });
const standing = (answeredAt: number) =>
  knows({ confirmation: { kind: 'standing', answeredAt }, extendedRule: next });
const shorter = knows({ confirmation: { kind: 'shorter', answeredAt: now_ }, extendedRule: next });

describe('a placement behind the wished deadline', () => {
  it('is one whose marker is earlier, while an extend is wished', () => {
    expect(isBehind(open, placement)).toBe(false);
    expect(isBehind(extending, placement)).toBe(true);
    expect(isBehind(extending, { ...placement, rule: next })).toBe(false);
    expect(markedUntil(next)).toBe(later);
    expect(markedUntil({ ...next, description: '' })).toBe(0);
    expect(otherContentFrom(open, placement)).toBe(T + 2 * minute);
    expect(otherContentFrom(open, { ...placement, lastPutAt: null })).toBe(2 * minute);
  });

  it('gets the PUT when earlier ones can land no more, somebody can sign, and it is confirmed', () => {
    const put = (hostMs: number, knowledge: Knowledge) =>
      putExtendStep(extending, placement, knowledge, at(hostMs));
    const settled = T + 2 * minute;
    expect(put(settled - 1, standing(settled))).toEqual({ do: 'wait', until: settled });
    expect(put(settled, standing(settled))).toEqual({
      do: 'extendRule',
      rule: next,
      answeredAt: settled,
    });
    expect(put(settled, knowsNothing)).toEqual({ do: 'wait', until: settled + 30_000 });
    expect(put(settled, knows({ extendedRule: next }))).toEqual({ do: 'confirm' });
    expect(put(settled, shorter)).toEqual({ do: 'dropExtend', until: first });
  });

  it('falls back when it cannot be had any more, and not before', () => {
    const back = (one: Placement, hostMs: number, row = extending) =>
      fallBackOf(row, one, at(hostMs));
    expect(back(placement, now_)).toBeNull();
    expect(back(placement, lastPut)).toBeNull();
    expect(back(placement, lastPut + 1)).toBe(first);
    expect(back(placement, lastPut + 1, open)).toBeNull();
    expect(back(pending, lastPut + 1)).toBeNull();
    const recent = { ...placement, lastPutAt: lastPut - 2 * minute };
    expect(back(recent, now_)).toBeNull();
    expect(back({ ...recent, lastPutAt: lastPut - 2 * minute + 1 }, now_)).toBe(first);
    for (const kind of ['denied', 'locked', 'invalid', 'missing', 'conflict'] as const) {
      expect(back({ ...placement, fault: facts(kind) }, now_)).toBe(first);
    }
    for (const kind of ['throttled', 'busy', 'unavailable', 'changed'] as const) {
      expect(back({ ...placement, fault: facts(kind) }, now_)).toBeNull();
    }
    // What an earlier extend has under way is not given up with a later one.
    const more = { ...extending, wantedUntil: later + 10 * minute };
    expect(back(pending, lastPut + 1, more)).toBe(later);
  });
});

describe('an extend that was announced', () => {
  const stillOld = (startedAt: number) => nsgReading(nsgNic, { startedAt, rules: [] });
  const step = (startedAt: number, knowledge = standing(startedAt), row = extending) =>
    pendingStep(row, pending, stillOld(startedAt), knowledge, at(startedAt));

  it('is waited for, put again after 12 s, and forgotten when it can land no more', () => {
    expect(step(now_ + 4_000)).toEqual({ do: 'wait', until: now_ + 12_000 });
    expect(step(now_ + 11_999).do).toBe('wait');
    const again = now_ + 12_000;
    expect(step(again)).toEqual({ do: 'extendRule', rule: next, answeredAt: again });
    expect(step(again, knows({ extendedRule: next }))).toEqual({ do: 'confirm' });
    // Where nobody may sign, nothing that opens is sent again either.
    expect(step(again, { ...standing(again), extendedRule: null }).do).toBe('wait');
    expect(step(again, shorter)).toEqual({ do: 'dropExtend', until: first });
    expect(step(now_ + 119_999).do).toBe('extendRule');
    expect(step(now_ + 120_000)).toEqual({ do: 'forgetExtend' });
    const none = { ...pending, nextRule: null };
    expect(pendingStep(extending, none, stillOld(now_), knowsNothing, at(now_))).toEqual({
      do: 'forgetExtend',
    });
  });

  it('is not put again when it is not wished any more, or too late', () => {
    expect(step(now_ + 12_000, standing(now_), open).do).toBe('wait');
    const more = { ...extending, wantedUntil: later + minute };
    expect(step(now_ + 12_000, standing(now_), more).do).toBe('wait');
    const late = { ...pending, lastPutAt: lastPut - 12_000 };
    const reading = stillOld(lastPut + 1);
    expect(pendingStep(extending, late, reading, standing(lastPut), at(lastPut + 1)).do).toBe(
      'wait',
    );
  });

  it('is proved with a confirmation, and looked at in time', () => {
    const prove = (row: WindowRow, knowledge: Knowledge, hostMs = now_ + 3_000) =>
      proveExtendedStep(row, { ...pending, confirmedAt: now_ }, knowledge, at(hostMs));
    const lookAt = now_ + 3_000 + 10 * minute;
    expect(prove(extending, standing(now_ + 2))).toEqual({
      do: 'proveExtended',
      answeredAt: now_ + 2,
      lookAt,
    });
    expect(prove(extending, knowsNothing)).toMatchObject({ answeredAt: now_ });
    expect(prove(extending, knowsNothing, now_ + 30_001)).toEqual({ do: 'confirm' });
    expect(prove({ ...extending, endHintAt: now_ }, knowsNothing)).toEqual({ do: 'confirm' });
    expect(prove(extending, shorter)).toEqual({ do: 'dropExtend', until: first });
    // Dropped meanwhile: what stands there is noted, and nobody is asked.
    expect(prove(open, knowsNothing, now_ + 40_000)).toMatchObject({ do: 'proveExtended' });
    const more = { ...extending, wantedUntil: later + minute };
    expect(prove(more, standing(now_))).toMatchObject({ lookAt: now_ + 2 * minute });
    const late = first - 4 * minute;
    expect(prove(extending, standing(late), late)).toMatchObject({ lookAt: first - 3 * minute });
  });
});

describe('the deadline', () => {
  const [one, two] = open.placements;
  if (one === undefined || two === undefined) throw new Error('two placements');
  const moved = { ...one, rule: next };
  const other = { ...two, rule: extendedRule(extending, two, 'abc123', signer) };

  it('moves when every open rule carries a later one, and never otherwise', () => {
    const half = { ...extending, placements: [moved, two] };
    expect(moveDeadline(half, at(now_))).toBe(half);
    expect(moveDeadline({ ...extending, placements: [moved, other] }, at(now_)).until).toBe(later);
    const rest = { ...two, phase: 'closed' as const };
    expect(moveDeadline({ ...extending, placements: [moved, rest] }, at(now_)).until).toBe(later);
    const wishedLess = { ...open, wantedUntil: later - minute, placements: [moved, other] };
    expect(moveDeadline(wishedLess, at(now_)).until).toBe(later - minute);
    const none = { ...extending, placements: [rest] };
    expect(moveDeadline(none, at(now_))).toBe(none);
    const unproved = { ...extending, until: null, placements: [moved, other] };
    expect(moveDeadline(unproved, at(now_))).toBe(unproved);
  });

  it('falls back with the wish; what is under way is looked at at once', () => {
    const faulty = { ...one, fault: facts('busy'), faults: 2, notBefore: now_ + 1 };
    const closed = { ...faulty, phase: 'closed' as const };
    const row = { ...extending, placements: [faulty, closed], nextLook: 7 };
    const dropped = dropExtend(row, first, at(now_));
    expect(dropped).toMatchObject({ wantedUntil: first, generation: 1, nextLook: 7 });
    expect(dropped.placements).toEqual([
      { ...faulty, fault: null, faults: 0, notBefore: null },
      closed,
    ]);
  });
});

describe('the look at PIM before the close', () => {
  const endAt = open.grant.origin.kind === 'activation' ? open.grant.origin.endAt : 0;
  const whole: WindowRow = { ...open, until: endAt, wantedUntil: endAt };
  const lookAt = endAt - 5 * minute - minute;

  it('is planned only where the window ends with the activation, and in time', () => {
    expect(withEndLook(whole, at(now_)).endLookAt).toBe(lookAt);
    expect(withEndLook({ ...whole, until: endAt - 999 }, at(now_)).endLookAt).not.toBeNull();
    expect(withEndLook({ ...whole, until: endAt - 1_000 }, at(now_)).endLookAt).toBeNull();
    expect(withEndLook({ ...whole, until: null }, at(now_)).endLookAt).toBeNull();
    expect(withEndLook(whole, at(lookAt)).endLookAt).toBeNull();
    expect(withEndLook(whole, at(lookAt - 1)).endLookAt).toBe(lookAt);
    const { grant } = whole;
    const hasty = { ...grant, limits: { ...grant.limits, settleMs: 10_000 } };
    const soon = endAt - 3 * minute - 20_000;
    expect(withEndLook({ ...whole, grant: hasty }, at(now_)).endLookAt).toBe(soon);
  });

  it('comes at its time while the window is wished open', () => {
    const row = { ...whole, endLookAt: lookAt };
    expect(isEndLookTime(row, at(lookAt - 1))).toBe(false);
    expect(isEndLookTime(row, at(lookAt))).toBe(true);
    expect(isEndLookTime({ ...row, wish: 'closed' }, at(lookAt))).toBe(false);
    expect(isEndLookTime(whole, at(lookAt))).toBe(false);
  });

  it('is tried again while a PUT may still be sent', () => {
    const end = endAt - 5 * minute;
    expect(endLookFailed(whole, at(end - 10_000)).endLookAt).toBe(end);
    expect(endLookFailed(whole, at(end - 9_999)).endLookAt).toBeNull();
    expect(endLookFailed(whole, at(end - 10_000, 1)).endLookAt).toBeNull();
  });

  it('lets the window follow a later end as far as policy does', () => {
    const row = { ...whole, endLookAt: lookAt };
    const seen = { ...row, endLookAt: null };
    expect(followActivation(row, endAt, endAt + 9 * minute, at(now_))).toEqual(seen);
    const more = endAt + 10 * minute + 500;
    const followed = followActivation(row, more, endAt + 60 * minute, at(now_));
    expect(followed).toMatchObject({ wantedUntil: more - 500, generation: 1, nextLook: now_ });
    expect(followed.grant.origin).toMatchObject({ endAt: more });
    expect(followActivation(row, more, endAt + minute, at(now_)).wantedUntil).toBe(endAt + minute);
    expect(followActivation(row, more, endAt, at(now_)).wantedUntil).toBe(endAt);
    expect(followActivation(row, more, endAt, at(now_)).generation).toBe(0);
    const unproved = { ...seen, until: null };
    expect(followActivation(unproved, more, more, at(now_))).toEqual(unproved);
  });
});

describe('a window', () => {
  it('is quiet when it stands open as it is wished', () => {
    expect(isQuiet(open)).toBe(true);
    expect(isQuiet(extending)).toBe(false);
    expect(isQuiet({ ...open, wish: 'closed' })).toBe(false);
    expect(isQuiet({ ...open, until: null })).toBe(false);
    expect(isQuiet({ ...open, placements: [] })).toBe(false);
    expect(isQuiet({ ...open, placements: [pending] })).toBe(false);
    expect(isQuiet({ ...open, placements: [placement, { ...placement, phase: 'putting' }] })).toBe(
      false,
    );
  });

  it('is wished closed once', () => {
    const wished = wishClose({ ...open, endHintAt: T }, now_);
    expect(wished).toMatchObject({
      wish: 'closed',
      closeReason: 'asked',
      endHintAt: null,
      generation: 1,
      nextLook: now_,
    });
    expect(wishClose(wished, now_ + 1)).toBe(wished);
    const over = { ...open, concludedAt: T };
    expect(wishClose(over, now_)).toBe(over);
  });

  it('that was refused is wished closed once as well, so that nothing opens it later', () => {
    const grant = { ...open.grant, targets: [] };
    const refused: WindowRow = {
      ...open,
      grant,
      placements: [],
      plans: 0,
      wish: 'closed',
      closeReason: 'neverOpened',
      concludedAt: T,
    };
    const wished = wishClose(refused, now_);
    expect(wished).toEqual({ ...refused, closeReason: 'asked', generation: 1 });
    expect(wishClose(wished, now_ + 1)).toBe(wished);
  });
});

describe('the wish for a later end', () => {
  const ceiling = {
    approvedEndAt: null,
    activationEndAt: T + 100 * minute,
    policyEndAt: T + 90 * minute,
  };
  const ask = (untilAt: number, row: WindowRow = open, hostMs = now_, skewMs = 0) =>
    wishExtend(row, untilAt, ceiling, at(hostMs, skewMs));

  it('is taken in whole seconds, and asked twice it is one', () => {
    const wished = ask(later + 999);
    expect(wished).toMatchObject({ wantedUntil: later, generation: 1, nextLook: now_ });
    expect(ask(first)).toBe(open);
    expect(ask(first + 999)).toBe(open);
    expect(ask(ceiling.policyEndAt)).toMatchObject({ wantedUntil: ceiling.policyEndAt });
  });

  const closing = { wish: 'closed', closingAt: T } as const;
  const oneIn = (phase: Placement['phase']) => ({ placements: [{ ...placement, phase }] });
  it.each<[string, number, Partial<WindowRow>, number, string]>([
    ['nothing is planned', later, { placements: [] }, now_, 'extendNotOpen'],
    ['it is opening', later, oneIn('putting'), now_, 'extendNotOpen'],
    ['it closes', later, closing, now_, 'extendClosing'],
    ['nothing was proved', later, { until: null }, now_, 'extendClosing'],
    ['the end is earlier', first - 1_000, {}, now_, 'extendNotLater'],
    ['the end is none', Number.NaN, {}, now_, 'extendNotLater'],
    ['policy allows less', ceiling.policyEndAt + 1_000, {}, now_, 'extendPastPolicy'],
    ['PIM allows less', ceiling.activationEndAt + 1_000, {}, now_, 'extendPastActivation'],
    ['the last PUT is over', later, {}, lastPut + 1, 'extendTooLate'],
  ])('is refused when %s', (_, untilAt, changes, hostMs, code) => {
    expect(ask(untilAt, { ...open, ...changes }, hostMs)).toMatchObject({ code });
  });

  it('is in time until the last PUT, also for what was put just before', () => {
    expect(ask(later, open, lastPut)).toMatchObject({ wantedUntil: later });
    const put = (lastPutAt: number) => ({ ...open, placements: [{ ...placement, lastPutAt }] });
    expect(ask(later, put(lastPut - 2 * minute))).toMatchObject({ wantedUntil: later });
    expect(ask(later, put(lastPut - 2 * minute + 1))).toMatchObject({ code: 'extendTooLate' });
    expect(ask(later, put(lastPut - 2 * minute), now_, 1)).toMatchObject({ code: 'extendTooLate' });
  });

  it('says which end is in the way', () => {
    const ends = [
      [first - 1_000, first],
      [ceiling.policyEndAt + 1_000, ceiling.policyEndAt],
      [ceiling.activationEndAt + 1_000, ceiling.activationEndAt],
    ] as const;
    for (const [untilAt, end] of ends) {
      expect(JSON.stringify(ask(untilAt))).toContain(new Date(end).toISOString());
    }
  });

  it('may be for exactly the end of the activation', () => {
    const activationEndAt = later;
    const wished = wishExtend(open, later, { ...ceiling, activationEndAt }, at(now_));
    expect(wished).toMatchObject({ wantedUntil: later });
  });

  it('waits for the last PUT of those that stand open, and for no other', () => {
    const late = { ...placement, lastPutAt: lastPut - 2 * minute + 1 };
    const two = { ...open, placements: [placement, late] };
    expect(ask(later, two)).toMatchObject({ code: 'extendTooLate' });
    const over = { ...two, placements: [placement, { ...late, phase: 'closed' as const }] };
    expect(ask(later, over)).toMatchObject({ wantedUntil: later });
  });
});
