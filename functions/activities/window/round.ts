import { isAwaiting } from '../../../shared/domain/window/approval';
import { announce, applyOutcome } from '../../../shared/domain/window/apply';
import { hurry } from '../../../shared/domain/window/hurry';
import { isOpenable } from '../../../shared/domain/window/phase';
import { judgeRow } from '../../../shared/domain/window/judgeRow';
import { seenStanding } from '../../../shared/domain/window/overrun';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
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
  const done = await Promise.all(
    announced.map(async (effect): Promise<{ index: number; placement: Placement }> => {
      const outcome = await perform(run, ahead.row, effect);
      const before = row.placements[effect.index] ?? effect.placement;
      const after = nowOfWorld(run.world);
      const sent = applyOutcome(before, effect.placement, effect.step, outcome, after);
      const isFound = effect.step.do === 'deleteRule' && outcome.kind === 'accepted';
      const known = isFound ? seenStanding(sent, now.hostMs) : sent;
      const placement = atFirstLook(run, hurry(ahead.row, known, after), effect.step, outcome);
      return { index: effect.index, placement };
    }),
  );
  const after = judgeRow(
    withPlacements(withPlacements(row, announced), done),
    nowOfWorld(run.world),
  );
  return save(run, ahead, after, nextWriteMs);
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
