import type { ActivationTruth } from '../../../local/azure/contract';
import { administratorLogin, userLogin } from '../../../local/tenant';
import { guardMs } from '../units';
import { windowIdFor } from './ids';
import type { Activation, MovedEnd } from './judge';

/** The two questions that come before the guard where PIM has made an end an earlier one. */
const questionsMs = 120_000;

const opening = new Set([administratorLogin, userLogin]);

/** The activations that took effect, by the ids of their windows. */
export function activationsOf(truth: readonly ActivationTruth[]): Activation[] {
  // A role that is only called as ours is opens nothing: whatever stands for it stands for nobody.
  const ours = truth.filter(({ roleDefinitionGuid: guid }) => opening.has(guid));
  return ours.map((one) => {
    const startMs = Date.parse(one.startAt);
    const moved = movedOf(one);
    const endMs = moved?.toMs ?? Date.parse(one.endAt);
    return {
      windowId: windowIdFor(one.roleAssignmentId, startMs),
      principalId: one.principalId,
      roleAssignmentId: one.roleAssignmentId.toLowerCase(),
      requestName: one.requestName,
      scope: one.scope,
      startMs,
      endMs: Math.max(endMs, moved?.fromMs ?? endMs),
      endedMs: endedOf(one, endMs, moved),
      ...(moved === undefined ? {} : { moved }),
    };
  });
}

/** From when on it is founded to say that an activation is over, or nearly. */
export function overFromMs({
  endedMs,
  endMs,
  moved,
}: Pick<Activation, 'endedMs' | 'endMs' | 'moved'>): number {
  const over = endedMs ?? endMs;
  if (!isShortened(moved)) return over;
  return Math.min(over, Math.max(moved.atMs, moved.toMs - guardMs - questionsMs));
}

/** Has PIM made the end an earlier one? */
export function isShortened(moved: MovedEnd | undefined): moved is MovedEnd {
  return moved !== undefined && moved.toMs < moved.fromMs;
}

/** No fault moves the end of an activation twice. */
function movedOf({ movedEnds, endAt }: ActivationTruth): MovedEnd | undefined {
  const move = movedEnds?.[0];
  if (move === undefined) return undefined;
  return { atMs: Date.parse(move.at), fromMs: Date.parse(move.endAt), toMs: Date.parse(endAt) };
}

function endedOf(
  { endedEarlyAt }: ActivationTruth,
  endMs: number,
  moved: MovedEnd | undefined,
): number | null {
  if (endedEarlyAt !== undefined) return Date.parse(endedEarlyAt);
  return isShortened(moved) ? endMs : null;
}
