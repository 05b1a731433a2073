import type { FaultKind } from '../../../../shared/domain/fault';
import { afterCancel, afterFault } from '../../../../shared/domain/remediation/afterFault';
import { afterWrite, announced, notSent } from '../../../../shared/domain/remediation/afterWrite';
import type { SentWrite } from '../../../../shared/domain/remediation/entry';
import { ended } from '../../../../shared/domain/remediation/firstEntry';
import type { WriteAnswer } from '../../../../shared/domain/remediation/machineReading';
import { at, entryOf, identityWrite, installWrite, sentOf } from '../../../support/nightEntries';

const stopped = 'Cannot modify extensions in the VM when the VM is not running.';
const linked =
  "The linked scope '/subscriptions/s/…/userAssignedIdentities/id' may not be assigned.";
const waiting = entryOf({ plan: [identityWrite, installWrite] });
const told = announced(waiting, installWrite, at);
const refused = (
  fault: FaultKind,
  error: { status: number; code?: string; message?: string },
  retryAfterMs: number | null = null,
): WriteAnswer => ({
  kind: 'refused',
  fault,
  retryAfterMs,
  error: { code: 'Code', message: '', ...error },
});

describe('a write that is about to leave', () => {
  it('stands in the entry before it does, and may have left whatever happens', () => {
    expect(told).toMatchObject({
      stage: 'announced',
      nextAt: at + 60_000,
      sent: [{ what: 'extension', at, status: null, over: false, cause: '' }],
    });
    expect(waiting.sent).toEqual([]);
  });

  it('leaves no trace where it never left', () => {
    expect(notSent(told, at + 5)).toEqual({ ...waiting, nextAt: at + 5 });
  });

  it.each<[SentWrite['cause'], Partial<SentWrite>]>([
    ['lost', { status: null }],
    ['refused', { status: 409, over: true }],
    ['refused', { status: 300, over: true }],
    ['failed', { status: 201, over: true }],
    ['changed', { status: 201, over: false }],
  ])('has the cause %s after one that was %j', (cause, last) => {
    const again = announced(entryOf({ sent: [sentOf(last)] }), installWrite, at);
    expect(again.sent.map((one) => one.cause)).toEqual(['', cause]);
  });

  it('needs no cause for the first of its kind', () => {
    const after = announced(entryOf({ sent: [sentOf({ what: 'identity' })] }), installWrite, at);
    expect(after.sent[1]?.cause).toBe('');
  });
});

describe('the answer to a write', () => {
  it('of an extension: it installs, and is looked at when nobody tells of it', () => {
    expect(afterWrite(told, installWrite, { kind: 'accepted', status: 201 }, at)).toMatchObject({
      stage: 'extensionSent',
      nextAt: at + 15 * 60_000,
      sent: [{ status: 201, over: false }],
      attempts: 0,
    });
  });

  it('of an identity: the extension follows half a minute later', () => {
    const sent = announced(waiting, identityWrite, at);
    expect(afterWrite(sent, identityWrite, { kind: 'accepted', status: 200 }, at)).toMatchObject({
      stage: 'identitySent',
      nextAt: at + 30_000,
      plan: [installWrite],
    });
  });

  it.each<[string, WriteAnswer, number]>([
    ['no room', refused('throttled', { status: 429 }, 17_000), 17_000],
    ['no room, and no word when', refused('throttled', { status: 429 }), 300_000],
    ['somebody was faster', refused('changed', { status: 412 }), 2_000],
    ['another operation', refused('busy', { status: 409 }, 30_000), 30_000],
    ['another operation, and no word', refused('busy', { status: 409 }), 90_000],
    ['a token that was not taken', refused('unauthenticated', { status: 401 }), 90_000],
    [
      'a token that was not taken, whatever else is said',
      refused('unauthenticated', { status: 401, code: 'AuthorizationFailed' }),
      90_000,
    ],
    ['a VM that is not found', refused('missing', { status: 404, code: 'ResourceNotFound' }), 0],
    [
      'an extension whose VM is not found',
      refused('missing', { status: 404, code: 'ParentResourceNotFound' }),
      0,
    ],
    ['a state that passes', refused('invalid', { status: 409, code: 'Conflict' }), 90_000],
  ])('%s: it comes again', (_, answer, pauseMs) => {
    expect(afterWrite(told, installWrite, answer, at)).toMatchObject({
      stage: 'waiting',
      nextAt: at + pauseMs,
      attempts: 1,
      end: null,
      sent: [{ over: true }],
    });
  });

  it('that is an error of Azure does not say that it was not carried out: the VM is asked', () => {
    expect(afterWrite(told, installWrite, refused('unavailable', { status: 500 }), at)).toEqual({
      ...told,
      nextAt: at + 60_000,
      attempts: 1,
    });
  });

  it.each<[string, WriteAnswer, object]>([
    [
      'stopped in between',
      refused('invalid', {
        status: 409,
        code: 'OperationNotAllowed',
        message: stopped,
      }),
      { outcome: 'skipped', reason: 'stoppedMeanwhile' },
    ],
    [
      'a region without the extension',
      refused('missing', { status: 404, code: 'ArtifactNotFound' }),
      { outcome: 'failed', reason: 'refused' },
    ],
    [
      'a subscription that is gone',
      refused('invalid', { status: 400, code: 'SubscriptionNotFound' }),
      { outcome: 'skipped', reason: 'vanished' },
    ],
    ['a lock', refused('locked', { status: 409, code: 'ScopeLocked' }), { reason: 'locked' }],
    [
      'identities of others',
      refused('denied', { status: 403, code: 'LinkedAuthorizationFailed', message: linked }),
      { outcome: 'failed', reason: 'identityForbidden' },
    ],
    [
      'a policy',
      refused('denied', { status: 403, code: 'RequestDisallowedByPolicy' }),
      { reason: 'refusedByPolicy' },
    ],
    ['no right', refused('denied', { status: 403 }), { outcome: 'failed', reason: 'forbidden' }],
  ])('%s: it is over, and the error is told', (_, answer, end) => {
    const after = afterWrite(told, installWrite, answer, at);
    expect(after).toMatchObject({ stage: 'ended', end: { at, ...end } });
    expect(after.end?.error?.status).toBe(answer.kind === 'refused' ? answer.error.status : 0);
  });

  it('is noted of the write that was sent last, and of no other', () => {
    const before = sentOf({ what: 'identity', status: 200 });
    const both = announced(entryOf({ sent: [before] }), installWrite, at);
    const answers: WriteAnswer[] = [
      { kind: 'accepted', status: 201 },
      refused('busy', { status: 409 }),
    ];
    for (const answer of answers) {
      expect(afterWrite(both, installWrite, answer, at).sent[0]).toEqual(before);
    }
  });

  it('that is a refusal each time ends it for this night', () => {
    const often = { ...told, attempts: 7 };
    expect(
      afterWrite(often, installWrite, refused('busy', { status: 409 }), at).end,
    ).not.toBeNull();
  });
});

