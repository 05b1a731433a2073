import { isoOf } from '../../shared/domain/audit/auditRecord';
import { wishFact } from '../../shared/domain/audit/rowFacts';
import { activationBehind } from '../../shared/domain/grant';
import type { Refusal } from '../../shared/domain/refusal';
import { cleanText } from '../../shared/domain/text';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { mayRecord, mustRecord } from '../../shared/mustRecord';
import { changeRow } from './changeRow';
import { extendJudge, type JudgedExtend } from './judgeExtend';
import type { WishAnswer, WishedBy } from './wishAnswer';

type ExtendingWorld = Pick<
  World,
  'ledger' | 'audit' | 'clock' | 'log' | 'opening' | 'directory' | 'budget'
>;

/** `until`: the new deadline, absolute, epoch ms. */
export type ExtendWish = WishedBy & { readonly until: number };

/**
 * Wishes a later deadline for an open window: one write of the row, with the next look at once. The
 * deadline is absolute, so that a repeat adds nothing up. Accepted means wished: until every rule
 * is proved with the new marker, and if that cannot be had in time, the old deadline holds. Throws
 * `Fault` when the ledger cannot be reached, the wish cannot be put on record, or nobody can be asked
 * whether the activation lasts so long.
 */
export async function askToExtend(
  world: ExtendingWorld,
  id: string,
  { by, until, reason }: ExtendWish,
): Promise<WishAnswer> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) return { kind: 'notFound' };
  const judge = await extendJudge(world, stored.row, until);
  const answer = await changeRow<Refusal>(world, id, judge);
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
  const what = { ...wished, activationEnds: isoOf(activationBehind(row.grant.origin).endAt) };
  await mustRecord(world, row, [wishFact(row, 'extendWished', { ...wish, what })]);
  return { kind: 'accepted', row, changed: answer.changed };
}

/** What `askToExtend` would make of the row: nothing is written. Throws `Fault` as it does. */
export async function judgeExtend(
  world: ExtendingWorld,
  row: WindowRow,
  until: number,
): Promise<JudgedExtend> {
  return (await extendJudge(world, row, until))(row);
}
