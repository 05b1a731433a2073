import { sameArmId } from '../../shared/domain/armId';
import { afterCloseFact } from '../../shared/domain/audit/rowFacts';
import { endedLive } from '../../shared/domain/live';
import { hasDelete, withoutWaiting, workOffMs } from '../../shared/domain/calendar/turn';
import { isQuiet } from '../../shared/domain/window/extendRow';
import { hasUnseen } from '../../shared/domain/window/overrun';
import { outcomeOf } from '../../shared/domain/window/phase';
import { isNewer, type WindowRow } from '../../shared/domain/window/windowRow';
import type { Stored } from '../../shared/ports/ledger';
import type { Look } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { factsOf } from '../../shared/domain/fault';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { tellEnd } from './window/events';
import { recordRow } from './window/record';
import { takeRound } from './window/round';
import { iso, type Run, startRun } from './window/run';
import { dueAfter, heldBy } from './window/turns';
import { workOff } from './window/workOff';

/** An activity is short: a crash inside one is only noticed five minutes later. */
const runMaxMs = 15_000;
/** Pauses up to this are waited out here; longer ones are the engine's. */
const pauseMaxMs = 2_000;
/**
 * A delete that keeps failing is worth a longer run with longer pauses: every hop through the
 * engine's queues costs seconds of what is left of the guard. The sweep covers a crash in it.
 */
const hardClose = { runMaxMs: 45_000, pauseMaxMs: 5_000 };
/** Others wait for the NSG: a pause covers a delete's usual time, a run two of its looks. */
const turnLimits = { runMaxMs: 25_000, pauseMaxMs: 12_500 };
/** The engine's timers fire up to a second early. */
const earlyMs = 1_500;
const changesMax = 20;
/** Whoever saved the end of a window has told it by then and removed the live row, or is dead. */
const tellingMs = 5_000;
/** A row of a newer version is that version's; this one only looks again. */
const newerPauseMs = 60_000;

type Advance = {
  readonly id: string;
  /** One look beside the row's own sleeper. */
  readonly helper?: boolean;
  /** Whoever calls has others to see to: what is due on the same NSG is left to their workers. */
  readonly alone?: boolean;
};

/**
 * Brings one window as near to what its row wants as it can now, and says when to look again.
 * Level, not edge: run twice, at once, late, or again after a crash at any point, the same rules
 * stand or are gone in the end. Throws `Fault` when the ledger cannot be reached.
 */
export async function advanceWindow(
  world: World,
  { id, helper = false, alone = false }: Advance,
): Promise<Look> {
  const run = startRun(world, id);
  await waitOutEarly(world, id);
  const look = await step(run);
  await workOff(run, look, alone ? 0 : workOffMs, step);
  // A window extended a thousand times would else have a thousand sleepers.
  return helper && !look.done && (await isAtRest(world, id))
    ? { done: true, outcome: 'handedBack' }
    : look;
}

/** Open, and nothing under way: the row's own sleeper wakes in time for whatever is next. */
async function isAtRest({ ledger }: World, id: string): Promise<boolean> {
  const row = (await ledger.windows.get(id))?.row;
  return row !== undefined && isQuiet(row);
}

async function step(run: Run): Promise<Look> {
  const { world, windowId: id } = run;
  let isOwnEnd = false;
  for (let changes = 0; changes < changesMax;) {
    const stored = await world.ledger.windows.get(id);
    if (stored === null) return { done: true, outcome: 'noRow' };
    if (isNewer(stored.row)) {
      world.log.warn('window.newerSchema', { windowId: id, schema: stored.row.schema });
      return lookAt(world, world.clock.now() + newerPauseMs);
    }
    if (stored.row.concludedAt !== null) return conclude(run, stored.row, isOwnEnd);
    if (isErrandDone(run, stored.row)) return lookAt(world, stored.row.nextLook);
    const next = await advance(run, stored);
    isOwnEnd = next === 'again';
    if (next === 'changed') changes += 1;
    else if (next !== 'again') return next;
  }
  return lookAt(world, world.clock.now() + pauseMaxMs);
}

/** Rounds on one version of the row, each continuing where the last one saved. */
async function advance(run: Run, start: Stored<WindowRow>): Promise<Look | 'changed' | 'again'> {
  const { clock } = run.world;
  const { errand } = run;
  let stored = start;
  if (errand !== null) stored = { ...start, row: withoutWaiting(start.row, errand.nsgId) };
  for (;;) {
    const saved = await takeRound(run, stored);
    if (saved === 'changed') return 'changed';
    if (saved.row.concludedAt !== null) return 'again';
    const pauseMs = saved.row.nextLook - clock.now();
    const ranMs = clock.now() - run.startedAt;
    if (isErrandDone(run, saved.row, pauseMs)) return lookAt(run.world, saved.row.nextLook);
    const limits = await limitsOf(run, saved.row, pauseMs);
    if (pauseMs > limits.pauseMaxMs || ranMs + pauseMs >= limits.runMaxMs) {
      return lookAt(run.world, saved.row.nextLook);
    }
    if (pauseMs > 0) await clock.wait(pauseMs);
    stored = saved;
  }
}

