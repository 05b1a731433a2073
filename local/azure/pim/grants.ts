import type { Actor } from './events';
import { newGuid } from './random';
import { assignmentId, isSameRole, type PimState } from './state';
import type { Grant } from './types';

const WRITE = 'Microsoft.Authorization/roleAssignments/write';
const DELETE = 'Microsoft.Authorization/roleAssignments/delete';

/** The GUID of a new role assignment: a fresh one, or that of the last equal one. */
export function assignmentGuidFor(state: PimState, wanted: Omit<Grant, 'assignmentGuid'>): string {
  const earlier = state.knobs.roleAssignmentGuidReuse
    ? state.grants.findLast((grant) => isSameRole(grant, wanted))
    : undefined;
  return earlier?.assignmentGuid ?? newGuid(state.random);
}

/**
 * Lets a grant of PIM take its course: the role assignment is written some time after the planned
 * start and removed some time after the planned end, each told by an event of MS-PIM.
 * `onEffective` runs once it is written.
 */
export function scheduleGrant(state: PimState, grant: Grant, onEffective: () => void): void {
  state.grants.push(grant);
  const startAtMs = Math.max(Date.now(), grant.plannedStartAtMs) + state.knobs.assignmentDelayMs;
  grant.stopWaiting = state.alarms.at(startAtMs, () => {
    // An activation that is over before PIM comes round to it never becomes an assignment.
    if (grant.endAtMs !== undefined && grant.endAtMs <= startAtMs) {
      grant.removedAtMs = startAtMs;
      return;
    }
    grant.effectiveAtMs = startAtMs;
    tell(state, WRITE, grant, { kind: 'msPim' });
    onEffective();
    if (grant.endAtMs === undefined) return;
    const goneAtMs = grant.endAtMs + state.knobs.removalDelayMs;
    grant.stopWaiting = state.alarms.at(goneAtMs, () => remove(state, grant, { kind: 'msPim' }));
  });
}

/** Writes a plain role assignment at once, by an administrator's own hand. */
export function writeGrant(state: PimState, grant: Grant, actor: Actor): void {
  grant.effectiveAtMs = Date.now();
  state.grants.push(grant);
  tell(state, WRITE, grant, actor);
}

/** Ends a grant before its time, `delayMs` from now, whatever it was waiting for. */
export function endGrantSoon(state: PimState, grant: Grant, actor: Actor, delayMs: number): void {
  const atMs = Date.now() + delayMs;
  const endsItself = grant.endAtMs !== undefined && grant.endAtMs + state.knobs.removalDelayMs;
  if (endsItself !== false && endsItself <= atMs && grant.effectiveAtMs !== undefined) return;
  grant.stopWaiting?.();
  if (delayMs === 0) remove(state, grant, actor);
  else grant.stopWaiting = state.alarms.at(atMs, () => remove(state, grant, actor));
}

/** Calls off a grant that has not begun; nobody is told, for nothing was written. */
export function dropGrant(grant: Grant): void {
  grant.stopWaiting?.();
  grant.removedAtMs = Date.now();
}

function remove(state: PimState, grant: Grant, actor: Actor): void {
  grant.removedAtMs = Date.now();
  tell(state, DELETE, grant, actor);
}

function tell(state: PimState, name: string, grant: Grant, actor: Actor): void {
  state.tell({ name, resourceId: assignmentId(grant), actor }, state.knobs.eventDelayMs);
}
