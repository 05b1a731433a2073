import type { FaultKind } from '../../../../shared/domain/fault';
import { nowOf } from '../../../../shared/domain/instant';
import {
  announce,
  applyFact,
  applyOutcome,
  type EffectStep,
  type FactStep,
  isRefusedPut,
  withAlarm,
} from '../../../../shared/domain/window/apply';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { Placement } from '../../../../shared/domain/window/windowRow';
import { createTime, facts } from '../../../support/fakeNetwork';
import { grantOf, minute, nsgNic, rowOf, signer } from '../../../support/grants';
import { readingsOf } from '../../../support/planReadings';

const time = createTime();
const T = time.now;
const now = nowOf(T, 0);
const row = rowOf(time, grantOf(time));
const [first] = planWindow(row, 'abc123', signer, readingsOf([nsgNic])).placements;
if (first === undefined) throw new Error('nothing was planned');
const planned = first;
const of = (changes: Partial<Placement>): Placement => ({ ...planned, ...changes });

/** A placement with something to forget in every field that a fact may clear. */
const laden = of({
  phase: 'closing',
  lastPutAt: T - 5 * minute,
  lastDeleteAt: T - minute,
  deleteCount: 2,
  nsgMissingSince: T - 9,
  notBefore: T + 9,
  unconfirmedSince: T - 8,
  fault: facts('busy'),
  faults: 3,
});
const calm = { fault: null, faults: 0 };
const settled = { notBefore: null, nsgMissingSince: null };
const next = { ...planned.rule, description: 'later' };

describe('a fact', () => {
  it.each<[FactStep, Placement, Partial<Placement>]>([
    [
      { do: 'proveOpen', answeredAt: T - 5, lookAt: T + 7 },
      of({ ...laden, phase: 'putting' }),
      {
        ...calm,
        phase: 'open',
        openedAt: T,
        notBefore: T + 7,
        confirmedAt: T - 5,
        unconfirmedSince: null,
        nsgMissingSince: null,
      },
    ],
    [
      { do: 'proveExtended', answeredAt: T - 5, lookAt: T + 7 },
      of({ ...laden, phase: 'open', openedAt: T - 50, nextRule: next }),
      {
        ...calm,
        rule: next,
        nextRule: null,
        notBefore: T + 7,
        confirmedAt: T - 5,
        unconfirmedSince: null,
        nsgMissingSince: null,
      },
    ],
    [
      { do: 'proveExtended', answeredAt: T, lookAt: T },
      of({ phase: 'open' }),
      { notBefore: T, confirmedAt: T },
    ],
    [{ do: 'forgetExtend' }, of({ ...laden, nextRule: next }), { ...settled, nextRule: null }],
    [{ do: 'noteGone', at: T - 2 }, laden, { ...calm, ...settled, phase: 'gone', goneAt: T - 2 }],
    [{ do: 'noteGone', at: T - 2 }, of({ goneAt: T - 4 }), { phase: 'gone', goneAt: T - 4 }],
    [
      { do: 'proveDisarmed' },
      laden,
      {
        ...calm,
        phase: 'disarmed',
        notBefore: T + minute,
        nsgMissingSince: null,
        alarms: ['disarmed'],
      },
    ],
    [
      { do: 'proveClosed', at: T - 2, kind: 'deleted' },
      laden,
      {
        ...calm,
        ...settled,
        phase: 'closed',
        goneAt: T - 2,
        closedAt: T - 2,
        closedKind: 'deleted',
      },
    ],
    [
      { do: 'proveClosed', at: T - 2, kind: 'nsgGone' },
      of({ phase: 'gone', goneAt: T - 4 }),
      { phase: 'closed', goneAt: T - 4, closedAt: T - 2, closedKind: 'nsgGone' },
    ],
    [
      { do: 'noteBack' },
      of({ ...laden, phase: 'gone' }),
      { ...settled, phase: 'closing', lastDeleteAt: null },
    ],
    [
      { do: 'noteUnsigned', until: T + 3 },
      of({ phase: 'open' }),
      { notBefore: T + 3, alarms: ['changedByOthers'] },
    ],
    [
      { do: 'noteMissing', since: T - 3, until: T + 3 },
      laden,
      { nsgMissingSince: T - 3, notBefore: T + 3 },
    ],
    [{ do: 'follow', nsgId: '/moved' }, laden, { ...settled, nsgId: '/moved', lastDeleteAt: null }],
    [
      { do: 'noteLacking', until: T + 3 },
      of({ phase: 'open' }),
      { unconfirmedSince: T, notBefore: T + 3 },
    ],
    [{ do: 'noteLacking', until: T + 3 }, laden, { notBefore: T + 3 }],
    [{ do: 'wait', until: T + 3 }, laden, { notBefore: T + 3 }],
  ])('%j', (step, before, changes) => {
    expect(applyFact(before, step, now)).toEqual({ ...before, ...changes });
  });
});

