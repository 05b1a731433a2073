import { factsOfRow } from '../../shared/domain/audit/rowFacts';
import { mayRecord } from '../../shared/mustRecord';
import { factsOf } from '../../shared/domain/fault';
import { isClosingTime } from '../../shared/domain/window/deadline';
import { hasUnseen } from '../../shared/domain/window/overrun';
import { endedLive, type LiveRow } from '../../shared/domain/live';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { Stored } from '../../shared/ports/ledger';
import type { Look, SleeperName } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { advanceIntake, tellIntakeEnd } from '../activities/advanceIntake';
import { advanceWindow } from '../activities/advanceWindow';
import { tellEnd } from '../activities/window/events';
import { eachOf } from '../activities/window/eachOf';
import type { ReconcileRun, Tally } from './reconcileRun';

/** A look this long overdue means that nobody sleeps for it any more. */
const overdueMs = 60_000;
/** A live row without its big row: whoever inserted it may still be at it, for this long. */
const orphanMs = 600_000;
/** Rows worked on side by side. */
const width = 8;
/** An instance that runs and does nothing gets another beside it, once in this time. */
const anotherEveryMs = 600_000;

/** `urgency`: closes by their deadlines, then everything else. */
type Overdue = { readonly live: LiveRow; readonly urgency: number };
type Judged = Overdue | 'asleep' | 'ended' | 'tidy';

/**
 * Finds windows and intakes whose look is overdue, takes the step itself, closes first, and starts
 * their sleepers again. Judged by the row, never by the engine's status: an instance that failed,
 * was terminated or purged, or hangs, looks the same from here. Answers the windows that live, and
 * those at their end of which a rule went unseen.
 */
export async function performOverdue(
  run: ReconcileRun,
  stored: readonly Stored<LiveRow>[],
): Promise<WindowRow[]> {
  const { world, tally } = run;
  const windows: WindowRow[] = [];
  const overdue: Overdue[] = [];
  const records = recordsEnds(world);
  await eachOf(stored, width, async ({ row, etag }) => {
    try {
      const judged = await judge(world, row, windows, records);
      if (judged === 'tidy') {
        await world.ledger.live.remove(row.id, etag);
        tally.tidied += 1;
      } else if (judged === 'ended') {
        if (row.kind !== 'ended') await world.ledger.live.replace(endedLive(row), etag);
      } else if (judged !== 'asleep') {
        overdue.push(judged);
      }
    } catch (error) {
      failed(world, row, error, tally);
    }
  });
  tally.overdue = overdue.length;
  overdue.sort((one, other) => one.urgency - other.urgency);
  await eachOf(overdue, width, ({ live }) => takeStep(run, live));
  return windows;
}

/**
 * Puts the end of a window on record where its own worker could not. The first that fails in a run
 * is the last that is tried in it: there may be closes that wait for this run.
 */
function recordsEnds(world: World): (row: WindowRow) => Promise<boolean> {
  let mayTry = true;
  return async (row) => {
    if (mayTry && !(await mayRecord(world, row, factsOfRow(row, world.clock.now())))) {
      mayTry = false;
    }
    return mayTry;
  };
}

async function judge(
  world: World,
  live: LiveRow,
  windows: WindowRow[],
  records: (row: WindowRow) => Promise<boolean>,
): Promise<Judged> {
  const hostMs = world.clock.now();
  const abandoned = hostMs - live.createdAt > orphanMs;
  if (live.kind === 'intake') {
    const hint = await world.ledger.hints.get(live.id);
    if (hint === null) return abandoned ? 'tidy' : 'asleep';
    if (hint.row.outcome !== null) {
      tellIntakeEnd(world, hint.row);
      return 'tidy';
    }
    const late = hostMs - hint.row.nextLook >= overdueMs;
    return late ? { live, urgency: Number.MAX_SAFE_INTEGER } : 'asleep';
  }
  const stored = await world.ledger.windows.get(live.id);
  if (stored === null) return abandoned ? 'tidy' : 'asleep';
  const { row } = stored;
  if (row.concludedAt !== null) {
    if (live.kind !== 'ended') tellEnd(world, row);
    const isRecorded = await records(row);
    const isUnseen = hasUnseen(row, nowOfWorld(world));
    if (isRecorded && !isUnseen) return 'tidy';
    if (isUnseen) windows.push(row);
    return 'ended';
  }
  windows.push(row);
  if (hostMs - row.nextLook < overdueMs) return 'asleep';
  const closing = row.wish === 'closed' || isClosingTime(row, nowOfWorld(world));
  return { live, urgency: closing ? row.wantedUntil - 1e13 : row.wantedUntil };
}

/** The step first, so that a dead engine costs nothing; then a sleeper for the rest. */
async function takeStep(run: ReconcileRun, live: LiveRow): Promise<void> {
  const { world, starter, tally } = run;
  const { id, kind } = live;
  try {
    const look: Look =
      kind === 'intake'
        ? await advanceIntake(world, starter, { id })
        : await advanceWindow(world, { id, alone: true });
    tally.stepped += 1;
    world.log.warn('reconcile.stepped', { id, kind, done: look.done });
    if (look.done) return;
  } catch (error) {
    failed(world, live, error, tally);
  }
  try {
    if (await startAgain(run, live)) tally.started += 1;
  } catch (error) {
    failed(world, live, error, tally);
  }
}

/**
 * Under its own id, which an instance that has ended gives free. One that the engine still calls
 * running slept through its look: it gets another beside it, since two of them do no harm.
 */
async function startAgain(run: ReconcileRun, { id, kind }: LiveRow): Promise<boolean> {
  const { world, starter } = run;
  const name: SleeperName = kind === 'intake' ? 'activationIntake' : 'accessWindow';
  const input = { id, successor: 0 };
  if ((await starter.start(name, id, input)) === 'started') {
    world.log.alarm('instanceFailed', { id, kind });
    return true;
  }
  const another = `${id}-r${Math.floor(world.clock.now() / anotherEveryMs)}`;
  return (await starter.start(name, another, input)) === 'started';
}

function failed({ log }: World, { id, kind }: LiveRow, error: unknown, tally: Tally): void {
  const fault = factsOf(error);
  tally.failed += 1;
  log.warn('reconcile.failed', { id, kind, faultKind: fault.kind, azureCode: fault.code });
}
