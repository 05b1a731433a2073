import { factsOfRow } from '../../shared/domain/audit/rowFacts';
import { subscriptionOf } from '../../shared/domain/armId';
import { factsOf } from '../../shared/domain/fault';
import {
  hasUnseen,
  isLogLate,
  lastSeenAt,
  wentUnseen,
  withEnding,
} from '../../shared/domain/window/overrun';
import { type GoneBy, isNewer } from '../../shared/domain/window/windowRow';
import type { Placement, WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { mayRecord } from '../../shared/mustRecord';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { tell } from '../activities/window/events';
import { eachApart } from './eachApart';
import { hasTime, type ReconcileRun } from './reconcileRun';
import { turnOf } from './turnOf';

/** Windows explained in one run, and side by side. */
const windowsMax = 40;
const width = 4;
/** The clock of whoever wrote the log, and ours. */
const slackMs = 60_000;
const isWrite = /\/securityRules\/write$/i;
const isDelete = /\/securityRules\/delete$/i;

/**
 * Rules that were found gone after their deadline: the activity log tells who deleted them, and
 * whether in time; the alarm is raised where it says late, or nothing for as long as it may take.
 * Nothing stands open while it is waited for. Never throws for a fault.
 */
export async function explainEndings(run: ReconcileRun, rows: readonly WindowRow[]): Promise<void> {
  const { world } = run;
  const unseen = rows.filter((row) => hasUnseen(row, nowOfWorld(world)));
  const asked = turnOf(unseen, windowsMax, run.memory.runs);
  const name = ({ id }: WindowRow) => ({ windowId: id });
  await eachApart(run, asked, { width, event: 'reconcile.explainFailed', name }, async ({ id }) => {
    if (hasTime(run)) await explain(run, id);
  });
}

/** Saved by ETag and told by whoever saved it; whom another save came before asks again. */
async function explain({ world, tally }: ReconcileRun, id: string): Promise<void> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null || isNewer(stored.row)) return;
  const { row, etag } = stored;
  const placements = await Promise.all(
    row.placements.map(async (placement) => {
      if (!wentUnseen(row, placement, nowOfWorld(world))) return placement;
      tally.reads += 1;
      const ending = await askEnding(world, placement);
      const isDecided = typeof ending === 'object' || ending === 'denied';
      if (!isDecided && isLogLate(row, nowOfWorld(world))) return placement;
      return withEnding(row, placement, typeof ending === 'object' ? ending : null);
    }),
  );
  if (placements.every((placement, index) => placement === row.placements[index])) return;
  const next = { ...row, placements };
  if ((await world.ledger.windows.replace(next, etag)) === 'changed') return;
  tell(world, row, next);
  await mayRecord(world, next, factsOfRow(next, world.clock.now()));
}

/**
 * Who deleted this rule, and when was it done? The first delete that succeeded after the last
 * write, and none from before the rule was last seen: a later one found nothing any more. Best
 * effort: an error is silence, but for one that will not pass.
 */
async function askEnding(
  world: World,
  placement: Placement,
): Promise<GoneBy | 'silent' | 'denied'> {
  const { activityLog, budget, clock, log } = world;
  const { nsgId, rule, lastPutAt } = placement;
  if (budget.pauseMs(subscriptionOf(nsgId)) > 0) return 'silent';
  const toMs = clock.now() + slackMs;
  const fromMs = (lastPutAt ?? 0) - slackMs;
  try {
    const events = await activityLog.listOn(`${nsgId}/securityRules/${rule.name}`, fromMs, toMs);
    const done = events.filter(
      ({ at, status }) => at >= fromMs && at <= toMs && /^succeeded$/i.test(status),
    );
    const writes = done.filter(({ operation }) => isWrite.test(operation)).map(({ at }) => at);
    const from = Math.max((lastSeenAt(placement) ?? 0) - slackMs, ...writes);
    const deletes = done
      .filter(({ at, operation }) => at > from && isDelete.test(operation))
      .sort((one, other) => one.at - other.at);
    const [end] = deletes;
    return end === undefined ? 'silent' : { at: end.at, caller: end.caller };
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('rule.endingUnknown', { rule: rule.name, faultKind: kind, azureCode: code });
    return kind === 'denied' ? 'denied' : 'silent';
  }
}
