import { isoOf } from '../../shared/domain/audit/auditRecord';
import { wishFact } from '../../shared/domain/audit/rowFacts';
import { activationBehind } from '../../shared/domain/grant';
import type { Refusal } from '../../shared/domain/refusal';
import { repeatOf } from '../../shared/domain/request/keyedWrite';
import { cleanText } from '../../shared/domain/text';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { mayRecord, mustRecord } from '../../shared/mustRecord';
import { changeRow } from './changeRow';
import { asWritten, keyedChange } from './keyedChange';
import { extendJudge, type JudgedExtend } from './judgeExtend';
import type { WishAnswer, WishedBy } from './wishAnswer';

type ExtendingWorld = Pick<
  World,
  | 'ledger'
  | 'audit'
  | 'clock'
  | 'log'
  | 'opening'
  | 'directory'
  | 'budget'
  | 'deployment'
  | 'verifier'
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
  { by, until, reason, keyed = null }: ExtendWish,
): Promise<WishAnswer> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) return { kind: 'notFound' };
  // What was wished with this key before is not judged again.
  const isNew = repeatOf(stored.row.keyed, keyed) === 'new';
  const judge = isNew ? await extendJudge(world, stored.row, until) : (row: WindowRow) => row;
  const answer = await changeRow(world, id, keyedChange<Refusal>(keyed, judge));
  if (answer === null) return { kind: 'notFound' };
  const { row } = answer;
  const wish = { by: cleanText(by, 80), why: cleanText(reason, 500), at: world.clock.now() };
  const what = { from: row.until === null ? null : isoOf(row.until), until: isoOf(until) };
  const fields = {
    windowId: id,
    personId: wish.by,
    why: wish.why,
    wanted: Number.isFinite(until) ? until : null,
    until: row.until,
    generation: row.generation,
  };
  if ('refused' in answer) {
    const { refused } = answer;
    if (refused === 'keyReused') return { kind: refused };
    const { code, rule, next } = refused;
    world.log.info('wish.refused', { ...fields, refusal: code, rule, next });
    const said = { ...wish, what: { ...what, refusal: code, next } };
    await mayRecord(world, row, [wishFact(row, 'extendRefused', said)]);
    return { kind: 'refused', row, refusal: refused };
  }
  world.log.info('wish.extend', { ...fields, changed: answer.changed });
  const activation = activationBehind(row.grant.origin);
  const ends = activation === null ? {} : { activationEnds: isoOf(activation.endAt) };
  const said = { ...wish, what: { ...what, ...ends } };
  const written = asWritten(row, keyed);
  await mustRecord(world, written, [wishFact(written, 'extendWished', said)]);
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
