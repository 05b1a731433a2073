import type { FaultFacts } from '../fault';
import type { Entry } from './entry';
import { ended } from './firstEntry';
import { attemptsMax, nightTimes } from './nightTimes';

const pauseFirstMs = 5_000;
const pauseMaxMs = 5 * 60_000;

/**
 * A look or a write that came to nothing: pauses grow, and in the end the VM is left for another
 * night. A write without an answer may have arrived: the VM is asked, once nothing of it can be
 * under way any more. `now`: epoch ms.
 */
export function afterFault(entry: Entry, fault: FaultFacts, now: number): Entry {
  const attempts = entry.attempts + 1;
  if (fault.kind === 'denied' && entry.stage !== 'announced') {
    const error = { status: fault.status, code: fault.code, message: '' };
    return ended(entry, { outcome: 'failed', at: now, reason: 'forbidden', error });
  }
  if (attempts >= attemptsMax) {
    const error = { status: fault.status, code: fault.code, message: '' };
    return ended(entry, { outcome: 'failed', at: now, reason: 'unreachable', error });
  }
  if (entry.stage === 'announced') return { ...entry, attempts, nextAt: now + nightTimes.lost };
  const own = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (attempts - 1));
  return { ...entry, attempts, nextAt: now + Math.max(fault.retryAfterMs ?? 0, own) };
}

/** Nothing new is begun: what was not sent is over, what was sent is watched to its end. */
export function afterCancel(entry: Entry, now: number): Entry {
  const isUnderWay = entry.sent.some(({ what, over }) => what === 'extension' && !over);
  if (entry.end !== null || isUnderWay) return entry;
  return ended(entry, { outcome: 'skipped', at: now, reason: 'cancelled' });
}
