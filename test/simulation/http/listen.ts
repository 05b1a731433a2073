import type { Simulation } from '../../support/simulatedAzure';
import type { Boundaries } from '../boundaries';
import { windowIdFor } from '../oracle/ids';
import type { EstateWatch } from '../oracle/watch';
import { type Call, isDone } from './call';
import { administrator } from './callers';
import { requestedId } from './post';
import { createWire, type Wire } from './wire';

type Parts = {
  readonly boundaries: Boundaries;
  readonly simulation: () => Simulation;
  readonly watch: Pick<EstateWatch, 'onCall' | 'onAskedToClose' | 'onAccepted'>;
};

/** The wire of a run, and what the oracle hears of what goes over it. */
export function wireOf({ boundaries, simulation, watch }: Parts): Wire {
  /** Who has asked for which window. */
  const requested = new Map<string, string>();
  const ownerOf = (windowId: string): string | undefined => {
    const { pim } = simulation().azure;
    const own = pim.truth().find((one) => windowOf(one) === windowId);
    return requested.get(windowId) ?? own?.principalId;
  };
  /** Wishes of strangers are no ground for anything. */
  const mayWish = ({ callerId, windowId }: Call): boolean =>
    callerId !== '' && (callerId === administrator.objectId || callerId === ownerOf(windowId));
  /** All that there is: nobody knows which of it lives when the app looks. */
  const askedAll = ({ callerId }: Call): void => {
    if (callerId !== administrator.objectId) return;
    const { pim } = simulation().azure;
    for (const id of [...requested.keys(), ...pim.truth().map(windowOf)]) watch.onAskedToClose(id);
  };
  return createWire({
    boundaries,
    simulation,
    arrived: (call) => {
      const { door, callerId, key, windowId, isDry } = call;
      watch.onCall(call);
      if (isDry) return;
      if (door === 'requestWindow') requested.set(requestedId(callerId, key), callerId);
      if (door === 'closeWindow' && mayWish(call)) watch.onAskedToClose(windowId);
      if (door === 'closeAllWindows') askedAll(call);
    },
    answered: (call) => {
      const { door, windowId, body, isDry } = call;
      if (isDry) return;
      const atMs = call.arrivedMs ?? 0;
      if (door === 'closeAllWindows') {
        askedAll(call);
        // What is said to be closing is held to it, as if each had been asked for.
        for (const id of closingOf(call)) watch.onAccepted({ atMs, windowId: id, untilMs: null });
      }
      if (!isDone(call) || !mayWish(call)) return;
      if (door === 'closeWindow') watch.onAccepted({ atMs, windowId, untilMs: null });
      if (door === 'extendWindow') {
        watch.onAccepted({ atMs, windowId, untilMs: Date.parse(String(body?.['until'])) });
      }
    },
  });
}

function closingOf(call: Call): string[] {
  const { answer } = call;
  if (answer === null || !isDone(call)) return [];
  return (answer.body['windows'] as { id: string }[]).map(({ id }) => id);
}

function windowOf(one: { readonly roleAssignmentId: string; readonly startAt: string }): string {
  return windowIdFor(one.roleAssignmentId, Date.parse(one.startAt));
}
