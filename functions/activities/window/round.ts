import { isAwaiting } from '../../../shared/domain/window/approval';
import { announce, applyOutcome, type Outcome } from '../../../shared/domain/window/apply';
import type { Now } from '../../../shared/domain/instant';
import { hurry } from '../../../shared/domain/window/hurry';
import { isOpenable } from '../../../shared/domain/window/phase';
import { judgeRow } from '../../../shared/domain/window/judgeRow';
import { seenStanding } from '../../../shared/domain/window/overrun';
import { isNewer, type Placement, type WindowRow } from '../../../shared/domain/window/windowRow';
import type { Stored } from '../../../shared/ports/ledger';
import { bookCloses, learnDeletes, rebookClose } from './bookCloses';
import { closeUnfounded, type Decision, decide, nextLookOf } from './decide';
import { tell } from './events';
import { atFirstLook, noteSightings } from './firstLooks';
import { look } from './gather';
import { type Effect, perform } from './perform';
import { type NotYet, planNow } from './planNow';
import { seeLaterEnd } from './seeLaterEnd';
import { recordRow } from './record';
import { takeTurns } from './turns';
import { forget, type Run } from './run';
import { withPlacements } from './withPlacements';
import { nextWriteMs } from '../../../shared/domain/window/pace';
import { nowOfWorld } from '../../../shared/nowOfWorld';

/** A skew measured longer ago than this is measured again by a cheap read. */
const skewAgeMaxMs = 600_000;

type Saved = Stored<WindowRow> | 'changed';

/** One round: plan if there is no plan, decide, announce, act, save. `changed`: somebody else saved. */
export async function takeRound(run: Run, stored: Stored<WindowRow>): Promise<Saved> {
  await measureSkew(run, stored.row);
  const planned = await planIfNeeded(run, stored);
  if (planned === 'changed') return planned;
  if ('laterMs' in planned) return save(run, stored, stored.row, planned.laterMs);
  const decision = await decide(run, await seeLaterEnd(run, planned.row));
  noteSightings(run, planned.row);
  const row = await rebookClose(run, planned.row, decision.row);
  if (row === 'changed') return row;
  const turns = await takeTurns(run, { ...decision, row });
  const saved = await carryOut(run, planned, turns);
  // After what was to be sent: no close waits for its record.
  if (saved !== 'changed') await recordRow(run, stored.row, saved.row);
  forget(run);
  return saved;
}

/** After ten minutes without an answer nobody knows what the time is: one read tells. */
async function measureSkew(run: Run, row: WindowRow): Promise<void> {
  const { clock } = run.world;
  const { measuredAt } = clock.skew();
  if (measuredAt !== null && clock.now() - measuredAt < skewAgeMaxMs) return;
  const first = row.placements.find(({ phase }) => phase !== 'closed');
  if (first !== undefined) await look(run, first.nsgId);
}

/** The plan is saved before anything is sent: of two planners one wins, and both carry out its plan. */
async function planIfNeeded(run: Run, stored: Stored<WindowRow>): Promise<Saved | NotYet> {
  const { row } = stored;
  const now = nowOfWorld(run.world);
  const judged = closeUnfounded(run, judgeRow(row, now), now);
  if (row.plans > 0 || judged.wish === 'closed' || judged.concludedAt !== null) return stored;
  if (isAwaiting(row)) return stored;
  const waitMs = (row.openFrom ?? 0) - run.world.clock.now();
  if (waitMs > 0) return { laterMs: waitMs };
  const planned = await planNow(run, row);
  if ('laterMs' in planned) return planned;
  const booked = await bookCloses(run, planned);
  if (booked === 'changed') return booked;
  return save(run, stored, judgeRow(booked, nowOfWorld(run.world)), 0);
}

