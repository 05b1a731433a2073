import { subscriptionOf } from '../../shared/domain/armId';
import type { LiveRow } from '../../shared/domain/live';
import type { Sighting } from '../../shared/domain/intake/sighting';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import type { Authorless } from './authors';

/** What one run found and did, and what it asked of Azure for it. */
export type ReconcileSummary = {
  readonly live: number;
  readonly overdue: number;
  readonly stepped: number;
  readonly started: number;
  readonly tidied: number;
  readonly failed: number;
  /** Queries of Resource Graph, and reads and lists of Resource Manager. */
  readonly queries: number;
  readonly reads: number;
  /** Questions left to the next run, because closes may need the requests. */
  readonly postponed: number;
  /** Activations that lists showed, and how many of them were new to us. */
  readonly seen: number;
  readonly discovered: number;
  /** Windows whose activation is not listed any more: their ends are being judged. */
  readonly gone: number;
  /** Windows closed because of another policy, and because of what they lead to. */
  readonly policyChanged: number;
  readonly targetChanged: number;
};

export type Tally = { -readonly [Name in keyof ReconcileSummary]: ReconcileSummary[Name] };

/**
 * What one process remembers from run to run, to ask less. Nothing depends on it: a new process
 * asks everything once more, and finds the same.
 */
export type ReconcileMemory = {
  /** Window id and policy version of activations that had their window. */
  readonly settled: Set<string>;
  /** Assignments of the index and the activation behind each, `null` for none. */
  readonly hits: Map<string, Sighting | null>;
  /** Activations that a run left over. */
  readonly pending: Map<string, Sighting>;
  /** By subscription: the ten minutes in which it was last listed whole. */
  readonly listed: Map<string, number>;
  /** By person and scope: the run in which it was last asked whether the activation stands. */
  readonly askedInRun: Map<string, number>;
  /** Windows that others closed, and who did it is not known yet; and all that were asked about. */
  readonly authorless: Authorless[];
  readonly authored: Set<string>;
  /** Windows that lived in the last run. */
  watched: ReadonlySet<string>;
  /** Discovery rests until then, by the host's clock, and how often in a row it was told to. */
  restUntil: number;
  rests: number;
  runs: number;
};

export function createReconcileMemory(): ReconcileMemory {
  return {
    settled: new Set(),
    hits: new Map(),
    pending: new Map(),
    listed: new Map(),
    askedInRun: new Map(),
    authorless: [],
    authored: new Set(),
    watched: new Set(),
    restUntil: 0,
    rests: 0,
    runs: 0,
  };
}

/** One run: what all its parts share. */
export type ReconcileRun = {
  readonly world: World;
  readonly starter: Starter;
  readonly memory: ReconcileMemory;
  readonly tally: Tally;
  /** The live table as it stood when the run began. */
  readonly live: readonly LiveRow[];
  /** Nothing that is not a close is begun after this, by the host's clock. */
  readonly endsAt: number;
};

/** Whether this run still has time for what is not a close. */
export function hasTime({ world, endsAt }: ReconcileRun): boolean {
  return world.clock.now() < endsAt;
}

/**
 * May a question about this scope be asked now? Not while fewer requests are left there than closes
 * may need: then it is left to the next run, and counted.
 */
export function mayAsk({ world, tally }: ReconcileRun, scope: string): boolean {
  if (world.budget.pauseMs(subscriptionOf(scope)) === 0) return true;
  tally.postponed += 1;
  return false;
}