const put: EffectStep = { do: 'putRule', rule: planned.rule, answeredAt: T - 4 };
const extend: EffectStep = { do: 'extendRule', rule: next, answeredAt: T - 4 };
const disarm: EffectStep = { do: 'disarmRule', rule: { ...planned.rule, access: 'Deny' } };
const erase: EffectStep = { do: 'deleteRule' };

describe('an announcement', () => {
  const sent = { lastPutAt: T, putCount: 1, notBefore: T + 3_000 };
  const sure = { confirmedAt: T - 4, unconfirmedSince: null };
  it.each<[EffectStep, Placement, Partial<Placement>]>([
    [put, of({ unconfirmedSince: T - 9 }), { ...sent, ...sure, phase: 'putting' }],
    [extend, of({ phase: 'open', unconfirmedSince: T }), { ...sent, ...sure, nextRule: next }],
    [disarm, of({ phase: 'closing' }), { ...sent, disarmAt: T }],
    [erase, laden, { deleteCount: 3 }],
  ])('of $do', (step, before, changes) => {
    expect(announce(before, step, now)).toEqual({ ...before, ...changes });
  });
});

describe('the outcome of a PUT', () => {
  const before = of({ faults: 1, fault: facts('busy'), lastPutAt: T - 5 * minute });
  const sent = () => announce(before, put, now);
  const later = nowOf(T + 1_000, 0);

  it('accepted: the first time is kept, and the fault is over', () => {
    const done = applyOutcome(before, sent(), put, { kind: 'accepted' }, later);
    const look = T + 4_000;
    expect(done).toEqual({ ...sent(), ...calm, putAcceptedAt: T + 1_000, notBefore: look });
    const again = { ...sent(), putAcceptedAt: T - 3 };
    expect(applyOutcome(before, again, put, { kind: 'accepted' }, later).putAcceptedAt).toBe(T - 3);
    const denied = applyOutcome(before, sent(), disarm, { kind: 'accepted' }, later);
    expect(denied.putAcceptedAt).toBeNull();
  });

  it('unsent: nothing of the announcement stays but its count', () => {
    const back = applyOutcome(before, sent(), put, { kind: 'unsent' }, later);
    const { phase, lastPutAt } = before;
    expect(back).toEqual({ ...sent(), phase, lastPutAt, nextRule: null, notBefore: null });
  });

  it('lost: it may have been done, so the announcement stays', () => {
    const fault = facts('unavailable');
    const lost = applyOutcome(before, sent(), put, { kind: 'fault', fault }, later);
    expect(lost).toEqual({ ...sent(), fault, faults: 2, notBefore: T + 5_000 });
  });

  it('refused: the announcement is taken back, and the pause is kept', () => {
    const fault = facts('throttled', 9_000);
    const refused = applyOutcome(before, sent(), put, { kind: 'fault', fault }, later);
    const { phase, lastPutAt } = before;
    const changes = { phase, lastPutAt, fault, faults: 2, notBefore: T + 10_000 };
    expect(refused).toEqual({ ...sent(), ...changes });
  });

  it('refused for good: nothing to wait for', () => {
    const fault = facts('denied');
    const refused = applyOutcome(before, sent(), put, { kind: 'fault', fault }, later);
    expect(refused).toMatchObject({ phase: 'planned', fault, notBefore: null });
  });

  it('an extend that was refused leaves no content behind that it might have brought', () => {
    const open = of({ phase: 'open', lastPutAt: T - 5 * minute });
    const fault = facts('busy');
    const said = announce(open, extend, now);
    const refused = applyOutcome(open, said, extend, { kind: 'fault', fault }, later);
    expect(refused).toMatchObject({ phase: 'open', nextRule: null, lastPutAt: T - 5 * minute });
  });

  it('a Deny is asked for at the pace of a close', () => {
    const closing = of({ phase: 'closing', faults: 20, lastPutAt: T - 5 * minute });
    const said = announce(closing, disarm, now);
    const fault = facts('throttled', 3_600_000);
    const refused = applyOutcome(closing, said, disarm, { kind: 'fault', fault }, now);
    expect(refused).toMatchObject({ notBefore: T + 30_000, faults: 21 });
  });

  it.each<[FaultKind, boolean]>([
    ['throttled', true],
    ['busy', true],
    ['unauthenticated', true],
    ['denied', true],
    ['locked', true],
    ['missing', true],
    ['conflict', true],
    ['changed', true],
    ['invalid', true],
    ['unavailable', false],
    ['foreignHost', false],
    ['licence', false],
  ])('%s: surely without effect is %s', (kind, refused) => {
    expect(isRefusedPut(facts(kind))).toBe(refused);
  });
});

