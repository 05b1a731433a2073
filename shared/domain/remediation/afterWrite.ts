import { retryOf } from './retryOf';
import type { Entry, Outcome, SentCause, SentWrite } from './entry';
import { ended } from './firstEntry';
import type { WriteAnswer } from './machineReading';
import { attemptsMax, nightTimes } from './nightTimes';
import type { ReasonCode } from './reasons';
import type { PlannedWrite } from './verdict';

/**
 * An entry whose next write is about to leave: what is saved before it does, so that whoever comes
 * after a crash knows that it may have. `now`: epoch ms.
 */
export function announced(entry: Entry, { what }: PlannedWrite, now: number): Entry {
  const sent: SentWrite = { what, at: now, status: null, over: false, cause: causeOf(entry, what) };
  return {
    ...entry,
    stage: 'announced',
    nextAt: now + nightTimes.lost,
    sent: [...entry.sent, sent],
  };
}

/** Why a VM is written to a second time; a first write needs no cause. */
function causeOf({ sent }: Entry, what: PlannedWrite['what']): SentCause {
  const last = sent.findLast((one) => one.what === what);
  if (last === undefined) return '';
  if (last.status === null) return 'lost';
  return last.status >= 300 ? 'refused' : last.over ? 'failed' : 'changed';
}

/** The announced write was never sent: nothing has happened. */
export function notSent(entry: Entry, now: number): Entry {
  return { ...entry, stage: 'waiting', nextAt: now, sent: entry.sent.slice(0, -1) };
}

/** What an answer to the write that was announced last leads to. */
export function afterWrite(
  entry: Entry,
  write: PlannedWrite,
  answer: WriteAnswer,
  now: number,
): Entry {
  if (answer.kind === 'accepted') return afterAccepted(entry, write, answer.status, now);
  const attempts = entry.attempts + 1;
  // An error of Azure's own does not say that nothing was done: it is as if no answer had come.
  if (answer.fault === 'unavailable' && attempts < attemptsMax) {
    return { ...entry, attempts, nextAt: now + nightTimes.lost };
  }
  const refused = noted(entry, { status: answer.error.status, over: true });
  const { retry, reason } = retryOf(answer.error);
  const again = (pauseMs: number): Entry => ({
    ...refused,
    stage: 'waiting',
    nextAt: now + pauseMs,
    attempts,
  });
  // Whatever the cause, a VM that refuses each time is left for another night.
  if (attempts < attemptsMax) {
    if (answer.fault === 'throttled') return again(answer.retryAfterMs ?? nightTimes.retry);
    if (answer.fault === 'changed') return again(nightTimes.changed);
    if (answer.fault === 'busy') return again(answer.retryAfterMs ?? nightTimes.busy);
    if (answer.fault === 'unauthenticated') return again(nightTimes.busy);
    // The VM itself says whether it is gone, or another.
    if (answer.fault === 'missing' && reason === 'vanished') return again(0);
    if (retry === 'soon') return again(nightTimes.busy);
  }
  const { error } = answer;
  const outcome = outcomeOf(reason);
  return ended(refused, { outcome, at: now, reason, error });
}

/** Reasons for which nobody has to be told of a failure. */
const harmless: readonly ReasonCode[] = [
  'vanished',
  'replaced',
  'changedByOthers',
  'stoppedMeanwhile',
  'notRunning',
  'agentNotReady',
  'extensionsDisallowed',
  'extensionBusy',
];

function outcomeOf(reason: ReasonCode): Outcome {
  return harmless.includes(reason) ? 'skipped' : 'failed';
}

function afterAccepted(entry: Entry, write: PlannedWrite, status: number, now: number): Entry {
  const noticed = { ...noted(entry, { status, over: false }), attempts: 0 };
  if (write.what === 'extension') {
    return { ...noticed, stage: 'extensionSent', nextAt: now + nightTimes.unheard };
  }
  const plan = entry.plan.filter(({ what }) => what !== 'identity');
  // Where only the identity was missing, a last look says whether it is there.
  return { ...noticed, plan, stage: 'identitySent', nextAt: now + nightTimes.identitySettles };
}

/** What is known of the write that was sent last. */
function noted(entry: Entry, known: Pick<SentWrite, 'status' | 'over'>): Entry {
  const last = entry.sent.length - 1;
  return {
    ...entry,
    sent: entry.sent.map((one, at) => (at === last ? { ...one, ...known } : one)),
  };
}
