import { factsOf } from '../../shared/domain/fault';
import { nowOf } from '../../shared/domain/instant';
import { isClosingTime } from '../../shared/domain/window/deadline';
import type { LiveRow } from '../../shared/domain/live';
import type { Look, SleeperName, Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { advanceIntake } from '../activities/advanceIntake';
import { advanceWindow } from '../activities/advanceWindow';
import { eachOf } from '../activities/window/eachOf';

/** A look this long overdue means that nobody sleeps for it any more. */
const overdueMs = 60_000;
/** A live row without its big row: whoever inserted it may still be at it, for this long. */
const orphanMs = 600_000;
/** Rows worked on side by side. */
const width = 8;

/** What one run found and did. */
export type ReconcileSummary = {
  readonly live: number;
  readonly overdue: number;
  readonly stepped: number;
  readonly started: number;
  readonly tidied: number;
  readonly failed: number;
};

type Tally = { -readonly [Name in keyof ReconcileSummary]: ReconcileSummary[Name] };
/** `urgency`: closes by their deadlines, then everything else. */
type Overdue = { readonly live: LiveRow; readonly urgency: number };

/**
 * Finds windows and intakes whose look is overdue, takes the step itself, closes first, and starts
 * their sleepers again. Judged by the row, never by the engine's status: an instance that failed, was
 * purged or hangs looks the same from here. Throws `Fault` when the ledger cannot be listed.
 */
export async function reconcileDue(world: World, starter: Starter): Promise<ReconcileSummary> {
  const tally: Tally = { live: 0, overdue: 0, stepped: 0, started: 0, tidied: 0, failed: 0 };
  const rows = await world.ledger.live.list();
  tally.live = rows.length;
  const overdue: Overdue[] = [];
  await eachOf(rows, width, async ({ row, etag }) => {
    try {
      const judged = await judge(world, row);
      if (judged === 'tidy') {
        await world.ledger.live.remove(row.id, etag);
        tally.tidied += 1;
      } else if (judged !== 'asleep') {
        overdue.push(judged);
      }
    } catch (error) {
      failed(world, row, error, tally);
    }
  });
  tally.overdue = overdue.length;
  overdue.sort((one, other) => one.urgency - other.urgency);
  await eachOf(overdue, width, ({ live }) => takeStep(world, starter, live, tally));
  world.log.info('reconcile.done', tally);
  return tally;
}

async function judge(world: World, live: LiveRow): Promise<Overdue | 'asleep' | 'tidy'> {
  const hostMs = world.clock.now();
  const abandoned = hostMs - live.createdAt > orphanMs;
  if (live.kind === 'intake') {
    const hint = await world.ledger.hints.get(live.id);
    if (hint === null) return abandoned ? 'tidy' : 'asleep';
    if (hint.row.outcome !== null) return 'tidy';
    const late = hostMs - hint.row.nextLook >= overdueMs;
    return late ? { live, urgency: Number.MAX_SAFE_INTEGER } : 'asleep';
  }
  const stored = await world.ledger.windows.get(live.id);
  if (stored === null) return abandoned ? 'tidy' : 'asleep';
  const { row } = stored;
  if (row.concludedAt !== null) return 'tidy';
  if (hostMs - row.nextLook < overdueMs) return 'asleep';
  const closing =
    row.wish === 'closed' || isClosingTime(row, nowOf(hostMs, world.clock.skew().skewMs));
  return { live, urgency: closing ? row.wantedUntil - 1e13 : row.wantedUntil };
}

/** The step first, so that a dead engine costs nothing; then a sleeper for the rest. */
async function takeStep(
  world: World,
  starter: Starter,
  live: LiveRow,
  tally: Tally,
): Promise<void> {
  const { id, kind } = live;
  const name: SleeperName = kind === 'intake' ? 'activationIntake' : 'accessWindow';
  try {
    const look: Look =
      kind === 'intake'
        ? await advanceIntake(world, starter, { id })
        : await advanceWindow(world, { id });
    tally.stepped += 1;
    world.log.warn('reconcile.stepped', { id, kind, done: look.done });
    if (look.done) return;
  } catch (error) {
    failed(world, live, error, tally);
  }
  try {
    const started = await starter.start(name, id, { id, successor: 0 });
    if (started === 'running') return;
    tally.started += 1;
    world.log.alarm('instanceFailed', { id, kind });
  } catch (error) {
    failed(world, live, error, tally);
  }
}

function failed({ log }: World, { id, kind }: LiveRow, error: unknown, tally: Tally): void {
  const fault = factsOf(error);
  tally.failed += 1;
  log.warn('reconcile.failed', { id, kind, faultKind: fault.kind, azureCode: fault.code });
}
