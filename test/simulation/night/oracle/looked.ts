import type { Violation } from '../../oracle/judge';
import { type SentRequest, statesWithin } from '../history';
import { announcementOf } from './announced';
import { type NightCase, violation } from './case';
import { knownForMs } from './writes';

/** Whoever writes to a VM has looked at it not long ago, and at the very machine that it has in hand. */
export function lookFaults(ofNight: NightCase): Violation[] {
  return ofNight.history.sent
    .filter(({ method }) => method !== 'GET')
    .flatMap((sent) => {
      const what = `${sent.method} ${sent.path}`;
      const looks = looksBefore(ofNight, sent);
      if (looks.length === 0) return [violation('write without a look', what, sent.atMs)];
      const guid = announcementOf(ofNight, sent)?.entry.vmGuid;
      // Of what was not announced another rule tells.
      const isIt = guid === undefined || looks.some((look) => hasShown(ofNight, look, guid));
      return isIt ? [] : [violation('another machine written to', what, sent.atMs)];
    });
}

/** Reads of its VM that were answered, and that a write may stand on. */
function looksBefore(ofNight: NightCase, sent: SentRequest): SentRequest[] {
  const { vmId, atMs } = sent;
  const kind = sent.method === 'PATCH' ? 'identity' : 'extension';
  const fromMs = atMs - knownForMs(ofNight, { vmId, kind }, atMs);
  return ofNight.history.sent.filter(
    (one) =>
      one.method === 'GET' &&
      one.vmId === vmId &&
      one.status === 200 &&
      one.atMs >= fromMs &&
      one.atMs <= atMs,
  );
}

/** A VM that is made anew has another GUID, under the same name. */
function hasShown({ history }: NightCase, look: SentRequest, guid: string): boolean {
  const { vmId, atMs, answeredMs } = look;
  return statesWithin(history, vmId, atMs, answeredMs ?? atMs).some(
    (vm) => vm?.vmId.toLowerCase() === guid,
  );
}
