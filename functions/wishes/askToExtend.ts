import { isoOf } from '../../shared/domain/audit/auditRecord';
import { wishFact } from '../../shared/domain/audit/rowFacts';
import { refusal, type Refusal } from '../../shared/domain/refusal';
import { cleanText } from '../../shared/domain/text';
import { ceilingOf, isRefused } from '../../shared/domain/window/ceiling';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { wishExtend } from '../../shared/domain/window/wishExtend';
import type { World } from '../../shared/ports/world';
import { mayRecord, mustRecord } from '../../shared/mustRecord';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { signingRefusal } from '../activities/window/signingRefusal';
import { changeRow } from './changeRow';
import type { WishAnswer, WishedBy } from './wishAnswer';

type ExtendingWorld = Pick<World, 'ledger' | 'audit' | 'clock' | 'log' | 'opening'>;

/** `until`: the new deadline, absolute, epoch ms. */
export type ExtendWish = WishedBy & { readonly until: number };

/**
 * Wishes a later deadline for an open window: one write of the row, with the next look at once. The
 * deadline is absolute, so that a repeat adds nothing up. Accepted means wished: until every rule
 * is proved with the new marker, and if that cannot be had in time, the old deadline holds. Throws
 * `Fault` when the ledger cannot be reached, or the wish cannot be put on record.
 */
export async function askToExtend(
  world: ExtendingWorld,
  id: string,
  { by, until, reason }: ExtendWish,
): Promise<WishAnswer> {
  // Where the heartbeat cannot be read the wish waits in the row, as an opening would.
  const signing = await signingRefusal(world);
  const unsigned = signing === 'later' ? null : signing;
  const answer = await changeRow<Refusal>(world, id, (row) => judge(world, row, until, unsigned));
  if (answer === null) return { kind: 'notFound' };
  const { row } = answer;
  const [personId, why] = [cleanText(by, 80), cleanText(reason, 500)];
  const wished = { from: row.until === null ? null : isoOf(row.until), until: isoOf(until) };
  const wish = { by: personId, why, at: world.clock.now() };
  const fields = {
    windowId: id,
    personId,
    why,
    wanted: Number.isFinite(until) ? until : null,
    until: row.until,
    generation: row.generation,
  };
  if ('refused' in answer) {
    const { code, rule, next } = answer.refused;
    world.log.info('wish.refused', { ...fields, refusal: code, rule, next });
    const what = { ...wished, refusal: code, next };
    await mayRecord(world, row, [wishFact(row, 'extendRefused', { ...wish, what })]);
    return { kind: 'refused', row, refusal: answer.refused };
  }
  world.log.info('wish.extend', { ...fields, changed: answer.changed });
  await mustRecord(world, row, [wishFact(row, 'extendWished', { ...wish, what: wished })]);
  return { kind: 'accepted', row, changed: answer.changed };
}

/** What `askToExtend` would make of the row: nothing is written. Throws `Fault` for no reason. */
export async function judgeExtend(
  world: ExtendingWorld,
  row: WindowRow,
  until: number,
): Promise<WindowRow | { readonly refused: Refusal }> {
  const signing = await signingRefusal(world);
  return judge(world, row, until, signing === 'later' ? null : signing);
}

function judge(
  { clock, opening }: ExtendingWorld,
  row: WindowRow,
  until: number,
  unsigned: Refusal | null,
): WindowRow | { readonly refused: Refusal } {
  const now = nowOfWorld({ clock });
  if (!('policy' in opening)) return { refused: refusal('openingsDisabled') };
  const ceiling = ceilingOf(opening.policy, row, now);
  if (isRefused(ceiling)) return { refused: ceiling };
  const wished = wishExtend(row, until, ceiling, now);
  if ('code' in wished) return { refused: wished };
  return wished !== row && unsigned !== null ? { refused: unsigned } : wished;
}
