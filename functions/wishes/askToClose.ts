import { cleanText } from '../../shared/domain/text';
import { wishClose } from '../../shared/domain/window/wishClose';
import type { World } from '../../shared/ports/world';
import { changeRow } from './changeRow';
import type { WishAnswer, WishedBy } from './wishAnswer';

/**
 * Wishes a window closed, in whatever phase it is: one write of the row, with the next look at
 * once. Never refused; asked twice, or of a window at its end, it answers what is. The caller then
 * has the wish carried out (`carryOut`). Throws `Fault` when the ledger cannot be reached.
 */
export async function askToClose(
  world: Pick<World, 'ledger' | 'clock' | 'log'>,
  id: string,
  { by, reason }: WishedBy,
): Promise<WishAnswer> {
  const answer = await changeRow<never>(world, id, (row) => wishClose(row, world.clock.now()));
  if (answer === null) return { kind: 'notFound' };
  if ('refused' in answer) return answer.refused;
  const { row, changed } = answer;
  world.log.info('wish.close', {
    windowId: id,
    personId: cleanText(by, 80),
    why: cleanText(reason, 500),
    closeReason: row.closeReason,
    generation: row.generation,
    changed,
  });
  return { kind: 'accepted', row, changed };
}
