import { workOffMs, type TurnRow } from '../../../shared/domain/calendar/turn';
import { factsOf } from '../../../shared/domain/fault';
import type { Look } from '../../../shared/ports/starter';
import { type Run, startRun } from './run';
import { dueAfter, giveBack, heldBy, renewTurn } from './turns';

/** One close for another window is given up after this; its own worker goes on with it. */
const errandMs = 25_000;

type CloseFor = (errand: Run) => Promise<unknown>;

/**
 * Whoever has the turn to close on an NSG, and has nothing left to do itself for now, closes for
 * the others on its due list, one delete after another, each in that window's own row and by the
 * same steps that its own worker would take. Ends after a minute, with the list, or when its own
 * window wants to be looked at.
 */
export async function workOff(run: Run, look: Look, closeFor: CloseFor): Promise<void> {
  const ownLook = look.done ? Infinity : Date.parse(look.nextLook);
  const deleteMs = run.world.deleteTimes.p99Ms();
  const beginUntil = Math.min(ownLook, run.startedAt + workOffMs - deleteMs);
  for (const turn of heldBy(run)) {
    // An NSG that is busy with a delete stays taken: whoever came now would be refused.
    if (await isUnderWay(run, turn, run.windowId)) continue;
    if (await worksOff(run, turn, beginUntil, closeFor)) await giveBack(run, turn);
  }
}

/** True if the turn can be given back: none of our deletes is under way. */
async function worksOff(
  run: Run,
  turn: TurnRow,
  beginUntil: number,
  closeFor: CloseFor,
): Promise<boolean> {
  const { clock } = run.world;
  const tried = new Set<string>();
  while (clock.now() <= beginUntil) {
    const next = (await dueAfter(run, turn.nsgId)).find(({ id }) => !tried.has(id));
    if (next === undefined) return true;
    tried.add(next.id);
    if (!(await renewTurn(run, turn))) return true;
    if (!(await closes(run, turn, next.id, closeFor))) return true;
    if (await isUnderWay(run, turn, next.id)) return false;
  }
  return true;
}

const ended: readonly string[] = ['gone', 'closed', 'disarmed'];

/** Is the window's delete on this NSG about to be sent, or accepted and not yet seen to its end? */
async function isUnderWay({ world }: Run, { nsgId }: TurnRow, id: string): Promise<boolean> {
  const row = (await world.ledger.windows.get(id))?.row;
  const placements = row?.placements.filter((one) => one.nsgId.toLowerCase() === nsgId) ?? [];
  return placements.some(({ phase, fault }) => !ended.includes(phase) && fault === null);
}

/** False if the ledger failed: then each window is left to its own worker. */
async function closes(
  run: Run,
  { nsgId }: TurnRow,
  id: string,
  closeFor: CloseFor,
): Promise<boolean> {
  const { world, windowId } = run;
  try {
    world.log.info('turn.closesFor', { windowId, nsgId, other: id });
    const until = world.clock.now() + errandMs;
    await closeFor({ ...startRun(world, id), errand: { nsgId, until } });
    return true;
  } catch (error) {
    const { kind, code } = factsOf(error);
    world.log.warn('turn.failed', { windowId, other: id, faultKind: kind, azureCode: code });
    return false;
  }
}