async function carryOut(
  run: Run,
  stored: Stored<WindowRow>,
  { row, effects }: Decision,
): Promise<Saved> {
  if (effects.length === 0) return save(run, stored, row, nextWriteMs);
  const now = nowOfWorld(run.world);
  const announced: Effect[] = effects.flatMap(({ index, step }) => {
    const placement = row.placements[index];
    return placement === undefined
      ? []
      : [{ index, step, placement: announce(placement, step, now), announcedAt: now.hostMs }];
  });
  const ahead = isAnnounced(stored.row, announced)
    ? stored
    : await save(run, stored, withPlacements(row, announced), nextWriteMs);
  if (ahead === 'changed') return ahead;
  const sent = await Promise.all(
    announced.map(async (effect): Promise<Sent> => {
      const outcome = await perform(run, ahead.row, effect);
      return { effect, outcome, sentAt: now.hostMs, now: nowOfWorld(run.world) };
    }),
  );
  const done = sent.map(({ effect, ...one }) => ({
    index: effect.index,
    placement: after(run, ahead.row, row.placements[effect.index], { effect, ...one }),
  }));
  const next = judgeRow(
    withPlacements(withPlacements(row, announced), done),
    nowOfWorld(run.world),
  );
  const saved = await save(run, ahead, next, nextWriteMs);
  return saved === 'changed' ? saveDeletes(run, ahead.row, sent) : saved;
}

/** An effect, what came of it, and when: `sentAt` by the host's clock, `now` when it was answered. */
type Sent = {
  readonly effect: Effect;
  readonly outcome: Outcome;
  readonly sentAt: number;
  readonly now: Now;
};

/** The placement after what came of an effect. `before`: as it was before the announcement. */
function after(
  run: Run,
  row: WindowRow,
  before: Placement | undefined,
  { effect: { step, placement }, outcome, sentAt, now }: Sent,
): Placement {
  const sent = applyOutcome(before ?? placement, placement, step, outcome, now);
  const isFound = step.do === 'deleteRule' && outcome.kind === 'accepted';
  const known = isFound ? seenStanding(sent, sentAt) : sent;
  return atFirstLook(run, hurry(row, known, now), step, outcome);
}

/** So often others' writes are taken in before the row is decided on anew. */
const savesMax = 5;

/**
 * Somebody else saved the row while DELETEs were under way. What came of them is true all the same,
 * and is put into whatever was written: a window that waits for its turn saves every 3 s, and where
 * a DELETE takes as long, whoever closes for it would else never get to know what it has done.
 */
async function saveDeletes(run: Run, row: WindowRow, sent: readonly Sent[]): Promise<Saved> {
  for (let attempt = 0; attempt < savesMax; attempt++) {
    const stored = await run.world.ledger.windows.get(row.id);
    if (stored === null || isNewer(stored.row) || stored.row.concludedAt !== null) break;
    const done = sent.flatMap(({ effect, ...one }) => {
      const now = stored.row.placements[effect.index];
      if (now === undefined || !isWaitedFor(row.placements[effect.index], now, effect)) return [];
      const deleteCount = Math.max(now.deleteCount, effect.placement.deleteCount);
      const told = { ...effect, placement: { ...now, deleteCount } };
      const placement = after(run, stored.row, now, { effect: told, ...one });
      return [{ index: effect.index, placement }];
    });
    if (done.length === 0) break;
    const next = judgeRow(withPlacements(stored.row, done), nowOfWorld(run.world));
    const saved = await save(run, stored, next, nextWriteMs);
    if (saved !== 'changed') return saved;
  }
  return 'changed';
}

/** Is it the same rule, of which nobody has got to know more than that it has to go? */
function isWaitedFor(before: Placement | undefined, now: Placement, { step }: Effect): boolean {
  return (
    step.do === 'deleteRule' &&
    now.phase === 'closing' &&
    now.rule.name === before?.rule.name &&
    now.nsgId === before.nsgId &&
    now.lastPutAt === before.lastPutAt &&
    now.lastDeleteAt === before.lastDeleteAt
  );
}

/** A DELETE of a placement that is saved as closing needs no word ahead; every PUT does. */
function isAnnounced(saved: WindowRow, effects: readonly Effect[]): boolean {
  return effects.every(({ index, step }) => {
    const placement = saved.placements[index];
    return step.do === 'deleteRule' && placement !== undefined && !isOpenable(placement);
  });
}

/** Saves by ETag with the time of the next look, then tells what became true by it. */
async function save(
  run: Run,
  stored: Stored<WindowRow>,
  row: WindowRow,
  pauseMs: number,
): Promise<Saved> {
  const now = nowOfWorld(run.world);
  const next = { ...row, nextLook: nextLookOf(row, now.hostMs + pauseMs, now) };
  const saved = await run.world.ledger.windows.replace(next, stored.etag);
  if (saved === 'changed') return saved;
  tell(run.world, stored.row, next);
  learnDeletes(run.world, stored.row, next);
  return saved;
}
