import { wishFact } from '../../shared/domain/audit/rowFacts';
import { cleanText } from '../../shared/domain/text';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { wishClose } from '../../shared/domain/window/wishClose';
import type { World } from '../../shared/ports/world';
import { mayRecord } from '../../shared/mustRecord';
import { changeRow } from './changeRow';
import { asWritten, keyedChange } from './keyedChange';
import type { WishAnswer, WishedBy } from './wishAnswer';

/**
 * Wishes a window closed, in whatever phase it is: one write of the row, with the next look at
 * once. Never refused; asked twice, or of a window at its end, it answers what is. The caller then
 * has the wish carried out (`carryOut`). Throws `Fault` when the ledger cannot be reached.
 */
export async function askToClose(
  world: Pick<World, 'ledger' | 'audit' | 'clock' | 'log'>,
  id: string,
  { by, reason, keyed = null }: WishedBy,
): Promise<WishAnswer> {
  const close = (row: WindowRow): WindowRow => wishClose(row, world.clock.now());
  const answer = await changeRow(world, id, keyedChange<never>(keyed, close));
  if (answer === null) return { kind: 'notFound' };
  if ('refused' in answer) return { kind: answer.refused };
  const { row, changed } = answer;
  const [personId, why] = [cleanText(by, 80), cleanText(reason, 500)];
  world.log.info('wish.close', {
    windowId: id,
    personId,
    why,
    closeReason: row.closeReason,
    generation: row.generation,
    changed,
  });
  const wish = { by: personId, why, at: world.clock.now() };
  const written = asWritten(row, keyed);
  await mayRecord(world, written, [wishFact(written, 'closeWished', wish)]);
  return { kind: 'accepted', row, changed };
}
