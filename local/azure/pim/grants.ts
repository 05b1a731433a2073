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
  runGrant(state, grant, onEffective);
}

/** Sets the alarm for what a grant has before it: its start, its end, or nothing. */
export function runGrant(state: PimState, grant: Grant, onEffective: () => void): void {
  const { effectiveAtMs, removedAtMs, plannedStartAtMs, endAtMs, endingAtMs } = grant;
  if (removedAtMs !== undefined) return;
  if (effectiveAtMs !== undefined) {
    const endsAtMs = endAtMs === undefined ? undefined : endAtMs + state.knobs.removalDelayMs;
    const goneAtMs = endingAtMs ?? endsAtMs;
    if (goneAtMs === undefined) return;
    grant.stopWaiting = state.alarms.at(goneAtMs, () => remove(state, grant, { kind: 'msPim' }));
    return;
  }
  const startAtMs = Math.max(Date.now(), plannedStartAtMs) + state.knobs.assignmentDelayMs;
  grant.stopWaiting = state.alarms.at(startAtMs, () => {
    // An activation that is over before PIM comes round to it never becomes an assignment.
    if (endAtMs !== undefined && endAtMs <= startAtMs) {
      grant.removedAtMs = startAtMs;
      return;
    }
    grant.effectiveAtMs = startAtMs;
    tell(state, WRITE, grant, { kind: 'msPim' });
    onEffective();
    runGrant(state, grant, onEffective);
  });
}

/** Writes a plain role assignment at once, by an administrator's own hand. */
export function writeGrant(state: PimState, grant: Grant, actor: Actor): void {
  grant.effectiveAtMs = Date.now();
  state.grants.push(grant);
  tell(state, WRITE, grant, actor);
}

/** PIM ends a grant some time from now, unless it would end by itself before that. */
export function endGrantSoon(state: PimState, grant: Grant): void {
  const { deactivationDelayMs, removalDelayMs } = state.knobs;
  const atMs = Date.now() + deactivationDelayMs;
  if (grant.endAtMs !== undefined && grant.endAtMs + removalDelayMs <= atMs) return;
  grant.stopWaiting?.();
  grant.endingAtMs = atMs;
  runGrant(state, grant, () => {});
}

/** Its end becomes another, earlier or later; the role assignment stays as it is, and no event tells. */
export function moveEnd(state: PimState, grant: Grant, endAtMs: number): void {
  grant.stopWaiting?.();
  const { endAtMs: before } = grant;
  if (before !== undefined) {
    grant.movedEnds = [...(grant.movedEnds ?? []), { atMs: Date.now(), endAtMs: before }];
  }
  grant.endAtMs = endAtMs;
  runGrant(state, grant, () => {});
}

/** Removes the role assignment at once, by an administrator's own hand. */
export function deleteGrant(state: PimState, grant: Grant, actor: Actor): void {
  grant.stopWaiting?.();
  remove(state, grant, actor);
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