describe('a request that comes to nothing', () => {
  const fault = { kind: 'unavailable', code: 'ECONNRESET', status: 0, retryAfterMs: null } as const;

  it('pauses longer each time, five minutes at most', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6].map(
      (attempts) => afterFault(entryOf({ attempts }), fault, at).nextAt - at,
    );
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000]);
  });

  it('ends after eight of them in a row', () => {
    const { end } = afterFault(entryOf({ attempts: 7 }), fault, at);
    expect(end).toMatchObject({
      outcome: 'failed',
      reason: 'unreachable',
      error: { status: 0, code: 'ECONNRESET', message: '' },
    });
  });

  it('after a write asks the VM, once nothing can be under way any more', () => {
    expect(afterFault(told, fault, at)).toMatchObject({ stage: 'announced', nextAt: at + 60_000 });
  });

  it('waits as long as it is asked to', () => {
    const asked = { ...fault, retryAfterMs: 120_000 };
    expect(afterFault(entryOf(), asked, at).nextAt).toBe(at + 120_000);
  });

  it('because nobody may read the VM is told as that', () => {
    const denied = { ...fault, kind: 'denied', status: 403, code: 'AuthorizationFailed' } as const;
    const { end } = afterFault(entryOf(), denied, at);
    expect(end).toMatchObject({
      outcome: 'failed',
      reason: 'forbidden',
      error: { status: 403, code: 'AuthorizationFailed', message: '' },
    });
    // What became of a write that was announced is asked all the same.
    expect(afterFault(told, denied, at)).toMatchObject({ stage: 'announced', end: null });
  });
});

describe('a run that is cancelled', () => {
  it('ends what was not sent', () => {
    expect(afterCancel(entryOf(), at).end).toMatchObject({
      outcome: 'skipped',
      reason: 'cancelled',
    });
    const half = entryOf({ stage: 'identitySent', sent: [sentOf({ what: 'identity' })] });
    expect(afterCancel(half, at).end?.reason).toBe('cancelled');
  });

  it('watches what is under way to its end', () => {
    const installing = entryOf({ stage: 'extensionSent', sent: [sentOf()] });
    expect(afterCancel(installing, at)).toBe(installing);
  });

  it('changes nothing of what is at its end, however often it is told', () => {
    const over = afterCancel(entryOf(), at);
    expect(afterCancel(over, at + 1)).toBe(over);
    const fixed = ended(entryOf({ sent: [sentOf({ over: true })] }), { outcome: 'fixed', at });
    expect(afterCancel(fixed, at + 1)).toBe(fixed);
  });
});
