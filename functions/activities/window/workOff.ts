import type { TurnRow } from '../../../shared/domain/calendar/turn';
import { factsOf } from '../../../shared/domain/fault';
import type { Look } from '../../../shared/ports/starter';
import { type Run, startRun } from './run';
import { dueAfter, giveBack, heldBy, renewTurn, withoutFault } from './turns';

/** One close for another window is given up after this; its own worker goes on with it. */
const errandMs = 25_000;
/**
 * Left over when the last delete of a run is seen to its end: a turn that is kept because of a
 * delete under way keeps everybody waiting for longer than the delete takes.
 */
const spareMs = 2_000;

type CloseFor = (errand: Run) => Promise<unknown>;

/**
 * Whoever has the turn to close on an NSG, and has nothing left to do itself for now, closes for
 * the others on its due list, one delete after another, each in that window's own row and by the
 * same steps that its own worker would take. Ends with the list, after `forMs` since the run began,
 * or when its own window wants to be looked at: nobody's close is to be late for the sake of
 * another's. Never throws: a turn that is not given back ends by itself.
 */
export async function workOff(
  run: Run,
  look: Look,
  forMs: number,
  closeFor: CloseFor,
): Promise<void> {
  const ownLook = look.done ? Infinity : Date.parse(look.nextLook);
  const endsAt = Math.min(ownLook, run.startedAt + forMs);
  for (const turn of heldBy(run)) {
    // An NSG that is busy with a delete stays taken: whoever came now would be refused.
    if (await isUnderWay(run, turn, run.windowId)) continue;
    if (await worksOff(run, turn, endsAt, closeFor)) await giveBack(run, turn);
  }
}

/** True if the turn can be given back: none of our deletes is under way. */
async function worksOff(
  run: Run,
  turn: TurnRow,
  endsAt: number,
  closeFor: CloseFor,
): Promise<boolean> {
  const { clock, deleteTimes } = run.world;
  const tried = new Set<string>();
  while (clock.now() + deleteTimes.p99Ms() + spareMs <= endsAt) {
    const next = (await dueAfter(run, turn.nsgId)).find(({ id }) => !tried.has(id));
    if (next === undefined) return true;
    tried.add(next.id);
    if (!(await renewTurn(run, turn))) return true;
    const until = Math.min(endsAt, clock.now() + errandMs);
    if (!(await closes(run, { nsgId: turn.nsgId, until }, next.id, closeFor))) return true;
    if (await isUnderWay(run, turn, next.id)) return false;
  }
  return true;
}

const ended: readonly string[] = ['gone', 'closed', 'disarmed'];

/**
 * Is the window's delete on this NSG about to be sent, or accepted and not yet seen to its end? So
 * it is taken to be where the ledger does not say.
 */
async function isUnderWay(run: Run, { nsgId }: TurnRow, id: string): Promise<boolean> {
  return withoutFault(run, true, async () => {
    const row = (await run.world.ledger.windows.get(id))?.row;
    const placements = row?.placements.filter((one) => one.nsgId.toLowerCase() === nsgId) ?? [];
    return placements.some(({ phase, fault }) => !ended.includes(phase) && fault === null);
  });
}

/** False if the ledger failed: then each window is left to its own worker. */
async function closes(
  { world, windowId, audit }: Run,
  errand: NonNullable<Run['errand']>,
  id: string,
  closeFor: CloseFor,
): Promise<boolean> {
  try {
    world.log.info('turn.closesFor', { windowId, nsgId: errand.nsgId, other: id });
    await closeFor({ ...startRun(world, id), audit, errand });
    return true;
  } catch (error) {
    const { kind, code } = factsOf(error);
    world.log.warn('turn.failed', { windowId, other: id, faultKind: kind, azureCode: code });
    return false;
  }
}
