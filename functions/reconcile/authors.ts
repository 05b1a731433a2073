import { factsOf } from '../../shared/domain/fault';
import type { CloseReason, WindowRow } from '../../shared/domain/window/windowRow';
import type { ActivityEvent } from '../../shared/ports/activityLog';
import { targetsOf } from './openRows';
import { hasTime, type ReconcileRun } from './reconcileRun';

/** What is asked about one window that others closed by what they did. */
export type Authorless = {
  readonly windowId: string;
  readonly reason: string;
  readonly resourceIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  tries: number;
};

const othersDoing: ReadonlySet<CloseReason | null> = new Set<CloseReason>([
  'removedByOthers',
  'changedByOthers',
  'targetChanged',
]);
/** The log is minutes late: so many runs ask, about so many windows each, then nobody does. */
const triesMax = 20;
const askedMax = 5;
const keptMax = 500;
const resourcesMax = 6;
/** The clock of whoever wrote the log, and ours. */
const slackMs = 60_000;

/**
 * Who did it: asked of the activity log after the close, which never waits for it. Best effort:
 * what this process has not learnt when it ends nobody learns. Never throws for a fault of Azure.
 */
export async function findAuthors(run: ReconcileRun, rows: readonly WindowRow[]): Promise<void> {
  const { authorless, authored } = run.memory;
  if (authored.size > keptMax) authored.clear();
  for (const row of [...rows, ...(await endedSince(run, rows))]) {
    if (!othersDoing.has(row.closeReason) || authored.has(row.id)) continue;
    authored.add(row.id);
    authorless.push(questionOf(row));
  }
  const asked = authorless.splice(0, askedMax);
  for (const question of asked) {
    const isAnswered = hasTime(run) && (await ask(run, question));
    question.tries += 1;
    if (isAnswered) continue;
    if (question.tries < triesMax) authorless.push(question);
    else run.world.log.info('drift.authorUnknown', { windowId: question.windowId });
  }
}

/** Windows that the last run saw and this one does not: a rule that is gone already closes at once. */
async function endedSince(
  { world, memory }: ReconcileRun,
  rows: readonly WindowRow[],
): Promise<WindowRow[]> {
  const now = new Set(rows.map(({ id }) => id));
  const ended = [...memory.watched].filter((id) => !now.has(id)).slice(0, keptMax);
  memory.watched = now;
  const stored = await Promise.all(ended.map((id) => world.ledger.windows.get(id)));
  return stored.flatMap((one) => (one === null ? [] : [one.row]));
}

function questionOf(row: WindowRow): Authorless {
  const opened = row.placements.map(({ openedAt, lastPutAt }) =>
    Math.max(openedAt ?? 0, lastPutAt ?? 0),
  );
  const rules = row.placements.flatMap(({ nsgId, rule }) => [
    `${nsgId}/securityRules/${rule.name}`,
    nsgId,
  ]);
  const machines = targetsOf(row).flatMap(({ vmId, nicId }) => [vmId, nicId]);
  const asked = row.closeReason === 'targetChanged' ? machines : rules;
  return {
    windowId: row.id,
    reason: row.closeReason ?? '',
    resourceIds: [...new Set(asked)].slice(0, resourcesMax),
    // What we wrote ourselves came before it was proved open, and after closing had begun.
    fromMs: Math.max(row.createdAt, ...opened) + 1,
    // A wish that nobody has begun to carry out has its own time as the next look.
    toMs: (row.closingAt ?? row.nextLook) + (row.closeReason === 'targetChanged' ? slackMs : 0),
    tries: 0,
  };
}

async function ask({ world, tally }: ReconcileRun, question: Authorless): Promise<boolean> {
  const { windowId, reason, resourceIds, fromMs, toMs } = question;
  let last: (ActivityEvent & { readonly resourceId: string }) | null = null;
  try {
    for (const resourceId of resourceIds) {
      tally.reads += 1;
      for (const event of await world.activityLog.listOn(resourceId, fromMs, toMs)) {
        const isChange =
          /\/(?:write|delete)$/i.test(event.operation) &&
          !/^failed$/i.test(event.status) &&
          event.caller !== '';
        const isIn = event.at >= fromMs && event.at <= toMs;
        if (isChange && isIn && event.at > (last?.at ?? 0)) last = { ...event, resourceId };
      }
    }
  } catch (error) {
    const { kind, code } = factsOf(error);
    world.log.warn('drift.authorFailed', { windowId, faultKind: kind, azureCode: code });
    // Who may not read the log will not be allowed to in a minute either.
    return kind === 'denied';
  }
  if (last === null) return false;
  const { caller, operation, at, resourceId } = last;
  const when = new Date(at).toISOString();
  world.log.info('drift.author', { windowId, reason, caller, operation, resourceId, when });
  return true;
}
