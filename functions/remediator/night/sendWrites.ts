import { factsOf } from '../../../shared/domain/fault';
import { afterFault } from '../../../shared/domain/remediation/afterFault';
import { afterWrite, announced, notSent } from '../../../shared/domain/remediation/afterWrite';
import type { WriteAnswer } from '../../../shared/domain/remediation/machineReading';
import { nightTimes } from '../../../shared/domain/remediation/nightTimes';
import type { Entry } from '../../../shared/domain/remediation/entry';
import type { BatchBook } from './batchBook';
import type { ReadyWrite } from './lane';
import type { Throttled } from './lookAt';
import type { NightRun } from './nightRun';

/** Where a group of writes belongs; `left`: one of them has left, or will not. */
export type Sending = {
  readonly lane: Throttled;
  readonly location: string;
  readonly left: () => void;
};

const pauseMs = 10_000;
/** Resource Manager's own counts, which its headers tell; every other 429 is Compute's. */
const ofFrontDoor = ['SubscriptionRequestsThrottled', 'TenantRequestsThrottled'];

/**
 * Announces writes of one batch by one save, and sends them. What the save says is true whatever
 * happens next: each of them may have left, and nothing else has. Never throws.
 */
export async function sendWrites(
  run: NightRun,
  book: BatchBook,
  group: readonly ReadyWrite[],
  sending: Sending,
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { clock } = run.world;
  const at = clock.now();
  for (const { batch, place, write } of group) {
    const entry = batch.entries[place];
    if (entry !== undefined) book.set(batch, place, announced(entry, write, at));
  }
  const isSaved = await book.flush(first.batch).then(
    () => !run.isLost,
    () => false,
  );
  await Promise.all(
    group.map(async (one) => {
      const { batch, place } = one;
      const entry = batch.entries[place];
      if (entry !== undefined) {
        const isTimely = clock.now() - at < nightTimes.sendWithin;
        const next = isSaved && isTimely ? await sendOne(run, one, entry, sending) : null;
        if (next === null) sending.left();
        book.set(batch, place, next ?? notSent(entry, clock.now() + pauseMs));
      }
    }),
  );
}

async function sendOne(
  run: NightRun,
  { write, etag }: ReadyWrite,
  entry: Entry,
  { lane, location, left }: Sending,
): Promise<Entry> {
  const { machines, clock, pace } = run.world;
  const { vmId } = entry;
  const subscriptionId = vmId.split('/')[2] ?? '';
  pace.tookWrite(subscriptionId, location);
  const answering: Promise<WriteAnswer> =
    write.what === 'identity'
      ? machines.patchIdentity(vmId, write.userAssigned, etag)
      : machines.putExtension(vmId, location, write);
  left();
  try {
    const answer = await answering;
    const now = clock.now();
    if (answer.kind === 'accepted') run.count('writes');
    if (answer.kind === 'refused' && answer.fault === 'throttled') {
      const wait = answer.retryAfterMs ?? pauseMs;
      if (!ofFrontDoor.includes(answer.error.code)) {
        pace.refusedWrite(subscriptionId, location, wait);
      }
      lane.throttled(wait, now);
    }
    return afterWrite(entry, write, answer, now);
  } catch (error) {
    return afterFault(entry, factsOf(error), clock.now());
  }
}
