import type { Confirmation, Observation, Search } from '../../../shared/domain/window/knowledge';
import type { World } from '../../../shared/ports/world';

/** What a step waits for records in all, where nothing opens by them: no close is to be late for one. */
export const recordMsMax = 2_000;

/** What one run of `advanceWindow` has learnt and done so far. */
export type Run = {
  readonly world: World;
  readonly windowId: string;
  readonly startedAt: number;
  /** By lower-case NSG id; forgotten with each round. */
  readonly observations: Map<string, Observation>;
  /** By lower-case NSG id: when the last look of this run was begun. Each look has to tell more. */
  readonly looks: Map<string, number>;
  /** By rule name; forgotten with each round. */
  readonly searches: Map<string, Search>;
  confirmation: Confirmation | null;
  /** Nothing forbids to sign a later deadline; asked anew in each round that wants to. */
  maySign: boolean;
  /** Every PUT of this run, with the times of its announcement and of its answer, or of none. */
  readonly puts: {
    readonly nsgId: string;
    readonly ruleName: string;
    readonly announcedAt: number;
    readonly answeredAt: number;
  }[];
  /** How long this step may still wait for records that nothing else waits for. */
  readonly audit: { leftMs: number };
  /** Set where this window is closed for by the holder of a turn: on this NSG, until then. */
  readonly errand: { readonly nsgId: string; readonly until: number } | null;
};

export function startRun(world: World, windowId: string): Run {
  return {
    world,
    windowId,
    startedAt: world.clock.now(),
    observations: new Map(),
    looks: new Map(),
    searches: new Map(),
    confirmation: null,
    maySign: false,
    puts: [],
    audit: { leftMs: recordMsMax },
    errand: null,
  };
}

/** What was read is true for one round; a confirmation is judged by its own age. */
export function forget(run: Run): void {
  run.observations.clear();
  run.searches.clear();
  run.maySign = false;
  if (run.confirmation?.kind !== 'standing') run.confirmation = null;
}

/** Epoch ms as people read it, for log lines. */
export function iso(atMs: number | null): string | null {
  return atMs === null || !Number.isFinite(atMs) ? null : new Date(atMs).toISOString();
}
