import type { EffectStep, Outcome } from '../../../shared/domain/window/apply';
import {
  firstLookMs,
  type Sighting,
  sightingOf,
  withSighting,
  type WriteKind,
} from '../../../shared/domain/window/lookTimes';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';
import type { Run } from './run';

type Learnt = Record<WriteKind, readonly Sighting[]>;

/** What this process has learnt about each world it works on; a new process begins anew. */
const learntOf = new WeakMap<World, Learnt>();

/** Takes note of what this round's looks showed of the writes that the row waits for. */
export function noteSightings({ world, observations }: Run, row: WindowRow): void {
  for (const placement of row.placements) {
    const observation = observations.get(placement.nsgId.toLowerCase());
    if (observation?.kind !== 'read') continue;
    const sighting = sightingOf(placement, observation.reading);
    if (sighting === null) continue;
    const learnt = learntOf.get(world) ?? { put: [], delete: [] };
    const { kind } = sighting;
    learntOf.set(world, { ...learnt, [kind]: withSighting(learnt[kind], sighting) });
  }
}

/** A write that was accepted is first looked for when such writes have been seen to take effect. */
export function atFirstLook(
  { world }: Run,
  placement: Placement,
  step: EffectStep,
  outcome: Outcome,
): Placement {
  const kind = step.do === 'putRule' ? 'put' : step.do === 'deleteRule' ? 'delete' : null;
  if (outcome.kind !== 'accepted' || kind === null || placement.notBefore === null) {
    return placement;
  }
  const afterMs = firstLookMs(learntOf.get(world)?.[kind] ?? []);
  const writtenAt = kind === 'put' ? placement.lastPutAt : placement.lastDeleteAt;
  if (afterMs === null || writtenAt === null) return placement;
  return { ...placement, notBefore: Math.max(writtenAt + afterMs, world.clock.now() + 1_000) };
}
