import { lastSegment } from '../../shared/domain/armId';
import { type ActivationFacts, activationBehind } from '../../shared/domain/grant';
import { assignmentKeyOf } from '../../shared/domain/identity';
import { endsSooner } from '../../shared/domain/intake/endsSooner';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { ActiveList } from '../../shared/ports/directory';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { startIntake } from '../events/receiveActivation';
import { eachApart } from './eachApart';
import { mayAsk, type ReconcileRun } from './reconcileRun';

/** People asked about in one run, side by side, and pages of one answer. */
const personsMax = 200;
const width = 8;
const pagesMax = 5;

type Watched = { readonly row: WindowRow; readonly origin: ActivationFacts };
/** One person at one scope, and what stands open for them. */
type Asked = { readonly key: string; readonly group: readonly Watched[] };

/**
 * Windows that stand open while PIM lists their activation no more: nobody told of its end. A list
 * closes nothing: each gets the intake that a delete event would have begun, which asks the point
 * query twice. Never throws for a fault of Azure.
 */
export async function endWithoutActivation(
  run: ReconcileRun,
  rows: readonly WindowRow[],
): Promise<void> {
  const persons = new Map<string, Watched[]>();
  for (const row of rows) {
    if (!isWatched(run, row)) continue;
    const origin = activationBehind(row.grant.origin);
    if (origin === null) continue;
    const key = `${origin.scope.toLowerCase()}|${origin.principalId.toLowerCase()}`;
    persons.set(key, [...(persons.get(key) ?? []), { row, origin }]);
  }
  await eachApart(
    run,
    longestUnasked(run, persons),
    { width, event: 'reconcile.askFailed' },
    (one) => askPerson(run, one),
  );
}

/** Where a run cannot ask about everybody, because they are many or requests are few, all have their turn. */
function longestUnasked(
  { memory }: ReconcileRun,
  persons: ReadonlyMap<string, readonly Watched[]>,
): Asked[] {
  for (const key of memory.askedInRun.keys()) {
    if (!persons.has(key)) memory.askedInRun.delete(key);
  }
  return [...persons]
    .map(([key, group]) => ({ key, group, asked: memory.askedInRun.get(key) ?? 0 }))
    .sort((one, other) => one.asked - other.asked)
    .slice(0, personsMax);
}

/** What is not open yet asks for its own confirmation; what is being judged is left to that. */
function isWatched({ live }: ReconcileRun, row: WindowRow): boolean {
  if (row.wish === 'closed' || row.closingAt !== null || row.endHintAt !== null) return false;
  if (row.placements.every(({ openedAt }) => openedAt === null)) return false;
  const activation = activationBehind(row.grant.origin);
  // A group claim is no activation: its voucher is what reconcile looks at.
  if (activation === null) return false;
  const key = assignmentKeyOf(activation.roleAssignmentId);
  return !live.some(({ kind, assignmentKey }) => kind === 'intake' && assignmentKey === key);
}

async function askPerson(run: ReconcileRun, { key, group }: Asked): Promise<void> {
  const { world, starter, memory, tally } = run;
  const [first] = group;
  if (first === undefined || !mayAsk(run, first.origin.scope)) return;
  const { scope, principalId } = first.origin;
  tally.reads += 1;
  memory.askedInRun.set(key, memory.runs);
  const list = await world.directory.listActive({ scope, of: { principalId } }, pagesMax);
  const now = nowOfWorld(world);
  for (const { row, origin } of group) {
    const shown = instanceOf(list, origin);
    const stands = shown === undefined ? list.cut : !endsSooner(shown, row, now);
    if (stands) continue;
    tally.gone += 1;
    await startIntake(world, starter, {
      kind: 'end',
      eventId: `gone|${row.id}|${now.hostMs}`,
      roleAssignmentId: origin.roleAssignmentId,
      // It speaks of this activation and none that began later under the same name.
      eventAt: origin.startAt,
      from: 'reconcile',
    });
  }
}

function instanceOf({ instances }: ActiveList, { roleAssignmentId, startAt }: ActivationFacts) {
  const name = lastSegment(roleAssignmentId);
  return instances.find(
    (one) =>
      one.assignmentType.toLowerCase() === 'activated' &&
      lastSegment(one.originRoleAssignmentId) === name &&
      one.startAt === startAt,
  );
}
