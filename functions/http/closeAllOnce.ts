import type { Caller } from '../../shared/domain/caller/caller';
import { factsOf } from '../../shared/domain/fault';
import { hashId } from '../../shared/domain/identity';
import {
  type ClosedAll,
  type KeyedCloseAll,
  stillKnown,
  withCloseAll,
} from '../../shared/domain/request/keyedCloseAll';
import { type KeyedWrite, repeatOf } from '../../shared/domain/request/keyedWrite';
import type { World } from '../../shared/ports/world';

type OnceWorld = Pick<World, 'ledger' | 'clock' | 'log'>;

/** Others of the same caller save a row a few times a second at most. */
const attemptsMax = 10;

/** What is known of a caller's key: what was answered, that it was another body's, or nothing. */
export async function closedBefore(
  { ledger, clock }: OnceWorld,
  caller: Caller,
  keyed: KeyedWrite | null,
): Promise<ClosedAll | 'reused' | null> {
  if (keyed === null) return null;
  const stored = await ledger.answers.get(rowIdOf(caller));
  const known = stillKnown(stored?.row ?? null, clock.now());
  const repeat = repeatOf(known, keyed);
  if (repeat === 'reused') return 'reused';
  // Whoever was at it may have died: it is done once more, and a wish that stands is one wish.
  return known.find(({ key }) => key === keyed.key)?.answer ?? null;
}

/**
 * Remembers a key before anything is closed (`answer` null), and then what was answered. A close
 * comes before its memory: what cannot be saved is told to the log, and a repeat closes once more.
 */
export async function rememberCloseAll(
  { ledger, clock, log }: OnceWorld,
  caller: Caller,
  keyed: KeyedWrite | null,
  answer: ClosedAll | null,
): Promise<void> {
  if (keyed === null) return;
  const id = rowIdOf(caller);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const now = clock.now();
      const stored = await ledger.answers.get(id);
      const known = stillKnown(stored?.row ?? null, now);
      const before = known.find(({ key }) => key === keyed.key);
      // Of two at once the answer that was saved first stands, and nobody takes it back.
      if (before !== undefined && (before.answer !== null || answer === null)) return;
      const write: KeyedCloseAll = { ...keyed, at: before?.at ?? now, answer };
      const row = withCloseAll(id, known, write);
      const written =
        stored === null
          ? await ledger.answers.insert(row)
          : await ledger.answers.replace(row, stored.etag);
      if (written !== 'exists' && written !== 'changed') return;
    }
    log.warn('closeAll.keyContended', { personId: caller.objectId });
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('closeAll.keyUnsaved', {
      personId: caller.objectId,
      faultKind: kind,
      azureCode: code,
    });
  }
}

function rowIdOf({ objectId }: Caller): string {
  return hashId(`answers|${objectId}`);
}
