import { runGrant } from './grants';
import { awaitApproval } from './requests';
import type { PimState } from './state';
import type { Grant, PimSnapshot, ScheduleRequest } from './types';

/** What there is to remember, as JSON that shares nothing with the running PIM. */
export function takeSnapshot(state: PimState): PimSnapshot {
  const requests = [...state.requests.values()];
  // A grant that still waits for approval stands in no list but its request.
  const waiting = requests.flatMap(({ grant }) =>
    grant && !state.grants.includes(grant) ? [grant] : [],
  );
  const grants = [...state.grants, ...waiting];
  return structuredClone({
    eligibilities: state.eligibilities,
    grants: grants.map(({ stopWaiting: _timer, ...grant }) => grant),
    standing: state.grants.length,
    requests: requests.map(({ stopWaiting: _timer, grant, ...request }) => ({
      ...request,
      grantAt: grant ? grants.indexOf(grant) : -1,
    })),
  });
}

/**
 * Puts a snapshot into an empty PIM and lets everything in it go on: what fell due in the meantime
 * happens now, with its event; events that were under way when the snapshot was taken are lost.
 */
export function restoreSnapshot(state: PimState, from: PimSnapshot): void {
  const { eligibilities, grants, standing, requests } = structuredClone(from);
  const kept: Grant[] = grants;
  state.eligibilities.push(...eligibilities);
  for (const { grantAt, ...rest } of requests) {
    const grant = kept[grantAt];
    const request: ScheduleRequest = grant ? { ...rest, grant } : rest;
    state.requests.set(request.name.toLowerCase(), request);
    if (request.status === 'PendingApproval') awaitApproval(state, request);
  }
  for (const grant of kept.slice(0, standing)) {
    state.grants.push(grant);
    runGrant(state, grant, () => {
      const request = state.requests.get(grant.requestName?.toLowerCase() ?? '');
      if (request) request.status = 'Provisioned';
    });
  }
}
