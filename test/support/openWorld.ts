import { ownerRole } from '../../shared/domain/policy/policy';
import { personOf } from './callers';
import { instanceOf, type IntakeWorld } from './intakeWorld';
import { activated, look } from './intakeStories';
import { placementOf } from './placements';

/** Ada's window stands open, for an hour of an activation of four. */
export async function openWorld(): Promise<{ world: IntakeWorld; id: string }> {
  const world = await activated();
  await world.run(look);
  const [stored] = await world.ledger.windows.list();
  if (stored === undefined) throw new Error('There is no window.');
  const { row, etag } = stored;
  const until = Math.floor(world.at / 1_000) * 1_000 + 3_600_000;
  const placements = [placementOf()];
  const open = { ...row, plans: 1, until, wantedUntil: until, placements };
  await world.ledger.windows.replace(open, etag);
  return { world, id: row.id };
}

/** Olga holds a role, at some scope, for some time. */
export function holds(world: IntakeWorld, changes: Parameters<typeof instanceOf>[0] = {}): void {
  const { objectId: principalId } = personOf('olga');
  const owner = { principalId, roleDefinitionGuid: ownerRole, assignmentType: 'Assigned' };
  world.instances.push(instanceOf({ ...owner, startAt: null, endAt: null, ...changes }));
}
