import { lastSegment, parseArmId } from '../../shared/domain/armId';
import { factsOf } from '../../shared/domain/fault';
import type { Now } from '../../shared/domain/instant';
import { type Sighting, sightingsOf } from '../../shared/domain/intake/sighting';
import type { Policy } from '../../shared/domain/policy/policy';
import type { AssignmentRow } from '../../shared/ports/inventory';
import { eachOf } from '../activities/window/eachOf';
import { hasTime, mayAsk, type ReconcileRun } from './reconcileRun';

/** How far the query looks back: further than the index lags, and than a short outage lasts. */
const lookBackMinutes = 30;
const rowsMax = 1_000;
/** An activation may be listed later than its assignment stands in the index. */
const listedWithinMs = 180_000;
const askedMax = 50;
const width = 4;
const hitsKeptMax = 5_000;

/**
 * Activations behind the role assignments that Resource Graph shows as new: each is confirmed by
 * PIM's own list, once. Throws `Fault`.
 */
export async function sightedByIndex(
  run: ReconcileRun,
  policy: Policy,
  now: Now,
): Promise<Sighting[]> {
  const { world, memory, tally } = run;
  const roles = [...new Set(policy.allow.flatMap((rule) => rule.roles))];
  if (roles.length === 0) return [];
  tally.queries += 1;
  const rows = await world.inventory.listAssignments(roles, lookBackMinutes, rowsMax);
  if (memory.hits.size > hitsKeptMax) memory.hits.clear();
  const unknown = new Map<string, AssignmentRow[]>();
  for (const row of rows) {
    if (memory.hits.has(keyOf(row)) || parseArmId(row.scope) === null) continue;
    const key = `${row.scope.toLowerCase()}|${row.principalId}`;
    unknown.set(key, [...(unknown.get(key) ?? []), row]);
  }
  // The newest come first; what is left over is asked in the next run.
  await eachOf([...unknown.values()].slice(0, askedMax), width, async (group) => {
    if (!hasTime(run) || !mayAsk(run, group[0]?.scope ?? '')) return;
    try {
      await confirm(run, policy, now, group);
    } catch (error) {
      const { kind, code } = factsOf(error);
      if (kind === 'throttled') throw error;
      run.tally.failed += 1;
      world.log.warn('discovery.askFailed', { faultKind: kind, azureCode: code });
    }
  });
  const found = rows.map((row) => memory.hits.get(keyOf(row)) ?? null);
  return found.filter((one): one is Sighting => one !== null && one.endAt > now.latestMs);
}

/** One question for all assignments of one person at one scope. */
async function confirm(
  { world, memory, tally }: ReconcileRun,
  policy: Policy,
  now: Now,
  group: readonly AssignmentRow[],
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  tally.reads += 1;
  const { instances } = await world.directory.listInstances(first.scope, first.principalId);
  const seen = sightingsOf(instances, policy, now);
  for (const row of group) {
    const name = lastSegment(row.id);
    const sighting = seen.find(({ roleAssignmentId }) => lastSegment(roleAssignmentId) === name);
    const isOld = now.latestMs - row.createdAt > listedWithinMs;
    if (sighting !== undefined || isOld) memory.hits.set(keyOf(row), sighting ?? null);
  }
}

/** The same name may be given again, to another activation. */
function keyOf({ id, createdAt }: AssignmentRow): string {
  return `${id.toLowerCase()}|${createdAt}`;
}