type Limits = { readonly runMaxMs: number; readonly pauseMaxMs: number };

/** Who has the turn on an NSG where others have to close as well sees its own delete through. */
async function limitsOf(run: Run, row: WindowRow, pauseMs: number): Promise<Limits> {
  const usual = isHardClose(row) ? hardClose : { runMaxMs, pauseMaxMs };
  if (run.errand !== null) return turnLimits;
  if (pauseMs <= usual.pauseMaxMs || pauseMs > turnLimits.pauseMaxMs) return usual;
  const now = nowOfWorld(run.world);
  for (const { nsgId } of heldBy(run)) {
    if (hasDelete(row, nsgId, now) && (await dueAfter(run, nsgId)).length > 0) return turnLimits;
  }
  return usual;
}

/** Nothing of the window is left to delete on the NSG, or the time for others ends in the pause. */
function isErrandDone({ world, errand }: Run, row: WindowRow, pauseMs = 0): boolean {
  if (errand === null || row.concludedAt !== null) return false;
  const now = nowOfWorld(world);
  return now.hostMs + pauseMs >= errand.until || !hasDelete(row, errand.nsgId, now);
}

function isHardClose({ placements }: WindowRow): boolean {
  return placements.some(({ phase, fault }) => phase === 'closing' && fault !== null);
}

/** Answering the same time again would wake the sleeper at once, again and again. */
async function waitOutEarly({ ledger, clock }: World, id: string): Promise<void> {
  const stored = await ledger.windows.get(id);
  const earlyBy = (stored?.row.nextLook ?? 0) - clock.now();
  if (earlyBy > 0 && earlyBy <= earlyMs) await clock.wait(earlyBy);
}

function lookAt({ clock }: World, atMs: number): Look {
  const nextLook = iso(Math.max(atMs, clock.now())) ?? new Date(clock.now()).toISOString();
  return { done: false, nextLook };
}

/** The end: what this run sent too late is taken back, and the live row goes last. */
async function conclude(run: Run, row: WindowRow, isTold: boolean): Promise<Look> {
  await takeBack(run, row);
  const { ledger, clock } = run.world;
  const live = await ledger.live.get(row.id);
  if (live !== null && live.row.kind !== 'ended' && !isTold) {
    const tellAt = (row.concludedAt ?? 0) + tellingMs;
    const earlyBy = tellAt - clock.now();
    if (earlyBy > earlyMs) return lookAt(run.world, tellAt);
    if (earlyBy > 0) await clock.wait(earlyBy);
    tellEnd(run.world, row);
  }
  const isRecorded = await recordRow(run, null, row);
  if (live === null) return { done: true, outcome: outcomeOf(row) };
  // Whether a rule went in time is asked by reconcile, which finds it by its live row; and it puts
  // the end on record where that could not be done here.
  if (!isRecorded || hasUnseen(row, nowOfWorld(run.world)))
    await ledger.live.replace(endedLive(live.row), live.etag);
  else await ledger.live.remove(row.id, live.etag);
  return { done: true, outcome: outcomeOf(row) };
}

/**
 * The row was closed while a PUT of this run was under way: it was answered after the proof, or
 * sent less than `settle` before it. That cannot happen as long as `settle` holds; should it happen
 * all the same, nobody else would look for the rule but the sweep.
 */
async function takeBack(run: Run, row: WindowRow): Promise<void> {
  const { world, puts, windowId } = run;
  for (const { nsgId, ruleName, announcedAt, answeredAt } of puts) {
    const placement = row.placements.find(
      (one) => one.rule.name === ruleName && sameArmId(one.nsgId, nsgId),
    );
    // Without a proof of its own (moved, never put) it counts as not proved.
    const closedAt = placement?.closedAt ?? 0;
    const settledAt = announcedAt + row.grant.limits.settleMs;
    if (closedAt >= settledAt && closedAt > answeredAt) continue;
    const fields = { windowId, nsgId, rule: ruleName };
    world.log.alarm('ruleAfterClose', fields);
    try {
      await world.network.deleteRule(nsgId, ruleName);
    } catch (error) {
      const { kind, code } = factsOf(error);
      world.log.warn('rule.deleteFailed', { ...fields, faultKind: kind, azureCode: code });
    }
    const fact = afterCloseFact(row, nsgId, ruleName, world.clock.now());
    await recordRow(run, null, row, [fact]);
  }
}