describe('the outcome of a DELETE', () => {
  const before = of({ phase: 'closing', lastPutAt: T - 5 * minute });
  const asked = () => announce(before, erase, now);
  const outcome = (kind: FaultKind, changes: Partial<Placement> = {}) =>
    applyOutcome(
      before,
      { ...asked(), ...changes },
      erase,
      { kind: 'fault', fault: facts(kind) },
      now,
    );

  it('accepted: looked for after a while; absent: looked for at once', () => {
    const changes = { ...calm, lastDeleteAt: T, deleteAcceptedAt: T };
    const faulty = { ...asked(), fault: facts('busy'), faults: 3 };
    expect(applyOutcome(before, faulty, erase, { kind: 'accepted' }, now)).toEqual({
      ...asked(),
      ...changes,
      notBefore: T + 3_000,
    });
    const known = { ...asked(), deleteAcceptedAt: T - 5, notBefore: T + 1 };
    expect(applyOutcome(before, known, erase, { kind: 'absent' }, now)).toEqual({
      ...asked(),
      ...changes,
      deleteAcceptedAt: T - 5,
      notBefore: null,
    });
  });

  it('accepted: the NSG is there; absent: it may be the NSG that is not', () => {
    const missing = { ...asked(), nsgMissingSince: T - minute };
    const since = (kind: 'accepted' | 'absent'): number | null =>
      applyOutcome(before, missing, erase, { kind }, now).nsgMissingSince;
    expect(since('accepted')).toBeNull();
    expect(since('absent')).toBe(T - minute);
    const disarmed = { ...announce(before, disarm, now), nsgMissingSince: T - minute };
    const denied = applyOutcome(before, disarmed, disarm, { kind: 'accepted' }, now);
    expect(denied.nsgMissingSince).toBeNull();
  });

  it('accepted for a Deny: it is closing again, and watched like any other', () => {
    const disarmed: Placement = { ...asked(), phase: 'disarmed' };
    expect(applyOutcome(before, disarmed, erase, { kind: 'accepted' }, now).phase).toBe('closing');
  });

  it('accepted for what was seen as gone: it is still only seen as gone', () => {
    const gone: Placement = { ...asked(), phase: 'gone' };
    expect(applyOutcome(before, gone, erase, { kind: 'accepted' }, now).phase).toBe('gone');
  });

  it('absent: nothing was accepted', () => {
    const absent = applyOutcome(before, asked(), erase, { kind: 'absent' }, now);
    expect(absent).toMatchObject({ deleteAcceptedAt: null, lastDeleteAt: T });
  });

  it('unsent: nothing changes', () => {
    const placement = asked();
    expect(applyOutcome(before, placement, erase, { kind: 'unsent' }, now)).toBe(placement);
  });

  it.each<[FaultKind, Partial<Placement>, Partial<Placement>]>([
    ['busy', {}, { faults: 1, notBefore: T + 2_000, alarms: [] }],
    ['busy', { faults: 2 }, { faults: 3, notBefore: T + 8_000, alarms: [] }],
    ['locked', {}, { faults: 1, notBefore: null, alarms: ['closeRefused'] }],
    ['denied', {}, { faults: 1, notBefore: null, alarms: ['closeRefused'] }],
    ['locked', { faults: 1 }, { faults: 2, notBefore: T + 4_000, alarms: ['closeRefused'] }],
    ['invalid', {}, { faults: 1, notBefore: T + 2_000, alarms: ['closeRefused'] }],
    ['locked', { phase: 'disarmed' }, { faults: 1, notBefore: T + minute, alarms: [] }],
    ['busy', { phase: 'disarmed' }, { faults: 1, notBefore: T + 2_000, alarms: [] }],
  ])('%s after %j', (kind, changes, expected) => {
    expect(outcome(kind, changes)).toMatchObject({ ...expected, fault: facts(kind) });
  });
});

describe('an alarm', () => {
  it('is noted once, beside the others', () => {
    const one = withAlarm(planned, 'disarmed');
    expect(withAlarm(one, 'disarmed')).toBe(one);
    expect(withAlarm(one, 'closeRefused').alarms).toEqual(['disarmed', 'closeRefused']);
  });
});
