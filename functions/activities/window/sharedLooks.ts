import { sameArmId } from '../../../shared/domain/armId';
import type { Observation } from '../../../shared/domain/window/knowledge';
import { isOpenable } from '../../../shared/domain/window/phase';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';

/** So long one read of an NSG answers for all windows that close there. */
const sharedMs = 2_000;

type SharedLook = { readonly startedAt: number; readonly observation: Promise<Observation> };

const memories = new WeakMap<World, Map<string, SharedLook>>();

/**
 * Since when a read must have been begun to tell a window what became of its last writes on an NSG,
 * epoch ms by the host's clock; `null` where only a read of its own will do, as something of it is
 * open there or is to be.
 */
export function sharedSince({ placements }: WindowRow, nsgId: string): number | null {
  const here = placements.filter((one) => sameArmId(one.nsgId, nsgId) && one.phase !== 'closed');
  if (here.some(isOpenable)) return null;
  const writes = here.flatMap(({ lastPutAt, lastDeleteAt, disarmAt }) => [
    lastPutAt ?? 0,
    lastDeleteAt ?? 0,
    disarmAt ?? 0,
  ]);
  return Math.max(0, ...writes);
}

/**
 * A look at an NSG on which windows close: the one that this process has just begun, if it was
 * begun late enough, else a new one. A busy NSG proves nothing, so many windows of it look again
 * and again at the same moments; each read of its own would take from the bucket that closes need.
 */
export async function sharedLook(
  world: World,
  nsgId: string,
  since: number,
  observe: () => Promise<Observation>,
): Promise<Observation> {
  const now = world.clock.now();
  const looks = memories.get(world) ?? new Map<string, SharedLook>();
  memories.set(world, looks);
  const key = nsgId.toLowerCase();
  const begun = looks.get(key);
  const ageMs = now - (begun?.startedAt ?? 0);
  if (begun !== undefined && begun.startedAt > since && ageMs >= 0 && ageMs < sharedMs) {
    return begun.observation;
  }
  for (const [id, { startedAt }] of looks) if (now - startedAt >= sharedMs) looks.delete(id);
  const look = { startedAt: now, observation: observe() };
  looks.set(key, look);
  return look.observation;
}
