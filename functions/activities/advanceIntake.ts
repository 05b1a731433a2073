import { Fault } from '../../shared/domain/fault';
import { assignmentKeyOf } from '../../shared/domain/identity';
import type { HintRow } from '../../shared/domain/hint';
import { hintLifeMs } from '../../shared/domain/intake/pace';
import { reactionTo } from '../../shared/domain/reaction';
import type { Stored } from '../../shared/ports/ledger';
import type { Look, Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { judgeEnd } from './intake/judgeEnd';
import { judgeLook } from './intake/judgeLook';
import { again, end } from './intake/verdict';
import type { Verdict } from './intake/verdict';

/**
 * One look of intake at one hint: reads the truth, decides, and saves what it came to. Level, not
 * edge: run twice, late, at once or after a crash at any point it ends in the same place.
 */
export async function advanceIntake(
  world: World,
  starter: Starter,
  { id }: { readonly id: string },
): Promise<Look> {
  const stored = await world.ledger.hints.get(id);
  if (stored === null) return finish(world, id, 'noHint');
  if (stored.row.outcome !== null) return finish(world, id, stored.row.outcome, stored.row);
  return save(world, stored, await judge(world, starter, stored.row));
}

/** A fault closes nothing and opens nothing: it is a reason to look again. */
async function judge(world: World, starter: Starter, hint: HintRow): Promise<Verdict> {
  if (world.clock.now() - hint.receivedAt > hintLifeMs) return end('givenUp');
  try {
    return hint.kind === 'look'
      ? await judgeLook(world, starter, hint)
      : await judgeEnd(world, starter, hint);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return verdictOf(world, hint, fault);
  }
}

const looksPerAlarm = 20;
const licenceNext = 'PIM needs Microsoft Entra ID P2; without it no activation can be confirmed.';

function verdictOf({ log }: World, hint: HintRow, { facts }: Fault): Verdict {
  const { kind: faultKind, code: azureCode, status, retryAfterMs } = facts;
  const said = { faultKind, azureCode, status, retryAfterMs };
  const fields = { intake: hint.id, roleAssignmentId: hint.roleAssignmentId, ...said };
  // A window whose activation has ended early waits for this answer: it is asked for as a close is.
  const purpose = hint.kind === 'end' ? 'close' : 'read';
  const reaction = reactionTo(facts, purpose, hint.looks + 1);
  // Somebody must hear of it, but not at every look of a day.
  if (!reaction.alarm || hint.looks % looksPerAlarm !== 0) log.warn('intake.fault', fields);
  else if (facts.kind === 'licence') log.alarm('licenceMissing', { ...fields, next: licenceNext });
  else log.alarm('intakeFault', fields);
  return reaction.do === 'refuse' ? end('licenceMissing') : again(reaction.afterMs, hint.lacks);
}

async function save(world: World, { row, etag }: Stored<HintRow>, verdict: Verdict): Promise<Look> {
  const { ledger, clock } = world;
  const looks = row.looks + 1;
  if (verdict.kind !== 'end') {
    const nextLook = clock.now() + verdict.afterMs;
    const counted = verdict.kind === 'again' ? { looks, lacks: verdict.lacks } : {};
    await ledger.hints.replace({ ...row, ...counted, nextLook }, etag);
    // A row that somebody else changed is read anew at the next look; the time is as good as theirs.
    return { done: false, nextLook: new Date(nextLook).toISOString() };
  }
  const { outcome, windowId } = verdict;
  const nextLook = clock.now();
  const ended = { ...row, looks, nextLook, outcome, windowId };
  if ((await ledger.hints.replace(ended, etag)) === 'changed') {
    return { done: false, nextLook: new Date(nextLook + 1_000).toISOString() };
  }
  tellIntakeEnd(world, ended);
  return finish(world, row.id, outcome);
}

/**
 * How an intake ended. Told with the save that ended it, and again by whoever finds a hint at its
 * end that is still listed as living: the one who saved it may have died before this line.
 */
export function tellIntakeEnd({ log }: Pick<World, 'log'>, row: HintRow): void {
  const { id, kind, outcome, windowId, roleAssignmentId } = row;
  if (outcome === 'givenUp') log.alarm('intakeGivenUp', { intake: id, roleAssignmentId });
  log.info(outcome === 'granted' ? 'intake.confirmed' : 'intake.stopped', {
    intake: id,
    kind,
    outcome,
    windowId,
    roleAssignmentId,
    assignmentKey: assignmentKeyOf(roleAssignmentId),
  });
}

/** Removes the live row, which is the very last thing: until then somebody looks after this intake. */
async function finish(
  world: World,
  id: string,
  outcome: string,
  untold: HintRow | null = null,
): Promise<Look> {
  const { live } = world.ledger;
  const stored = await live.get(id);
  if (stored !== null && stored.row.kind === 'intake') {
    if (untold !== null) tellIntakeEnd(world, untold);
    await live.remove(id, stored.etag);
  }
  return { done: true, outcome };
}
